import { describe, expect, it } from 'vitest';
import { idOf, ready, startNightly } from '../support/runs.ts';

describe('POST /v1/runs/{id}/cancel', () => {
  it('cancels a run, and returns 409 after it has settled', async () => {
    const made = await ready();
    const id = idOf(await startNightly(made, 'k1'));
    const first = await made.call('POST', `/v1/runs/${id}/cancel`);
    expect([first.status, first.headers.location]).toEqual([202, `/backup/v1/runs/${id}`]);
    expect(await made.call('POST', `/v1/runs/${id}/cancel`)).toEqual(first);
    await made.settle(id);
    expect((await made.call('GET', `/v1/runs/${id}`)).body.outcome).toBe('cancelled');
    const late = await made.call('POST', `/v1/runs/${id}/cancel`);
    expect([late.status, late.body.code]).toEqual([409, 'run_settled']);
  });
});
