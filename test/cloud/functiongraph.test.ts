import { describe, expect, it } from 'vitest';
import { createFunctionGraph } from '../../lib/cloud/functiongraph.ts';
import { fakeCaller, type FakeResponse } from './support/fake-caller.ts';

const urn = 'urn:fss:r:p1:function:default:phonevault-drive:latest';

function setUp(response: FakeResponse) {
  const fake = fakeCaller(response);
  const options = { ...fake.caller, endpoint: 'https://functiongraph.example', projectId: 'p1' };
  return { ...fake, functiongraph: createFunctionGraph(options) };
}

describe('invokeAsync', () => {
  it.each<FakeResponse>([{ status: 202, json: { request_id: 'r1' } }, { status: 202 }])(
    'sends the event (%o)',
    async (response) => {
      const { functiongraph, requests, bodies } = setUp(response);
      await functiongraph.invokeAsync(urn, { wake: 'run-1' });
      expect(requests[0]?.url).toBe(
        `https://functiongraph.example/v2/p1/fgs/functions/${urn}/invocations-async`,
      );
      expect(bodies()).toEqual([{ wake: 'run-1' }]);
    },
  );

  it('throws after one attempt', async () => {
    const { functiongraph, requests } = setUp({ status: 404, json: { error_code: 'FSS.1051' } });
    await expect(functiongraph.invokeAsync(urn, {})).rejects.toMatchObject({ code: 'not_found' });
    expect(requests).toHaveLength(1);
  });
});

describe('showFunction', () => {
  const config = {
    runtime: 'Node.js20.15',
    handler: 'drive.handler',
    timeout: 60,
    xrole: 'phonevault',
    user_data: '{"PHONEVAULT_BUCKET":"b","odd":1}',
    strategy_config: { concurrency: 1, concurrent_num: 1 },
  };

  it('returns the fields that are needed', async () => {
    const { functiongraph, requests } = setUp({ json: config });
    expect(await functiongraph.showFunction(urn)).toEqual({
      runtime: 'Node.js20.15',
      handler: 'drive.handler',
      timeout: 60,
      xrole: 'phonevault',
      user_data: { PHONEVAULT_BUCKET: 'b' },
      max_instances: 1,
    });
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: `https://functiongraph.example/v2/p1/fgs/functions/${urn}/config`,
    });
  });

  it.each([
    [{ user_data: '' }, { user_data: {} }],
    [{ user_data: null }, { user_data: {} }],
    [{ user_data: '{' }, { user_data: {} }],
    [{ xrole: '' }, { xrole: undefined }],
    [{ strategy_config: null }, { max_instances: undefined }],
  ])('reads %j as %j', async (part, expected) => {
    const { functiongraph } = setUp({ json: { ...config, ...part } });
    expect(await functiongraph.showFunction(urn)).toMatchObject(expected);
  });

  it('throws for JSON that is not a function', async () => {
    const { functiongraph } = setUp({ json: {} });
    await expect(functiongraph.showFunction(urn)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('returns undefined for an absent function and throws for a wrong path', async () => {
    const gone = setUp({ status: 404, json: { error_code: 'FSS.1051' } }).functiongraph;
    expect(await gone.showFunction(urn)).toBeUndefined();
    expect(await gone.showAsync(urn)).toBeUndefined();
    const wrong = setUp({ status: 404, json: { error_code: 'APIGW.0101' } }).functiongraph;
    await expect(wrong.showFunction(urn)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('showAsync and listTriggers', () => {
  it('return the settings of asynchronous invocations', async () => {
    const on_failure = { destination: 'SMN', param: '{"topic_urn":"t"}' };
    const json = {
      max_async_retry_attempts: 0,
      max_async_event_age_in_seconds: 60,
      destination_config: { on_failure },
    };
    const { functiongraph } = setUp({ json });
    expect(await functiongraph.showAsync(urn)).toEqual({
      max_async_retry_attempts: 0,
      max_async_event_age_in_seconds: 60,
      on_failure,
    });
  });

  it('return the triggers of a bare list', async () => {
    const trigger = {
      trigger_id: 't1',
      trigger_type_code: 'TIMER',
      trigger_status: 'ACTIVE',
      event_data: { name: 'every-minute', schedule: '1m' },
    };
    const { functiongraph, requests } = setUp({
      json: [
        trigger,
        { trigger_type_code: 'CTS' },
        { trigger_type_code: 'APIG', trigger_status: 'DISABLED' },
      ],
    });
    expect(await functiongraph.listTriggers(urn)).toEqual([
      {
        trigger_type_code: 'TIMER',
        enabled: true,
        event_data: { name: 'every-minute', schedule: '1m' },
      },
      { trigger_type_code: 'CTS', enabled: true, event_data: {} },
      { trigger_type_code: 'APIG', enabled: false, event_data: {} },
    ]);
    expect(requests[0]?.url).toBe(`https://functiongraph.example/v2/p1/fgs/triggers/${urn}`);
  });
});
