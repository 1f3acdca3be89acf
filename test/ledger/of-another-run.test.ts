import { expect, it } from 'vitest';
import { readLate } from '../../lib/ledger/late.ts';
import { layout } from '../../lib/ledger/layout.ts';
import { memoryStore } from '../../lib/ledger/memory-store.ts';
import { readReport } from '../../lib/ledger/report.ts';
import { playClock } from '../support/play-clock.ts';

const RUN = 'nightly-20260102t023000z';
const NONE = { selected: 0, exported: 0, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 };
const report = (run_id: string) => ({
  ...{ version: 1, run_id, policy: 'nightly', trigger: 'timer', slot: '20260102T023000Z' },
  ...{ outcome: 'skipped', started_at: '2026-01-02T02:30:00Z', settled_at: '2026-01-02T02:31:00Z' },
  ...{ counts: NONE, listing_complete: true, phones: [] },
});
const late = (run_id: string) => ({
  ...{ version: 1, run_id, policy: 'nightly', bucket: 'b-1', folder: 'nightly' },
  ...{ busy_until: 1, until: 2, tries: [] },
});

it.each([
  ['a report', layout.report(RUN), report, readReport],
  ['late archives', layout.late(RUN), late, readLate],
] as const)('%s of another run cannot lead to its keys, or out of the ledger', async (...given) => {
  const [, key, bodyOf, read] = given;
  const store = memoryStore(playClock());
  for (const runId of ['weekly-20260102t023000z', '..', '']) {
    await store.put(key, JSON.stringify(bodyOf(runId)));
    await expect(read(store, RUN)).rejects.toMatchObject({ code: 'object_invalid' });
  }
  await store.put(key, JSON.stringify(bodyOf(RUN)));
  expect((await read(store, RUN))?.run_id).toBe(RUN);
});
