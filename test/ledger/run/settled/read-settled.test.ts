import { describe, expect, it } from 'vitest';
import { readPlan } from '../../../../lib/ledger/run/plan.ts';
import { readReport } from '../../../../lib/ledger/run/report.ts';
import { readSettled, readSettledReport } from '../../../../lib/ledger/run/settled/read-settled.ts';
import { hasSettled, isFolded } from '../../../../lib/ledger/run/settled/has-settled.ts';
import { writeFolded } from '../../../../lib/ledger/run/settled/folded-run.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { storeRun } from '../../../support/full-run.ts';
import { exportedPhone } from '../../../support/reports.ts';
import { T0 } from '../../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';

/** A run that is written whole and as a folded one. */
async function foldedRun() {
  const store = memoryStore(playClock(T0));
  await storeRun(store, RUN, { phones: { p1: {}, p2: { outcome: 'failed' } } });
  const [planned, report] = [await readPlan(store, RUN), await readReport(store, RUN)];
  if (planned === undefined || report === undefined) throw new Error('no run');
  const phone = { ...exportedPhone('p1'), phone_name: 'game-p1', server_id: 's1' };
  await writeFolded(store, { plan: planned.plan, report }, [phone]);
  return { store, report };
}

describe('readSettled', () => {
  it('prefers a whole run', async () => {
    const { store } = await foldedRun();
    const run = await readSettled(store, RUN);
    expect(run?.isFolded).toBe(false);
    expect(run?.reported).toHaveLength(2);
  });

  it.each([[layout.plan], [layout.report]])(
    'reads a folded run once a part of the whole one is deleted',
    async (keyOf) => {
      const { store, report } = await foldedRun();
      await store.remove([keyOf(RUN)]);
      const run = await readSettled(store, RUN);
      expect(run).toMatchObject({ isFolded: true, report: { counts: report.counts, phones: [] } });
      expect(run?.reported.map(({ phone_id }) => phone_id)).toEqual(['p1']);
      expect(run?.plan.terms?.include).toEqual(['/data/data']);
      expect(run?.plan.policy).toBeUndefined();
    },
  );

  it('reads a folded run when the whole one cannot be read', async () => {
    const { store } = await foldedRun();
    await store.put(layout.plan(RUN), 'cut');
    expect((await readSettled(store, RUN))?.isFolded).toBe(true);
    await store.remove([layout.folded(RUN)]);
    await expect(readSettled(store, RUN)).rejects.toMatchObject({ code: 'object_invalid' });
  });

  it('returns undefined for a run that has not settled', async () => {
    const { store } = await foldedRun();
    await store.remove([layout.report(RUN), layout.folded(RUN)]);
    expect(await readSettled(store, RUN)).toBeUndefined();
    expect(await readSettledReport(store, RUN)).toBeUndefined();
    expect(await hasSettled(store, RUN)).toBe(false);
  });
});

it('a run has settled when it has a report, or is folded', async () => {
  const { store, report } = await foldedRun();
  expect(await hasSettled(store, RUN)).toBe(true);
  await store.remove([layout.report(RUN)]);
  expect(await hasSettled(store, RUN)).toBe(true);
  expect(await isFolded(store, RUN)).toBe(true);
  expect(await readSettledReport(store, RUN)).toMatchObject({
    outcome: report.outcome,
    phones: [],
  });
});

it('is written once', async () => {
  const { store, report } = await foldedRun();
  const before = await store.get(layout.folded(RUN));
  const plan = (await readPlan(store, RUN))?.plan;
  if (plan === undefined) throw new Error('no plan');
  const stored = await writeFolded(store, { plan, report }, []);
  expect(stored.phones).toHaveLength(1);
  expect(await store.get(layout.folded(RUN))).toEqual(before);
});
