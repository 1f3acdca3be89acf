import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { appendLog } from '../../../lib/ledger/run/log/log.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Conditional } from '../../../lib/ledger/store/store.ts';
import { OTHER, RUN, SECOND } from '../../support/drive-scene.ts';
import { driveWorld } from '../../support/drive-world.ts';
import { dyingDeps } from '../../support/dying-deps.ts';
import { laggingStore } from '../../support/lagging-store.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

type Facts = {
  lag: (key: string) => number;
  /** From the end of a drive to the start of the next, in ms. */
  gap?: number;
  /** The call at which the first drive is killed. */
  killedAt?: number;
  conditional?: Conditional;
};

/**
 * A run whose export outlives it, settled by the first drive, and a second run of the same phone and another one, requested after
 * that. Returns when each phone of the second run was exported (ms since the job ended), and what the ledger says at the end.
 */
async function scene({
  lag,
  gap = 40 * SECOND,
  killedAt = Number.POSITIVE_INFINITY,
  conditional = 'honoured',
}: Facts) {
  const world = driveWorld(5 * SECOND);
  const { clock } = world;
  const memory = memoryStore(clock, conditional);
  const store = laggingStore(memory, clock, lag);
  const request = async (runId: string, phones: string[]) => {
    const run = openRun(
      runId,
      phones.map((id) => plannedPhone(id)),
    );
    await putRequest(store, run.request);
    if (run.plan !== undefined) {
      await writePlan(
        store,
        run.plan,
        phones.map((id) => plannedPhone(id)),
      );
    }
  };
  await request(RUN, ['p']);
  const at = T0 - 61 * MINUTE;
  await appendLog(store, layout.logEntry(RUN, '0000000000-z', 1), [
    { type: 'accepted', at, phone_id: 'p', attempt: 1, job_id: 'j', request_id: 'r' },
  ]);
  clock.move(30 * MINUTE);
  const endsAt = clock.now() + 10 * MINUTE;
  const { listJobs, batchStorage } = world.deps.cph;
  const isOver = (): boolean => clock.now() >= endsAt;
  const exported: Record<string, number> = {};
  const deps = {
    ...world.deps,
    store,
    cph: {
      ...world.deps.cph,
      listJobs: async (ids: string[]) => {
        const state = isOver() ? ('failed' as const) : ('running' as const);
        const own = ids.includes('r') ? [{ job_id: 'j', phone_id: 'p', state }] : [];
        return [...((await listJobs(ids)) ?? []), ...own];
      },
      batchStorage: async (infos: Parameters<typeof batchStorage>[0]) => {
        for (const { phone_id } of infos) exported[phone_id] = clock.now() - endsAt;
        return batchStorage(infos);
      },
    },
  };
  let drives = 0;
  const driveOnce = async () => {
    drives += 1;
    const died = new Promise<void>((resolve) => {
      const last = drives === 1 ? killedAt : Number.POSITIVE_INFINITY;
      Object.assign(world.deps, dyingDeps(deps, clock, { callMs: 10, last, die: resolve }));
    });
    const driven = world.drive({ until: clock.now() + 20 * SECOND, holder: `h${drives}` });
    await Promise.race([driven, died]);
    clock.move(gap);
  };
  await driveOnce();
  await request(OTHER, ['p', 'q']);
  const end = clock.now() + 45 * MINUTE;
  while ((await readReport(memory, OTHER)) === undefined && clock.now() < end) await driveOnce();
  for (let n = 0; n < 3; n += 1) {
    clock.move(10 * MINUTE);
    await driveOnce();
  }
  const open = (await memory.list(layout.open)).map(({ key }) => key);
  return { exported, open, lines: world.lines, report: await readReport(memory, OTHER) };
}

async function expectOneAtATime(facts: Facts) {
  const { exported, open, lines, report } = await scene(facts);
  expect(exported['p']).toBeGreaterThanOrEqual(0);
  expect(report?.counts).toMatchObject({ selected: 2, exported: 2 });
  expect(open).toEqual([]);
  expect(lines.filter(([, event]) => event === 'object_unreadable')).toEqual([]);
}

/** Keys that LIST shows at different times. */
const uneven = (max: number) => (key: string) =>
  ([...key].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 97) * (max / 97);
const late = (lag: number) => (key: string) => (key.startsWith('open/late/') ? lag : 0);

describe('a phone whose job outlived its run', () => {
  it.each([5 * SECOND, 30 * SECOND, 2 * MINUTE, 8 * MINUTE])(
    'is not exported meanwhile, although LIST lags by %i ms',
    async (lag) => {
      await expectOneAtATime({ lag: late(lag), gap: 40 * SECOND });
      await expectOneAtATime({ lag: () => lag, gap: 20 * SECOND });
      await expectOneAtATime({ lag: uneven(lag), gap: 60 * SECOND });
    },
  );

  it('is not exported either when the drive that settled the run was killed at any call', async () => {
    for (let killedAt = 1; killedAt <= 40; killedAt += 1) {
      await expectOneAtATime({ lag: late(8 * MINUTE), gap: 50 * SECOND, killedAt });
    }
  });

  it('is not exported where conditional PUT is ignored', async () => {
    await expectOneAtATime({ lag: late(8 * MINUTE), conditional: 'ignored' });
  });
});
