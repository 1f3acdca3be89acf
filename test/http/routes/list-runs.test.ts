import { describe, expect, it } from 'vitest';
import { idOf, ready, startNightly } from '../support/runs.ts';

describe('GET /v1/runs', () => {
  it('filters runs and returns them page by page', async () => {
    const made = await ready();
    const settled: string[] = [];
    for (const key of ['k1', 'k2', 'k3']) {
      settled.push(idOf(await startNightly(made, key)));
      await made.settle(settled.at(-1) ?? '');
    }
    const open = idOf(await startNightly(made, 'k4'));
    const ids = async (query: Record<string, string>) => {
      const { body } = await made.call('GET', '/v1/runs', { query });
      return (body.runs as { run_id: string }[]).map((run) => run.run_id);
    };
    expect(await ids({})).toEqual([open, ...settled.toReversed()]);
    expect(await ids({ open: '1' })).toEqual([open]);
    expect(await ids({ outcome: 'failed' })).toEqual([]);
    expect(await ids({ policy: 'weekly' })).toEqual([]);
    expect(await ids({ since: '2027-01-01T00:00:00+08:00', outcome: 'completed' })).toEqual([]);
    const first = await made.call('GET', '/v1/runs', {
      query: { limit: '2', outcome: 'completed' },
    });
    const after = first.body.next as string;
    expect(await ids({ after, outcome: 'completed' })).toEqual([settled[0]]);
    const opened = await made.call('GET', '/v1/runs', { query: { limit: '1' } });
    expect(await ids({ after: opened.body.next as string })).toEqual(settled.toReversed());
  });

  it.each(['x', 'open.', 'open.x.nightly', '../../runs', 'nightly-20260102t023000z'])(
    'returns 400 for %j as `after`',
    async (after) => {
      const made = await ready();
      const { status, body } = await made.call('GET', '/v1/runs', { query: { after } });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'query_invalid', errors: [{ path: 'after' }] });
    },
  );
});
