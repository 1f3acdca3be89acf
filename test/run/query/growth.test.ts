import { describe, expect, it } from 'vitest';
import { recordSettled } from '../../../lib/ledger/state/history.ts';
import { indexRun } from '../../../lib/ledger/state/run-index/entry.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { policyStatuses } from '../../../lib/run/query/policy-status.ts';
import { listRuns } from '../../../lib/run/query/runs/list-runs.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { policyText } from '../../support/policy-text.ts';
import { exportedPhone, putReport } from '../../support/reports.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;

/** A ledger with so many settled runs of one policy, one an hour, and how many calls reading it takes. */
async function ledgerOf(count: number) {
  const now = T0 + count * HOUR;
  const store = memoryStore(playClock(now));
  await store.put(layout.policy('nightly'), policyText('nightly'));
  for (let n = 0; n < count; n += 1) {
    const settledAt = T0 + n * HOUR;
    const run_id = `nightly-${String(n).padStart(8, '0')}`;
    const changes = {
      settled_at: new Date(settledAt).toISOString(),
      outcome: 'completed' as const,
    };
    const report = await putReport(store, run_id, [exportedPhone('p1')], changes);
    await indexRun(store, report);
    const settled = { run_id, outcome: 'completed' as const, settled_at: settledAt };
    await recordSettled(store, 'nightly', settled, { whole: true });
  }
  const calls = async (read: (counted: Store) => Promise<unknown>): Promise<number> => {
    let made = 0;
    const counted: Store = {
      ...store,
      get: (...args) => ((made += 1), store.get(...args)),
      list: (...args) => ((made += 1), store.list(...args)),
    };
    await read(counted);
    return made;
  };
  const ledger = { bucket: 'ledger', prefix: 'phonevault/' };
  return {
    status: () => calls((counted) => policyStatuses({ store: counted, ledger }, now)),
    runs: (filter = {}) => calls((counted) => listRuns(counted, { max: 20, ...filter }, now)),
  };
}

describe('after 5,000 runs', () => {
  it('status and the newest runs take as many calls as after 60', async () => {
    const [few, many] = [await ledgerOf(60), await ledgerOf(5_000)];
    const costs = async ({ status, runs }: typeof few) => [
      await status(),
      await runs(),
      await runs({ policy: 'nightly' }),
    ];
    const cost = await costs(few);
    expect(Math.min(...cost)).toBeGreaterThan(0);
    expect(await costs(many)).toEqual(cost);
    // A policy without runs is looked for in the keys of the whole index, a thousand a LIST.
    expect(await many.runs({ policy: 'other' })).toBeLessThanOrEqual((await few.runs()) + 6);
  });
});
