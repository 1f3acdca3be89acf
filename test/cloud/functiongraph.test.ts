import { describe, expect, it } from 'vitest';
import { createFunctionGraph } from '../../lib/cloud/functiongraph.ts';
import { fakeCaller, type Said } from './fake-send.ts';

const urn = 'urn:fss:r:p1:function:default:phonevault-drive:latest';

function setUp(said: Said) {
  const fake = fakeCaller(said);
  const options = { ...fake.caller, endpoint: 'https://functiongraph.example', projectId: 'p1' };
  return { ...fake, functiongraph: createFunctionGraph(options) };
}

describe('invokeAsync', () => {
  it.each<Said>([{ status: 202, json: { request_id: 'r1' } }, { status: 202 }])(
    'hands the event over (%o)',
    async (said) => {
      const { functiongraph, requests, bodies } = setUp(said);
      await functiongraph.invokeAsync(urn, { kick: 'run-1' });
      expect(requests[0]?.url).toBe(
        `https://functiongraph.example/v2/p1/fgs/functions/${urn}/invocations-async`,
      );
      expect(bodies()).toEqual([{ kick: 'run-1' }]);
    },
  );

  it('throws after one try', async () => {
    const { functiongraph, requests } = setUp({ status: 404, json: { error_code: 'FSS.1051' } });
    await expect(functiongraph.invokeAsync(urn, {})).rejects.toMatchObject({ code: 'not_found' });
    expect(requests).toHaveLength(1);
  });
});
