import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Conditional } from '../../../lib/ledger/store/store.ts';
import { type PlannedPhone, writePlan } from '../../../lib/ledger/run/plan.ts';
import { readReport, readReportedPhones } from '../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { OTHER, RUN, SECOND } from '../../support/drive-scene.ts';
import { driveWorld } from '../../support/drive-world.ts';
import { dyingDeps } from '../../support/dying-deps.ts';
import { laggingStore } from '../../support/lagging-store.ts';
import { openRun, plannedPhone } from '../../support/runs.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const CALL_MS = 10;
const phonesOf = (run: string, count = 3) =>
  Array.from({ length: count }, (_, n) => plannedPhone(`${run[0]}${n}`));

type Case = {
  lag: (key: string) => number;
  /** From the end of a drive to the start of the next, in ms. */
  gap: number;
  workMs: number;
  conditional?: Conditional;
  /** The drive, and the call of it, at which that drive is killed. */
  killed?: { drive: number; call: number }[];
};

/** Two runs, driven by cold instances until they are closed, where each call takes 10 ms and some drives are killed. */
function lagScene({ lag, gap, workMs, conditional, killed = [] }: Case) {
  const world = driveWorld(20 * SECOND);
  const { clock } = world;
  const deps = { ...world.deps };
  const memory = memoryStore(clock, conditional);
  const store = laggingStore(memory, clock, lag);
  const keysSent: string[] = [];
  const instances = { started: 0 };

  const { batchStorage } = deps.cph;
  const cph: typeof deps.cph = {
    ...deps.cph,
    batchStorage: (infos) => {
      for (const { object_path } of infos) keysSent.push(object_path);
      return batchStorage(infos);
    },
  };

  const driveOnce = async (): Promise<void> => {
    instances.started += 1;
    const last =
      killed.find(({ drive }) => drive === instances.started)?.call ?? Number.POSITIVE_INFINITY;
    const died = new Promise<void>((resolve) => {
      const dying = { callMs: CALL_MS, last, die: resolve };
      Object.assign(world.deps, dyingDeps({ ...deps, store, cph }, clock, dying));
    });
    const until = clock.now() + workMs;
    const driven = world.drive({ until, holder: `h${instances.started}` });
    await Promise.race([driven, died]);
  };

  return {
    ...{ world, store, keysSent, instances },
    request: async (runId: string, phones: PlannedPhone[]) => {
      const run = openRun(runId, phones);
      await putRequest(store, run.request);
      if (run.plan !== undefined) await writePlan(store, run.plan, phones);
    },
    /** Drives until no request is left, and returns what the runs report of their phones. */
    driveAll: async (runIds: string[]) => {
      const isOpen = async () =>
        (await Promise.all(runIds.map((id) => memory.get(layout.request(id))))).some(Boolean);
      const end = clock.now() + 1_800 * SECOND;
      while ((await isOpen()) && clock.now() < end) {
        await driveOnce();
        clock.move(gap);
      }
      const reports = await Promise.all(runIds.map((id) => readReport(memory, id)));
      const phones = reports.map(async (report) =>
        report === undefined ? [] : readReportedPhones(memory, report),
      );
      return (await Promise.all(phones)).flat();
    },
  };
}

const twice = (keys: string[]) => keys.filter((key, index) => keys.indexOf(key) !== index);
/** Keys that LIST shows at different times. */
const uneven = (max: number) => (key: string) =>
  ([...key].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 97) * (max / 97);

const lags = [2, 5, 30, 120].map((s) => s * SECOND);
const gaps = [1, 2, 20, 60].map((s) => s * SECOND);

async function expectOnce(facts: Case, maxAttempts = 1): Promise<void> {
  const scene = lagScene(facts);
  await scene.request(RUN, phonesOf(RUN));
  await scene.request(OTHER, phonesOf(OTHER));
  const phones = await scene.driveAll([RUN, OTHER]);
  expect(twice(scene.keysSent)).toEqual([]);
  expect(phones.map(({ outcome }) => outcome)).toEqual(Array(6).fill('exported'));
  for (const { attempts } of phones) expect(attempts).toBeLessThanOrEqual(maxAttempts);
}

describe('drives that follow each other faster than LIST shows what they wrote', () => {
  it.each(
    lags.flatMap((lag) =>
      gaps.flatMap((gap) => [2 * SECOND, 50 * SECOND].map((work) => [lag, gap, work])),
    ),
  )(
    'send nothing twice and follow every export: lag %i ms, gap %i ms, work %i ms',
    async (lag, gap, workMs) => {
      await expectOnce({ lag: () => lag, gap, workMs });
      await expectOnce({ lag: uneven(lag), gap, workMs });
    },
  );

  it.each<[Conditional, number]>([
    ['ignored', 5],
    ['ignored', 120],
    ['refused', 5],
    ['refused', 120],
  ])('do so where conditional PUT is %s and LIST lags by %i s', async (conditional, lag) => {
    await expectOnce({ lag: () => lag * SECOND, gap: 2 * SECOND, workMs: 6 * SECOND, conditional });
  });

  it.each([5 * SECOND, 120 * SECOND])(
    'do so when one of them is killed at any call: lag %i ms',
    async (lag) => {
      for (let call = 1; call <= 60; call += 2) {
        for (const drive of [1, 2]) {
          const killed = [{ drive, call }];
          await expectOnce({ lag: () => lag, gap: 5 * SECOND, workMs: 30 * SECOND, killed }, 2);
        }
      }
    },
  );

  it('do so when several in a row are killed', async () => {
    for (let call = 4; call <= 40; call += 3) {
      const killed = [1, 20, 40].map((drive, n) => ({ drive, call: call + 5 * n }));
      await expectOnce(
        { lag: uneven(120 * SECOND), gap: 5 * SECOND, workMs: 10 * SECOND, killed },
        3,
      );
    }
  });
});
