import { beforeEach, expect, it } from 'vitest';
import type { ReportedPhone } from '../../../lib/ledger/run/report.ts';
import { readPlan } from '../../../lib/ledger/run/plan.ts';
import { readRequest } from '../../../lib/ledger/run/request.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { awaitExports } from '../../../lib/run/restore/await-exports.ts';
import { type PlayClock, playClock } from '../../../testing/play-clock.ts';
import { exportedPhone, putReport } from '../../support/reports.ts';
import { restoredPhone, restoreRun } from '../../support/restores.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const SAFETY_RUN = 'nightly-0123456789abcdef01234567';
const paths = { bucket: 'my-phone-backups', include: ['/data/data'], exclude: [] };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let clock: PlayClock;
let store: ReturnType<typeof memoryStore>;
beforeEach(() => {
  clock = playClock(T0);
  store = memoryStore(clock);
});

const saved = (ids: string[]) =>
  restoreRun(
    ids.map((id) => restoredPhone(id, { safety_run: SAFETY_RUN })),
    {
      safety_runs: [
        { run_id: SAFETY_RUN, policy: 'nightly', folder: 'nightly/20260102', ...paths },
      ],
    },
  );
const wait = (run: ReturnType<typeof saved>) => awaitExports({ store, clock, log }, run, new Map());

it('requests an export of its phones once, with a plan that was written first', async () => {
  const run = saved(['p2', 'p1']);
  await wait(run);
  const request = await readRequest(store, SAFETY_RUN);
  expect(request).toMatchObject({ trigger: 'restore', phones: ['p1', 'p2'] });
  const plan = (await readPlan(store, SAFETY_RUN))?.plan;
  expect(plan).toMatchObject({ selected: 2, terms: { ...paths, notify: { when: 'never' } } });
  expect(plan?.terms?.deadline).toBeGreaterThanOrEqual(60 * MINUTE);

  clock.move(MINUTE);
  await wait(run);
  expect(run.unwritten.events).toEqual([]);
});

it.each<[string, ReportedPhone[], object]>([
  ['was exported', [exportedPhone('p1')], { type: 'saved', key: 'p1-1.tar' }],
  [
    'has nothing to export',
    [{ phone_id: 'p1', outcome: 'failed', code: 'CPS.0199', attempts: 1 }],
    { type: 'saved' },
  ],
  [
    'failed',
    [{ phone_id: 'p1', outcome: 'failed', code: 'CPS.0107', attempts: 2 }],
    { type: 'outcome', outcome: 'failed', reason: 'safety_export_failed', code: 'CPS.0107' },
  ],
  [
    'is in no report',
    [exportedPhone('p9')],
    { type: 'outcome', outcome: 'failed', reason: 'safety_export_failed' },
  ],
])('records that a phone %s', async (_, phones, event) => {
  const run = saved(['p1']);
  await putReport(store, SAFETY_RUN, phones);
  await wait(run);
  expect(run.unwritten.events).toEqual([{ at: T0, phone_id: 'p1', ...event }]);
});
