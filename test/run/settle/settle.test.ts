import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { readLimits } from '../../../lib/ledger/state/limits.ts';
import { listIndexedRuns } from '../../../lib/ledger/state/run-index.ts';
import { drive, driveWindow } from '../../../lib/run/drive/drive.ts';
import { type Night, night, NIGHTLY } from '../../../testing/night.ts';

async function small(): Promise<Night> {
  const world = await night({ phones: 3, servers: 1, seed: 3 });
  await world.putPolicy(NIGHTLY);
  return world;
}

describe('a run that settles', () => {
  it('is in the index of runs as its report has it', async () => {
    const world = await small();
    const { report } = await world.settle(await world.ask());
    const { store } = world.invocation().deps;
    const { runs } = await listIndexedRuns(store, { max: 10 });
    expect(runs).toHaveLength(1);
    expect(report).toMatchObject({ ...runs[0] });
    expect(runs[0]?.run_id).toBe(report.run_id);
    expect(runs[0]?.counts).toEqual(report.counts);
  });

  it('is in it though the first writes failed, once', async () => {
    const world = await small();
    const runId = await world.ask();
    let refusals = 2;
    for (let minute = 0; minute < 30; minute += 1) {
      const { deps, timeLeft, holder } = world.invocation();
      const put: typeof deps.store.put = async (key, body) => {
        if (key.startsWith(layout.runIndex) && refusals-- > 0) {
          const call = { service: 'obs', operation: 'PutObject', carriedOut: 'no' } as const;
          throw new ServiceError('throttled', 'SlowDown', call);
        }
        await deps.store.put(key, body);
      };
      await drive(
        { ...deps, store: { ...deps.store, put } },
        { ...driveWindow(world.clock.now(), timeLeft()), holder },
      );
      world.clock.move(60_000);
    }
    const { store } = world.invocation().deps;
    expect(refusals).toBeLessThanOrEqual(0);
    const { runs } = await listIndexedRuns(store, { max: 10 });
    expect(runs.map(({ run_id }) => run_id)).toEqual([runId]);
    expect(await store.get(layout.request(runId))).toBeUndefined();
  });
});

describe('what a failed job has left behind', () => {
  const fault = { service: 'cph', operation: 'batch-storage', kind: 'job_failed' } as const;
  const lagging = () =>
    night({
      ...{ phones: 2, servers: 1, seed: 3, listDelayMs: 60_000 },
      switches: { partialObjectRate: 1 },
      timings: { exportBase: 1_000 },
    });

  it('is reported though LIST does not show it yet', async () => {
    const world = await lagging();
    await world.putPolicy(`${NIGHTLY}retry: { attempts: 1 }\n`);
    world.clock.move(60_000);
    world.cloud.control.addFault({ ...fault, code: 'CPS.0102', rate: 1 });
    const { phones } = await world.settle(await world.ask());
    const left = await world.cloud.backend.list('phonevault-demo', 'nightly/');
    expect(left).toHaveLength(2);
    const told = phones.flatMap(({ unconfirmed_archive = [] }) => unconfirmed_archive);
    expect(told.sort()).toEqual(left.map(({ key }) => key).sort());
  });

  it('is swept when a later try has done better, though LIST does not show it yet', async () => {
    const world = await lagging();
    await world.putPolicy(NIGHTLY);
    world.clock.move(60_000);
    const [phone] = await world.cloud.control.phones();
    const phoneId = phone?.phone_id ?? '';
    world.cloud.control.addFault({ ...fault, code: 'CPS.0102', phones: [phoneId], times: 1 });
    const { report, phones } = await world.settle(await world.ask());
    expect(report.outcome).toBe('completed');
    const left = await world.cloud.backend.list('phonevault-demo', 'nightly/');
    expect(left.map(({ key }) => key).sort()).toEqual(phones.map(({ key }) => key).sort());
  });
});

describe('the typical time of an export', () => {
  it('is learned from the exports that ended well', async () => {
    const world = await small();
    const { store } = world.invocation().deps;
    expect((await readLimits(store)).export_ms).toBeUndefined();
    await world.settle(await world.ask());
    const learned = (await readLimits(store)).export_ms ?? 0;
    expect(learned).toBeGreaterThan(1_000);
    expect(learned).toBeLessThan(60 * 60_000);
  });
});
