import { expect, it } from 'vitest';
import { readOrphanedJobs } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { readPlan } from '../../../lib/ledger/run/plan.ts';
import { readReport, readReportedPhones } from '../../../lib/ledger/run/report.ts';
import { readRequest } from '../../../lib/ledger/run/request.ts';
import { playClock } from '../../../testing/play-clock.ts';

const RUN = 'nightly-20260102t023000z';
const NONE = { selected: 0, exported: 0, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 };
const report = (run_id: string) => ({
  ...{ version: 1, run_id, policy: 'nightly', trigger: 'timer', slot: '20260102T023000Z' },
  ...{ outcome: 'skipped', started_at: '2026-01-02T02:30:00Z', settled_at: '2026-01-02T02:31:00Z' },
  ...{ counts: NONE, listing_complete: true, phones: [] },
});
const late = (run_id: string) => ({
  ...{ version: 1, run_id, policy: 'nightly', bucket: 'b-1', folder: 'nightly' },
  ...{ busy_until: 1, until: 2, attempts: [] },
});

const request = (run_id: string) => ({ run_id, policy: 'nightly', trigger: 'manual' });
const plan = (run_id: string, partsOf = run_id) => ({
  ...{ version: 1, request: request(run_id), slot: '20260102T023000Z', started_at: 1 },
  ...{ listing_complete: true, selected: 0, parts: [`runs/${partsOf}/plan/w-0000.json`] },
});

it('a request and a plan of another run are none of this one', async () => {
  const store = memoryStore(playClock());
  for (const runId of ['weekly-20260102t023000z', RUN]) {
    await store.put(layout.request(RUN), JSON.stringify({ version: 1, ...request(runId) }));
    await store.put(layout.plan(RUN), JSON.stringify(plan(runId)));
    await store.put(`runs/${runId}/plan/w-0000.json`, '{"version":1,"phones":[]}');
    if (runId === RUN) break;
    await expect(readRequest(store, RUN)).rejects.toMatchObject({ code: 'object_invalid' });
    await expect(readPlan(store, RUN)).rejects.toMatchObject({ code: 'object_invalid' });
  }
  expect(await readRequest(store, RUN)).toMatchObject({ run_id: RUN });
  expect((await readPlan(store, RUN))?.phones).toEqual([]);
});

it('the parts of a plan and the pages of a report are those of its run', async () => {
  const store = memoryStore(playClock());
  const other = 'weekly-20260102t023000z';
  await store.put(`runs/${other}/plan/w-0000.json`, '{"version":1,"phones":[]}');
  await store.put(layout.plan(RUN), JSON.stringify(plan(RUN, other)));
  await expect(readPlan(store, RUN)).rejects.toMatchObject({ code: 'object_invalid' });
  await store.put(layout.reportPage(other, 0), '{"version":1,"phones":[]}');
  await store.put(layout.report(RUN), JSON.stringify(report(RUN)));
  const own = await readReport(store, RUN);
  if (own === undefined) throw new Error('no report');
  const pages = [`${store.prefix}${layout.reportPage(other, 0)}`];
  await expect(readReportedPhones(store, { ...own, pages })).rejects.toMatchObject({
    code: 'object_invalid',
  });
});

it.each([
  ['a report', layout.report(RUN), report, readReport],
  ['late archives', layout.orphanedJobs(RUN), late, readOrphanedJobs],
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
