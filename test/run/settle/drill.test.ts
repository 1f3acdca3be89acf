import { expect, it } from 'vitest';
import type { ReportedPhone } from '../../../lib/ledger/run/report.ts';
import { readDrills } from '../../../lib/ledger/state/drills.ts';
import { drillOf, recordDrilled } from '../../../lib/run/settle/drill.ts';
import { restoredPhone, restoreRun } from '../../support/restores.ts';
import { runScene } from '../../support/run-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

function drilled(...outcomes: ReportedPhone['outcome'][]) {
  const run = restoreRun(outcomes.map((_, n) => restoredPhone(`p${n}`)));
  run.request.restore = { drill: { policy: 'nightly' }, safety_export: false, restart: true };
  let minutes = 3;
  for (const phone of run.state.phones.values()) phone.readyAt = T0 + (minutes += 2) * MINUTE;
  const phones = outcomes.map((outcome, n) => ({ phone_id: `p${n}`, outcome, attempts: 1 }));
  return { run, phones };
}

it.each([
  [['restored', 'restored'] as const, { verdict: 'passed', seconds: 7 * 60 }],
  [['restored', 'failed'] as const, { verdict: 'failed' }],
  [['restored', 'skipped'] as const, { verdict: 'failed' }],
  [[] as const, { verdict: 'failed' }],
])('judges a drill with phones that are %j', (outcomes, drill) => {
  const { run, phones } = drilled(...outcomes);
  expect(drillOf(run, phones)).toEqual({ drill: { policy: 'nightly', ...drill } });
});

it('says nothing of another restore, and records nothing', async () => {
  const { run, phones } = drilled('restored');
  run.request.restore = { targets: [{ phone: 'p0' }], safety_export: false, restart: true };
  expect(drillOf(run, phones)).toEqual({});
  const { store } = runScene();
  const report = { run_id: 'restore-1', settled_at: new Date(T0).toISOString() };
  await recordDrilled(store, { started_at: T0 }, report as never);
  expect(await readDrills(store, 'nightly')).toBeUndefined();
});
