import { expect, it } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { includeSet } from '../../../lib/ledger/catalogue/archive.ts';
import type { ReportedPhone } from '../../../lib/ledger/run/report.ts';
import { markSuspects } from '../../../lib/run/settle/mark-suspects.ts';
import { archiveOf } from '../../support/archives.ts';
import { exportedPhone } from '../../support/reports.ts';
import { runScene } from '../../support/run-scene.ts';
import { MINUTE, openRun, T0 } from '../../support/runs.ts';

const PATHS = { include: ['/data/data'], exclude: ['/data/data/cache'] };
const failed: ReportedPhone = { phone_id: 'p3', outcome: 'failed', attempts: 2 };

/** Each phone has an archive of 1,000 bytes of these paths. */
async function scene(paths = PATHS) {
  const { deps, store } = runScene();
  const includes = includeSet(paths.include, paths.exclude);
  const before = ['p1', 'p2', 'p3'].map((id) =>
    archiveOf(id, T0 - MINUTE, { size: 1_000, includes }),
  );
  await addArchives(store, before);
  const { plan } = openRun('nightly-1', [], { terms: PATHS });
  if (plan === undefined) throw new Error('no plan');
  return { deps, plan };
}

it('marks the phones whose archive is under half the size of those before', async () => {
  const { deps, plan } = await scene();
  const phones = [exportedPhone('p1', 499), exportedPhone('p2', 500), failed];
  const [small, ...others] = await markSuspects(deps, plan, phones);
  expect(small).toEqual({ ...exportedPhone('p1', 499), suspect: true });
  expect(others).toEqual(phones.slice(1));
});

it('compares no archives of other paths', async () => {
  const { deps, plan } = await scene({ ...PATHS, exclude: [] });
  const phones = [exportedPhone('p1', 1)];
  expect(await markSuspects(deps, plan, phones)).toEqual(phones);
});

it('marks nothing in a run that failed before it had terms', async () => {
  const { deps, plan } = await scene();
  delete plan.terms;
  const phones = [exportedPhone('p1', 1)];
  expect(await markSuspects(deps, plan, phones)).toEqual(phones);
});
