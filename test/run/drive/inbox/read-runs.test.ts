import { describe, expect, it } from 'vitest';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { readRuns } from '../../../../lib/run/drive/inbox/read-runs.ts';
import { takeInbox } from '../../../../lib/run/drive/inbox/take-inbox.ts';
import { listOpen } from '../../../../lib/ledger/run/request.ts';
import { workUntilIdle } from '../../../../lib/run/drive/loop.ts';
import { LeaseLost, PhonevaultError, TimeUp } from '../../../../lib/errors.ts';
import type { NotRead } from '../../../../lib/run/drive/inbox/in-flight.ts';
import { withFailingStore } from '../../../support/fake-stores.ts';
import { driveScene, OTHER, RUN, SECOND } from '../../../support/drive-scene.ts';
import { MINUTE, plannedPhone, T0 } from '../../../support/runs.ts';

// What becomes of one run that is read: take-inbox.test.ts.
describe('readRuns', () => {
  const timed = (n: number) => `nightly-2026010${n % 10}t0${Math.floor(n / 10)}3000z`;
  const MANUAL = 'weekly-0123456789abcdef01234567';

  /** Forty runs, where reading an object takes `getMs`. */
  async function scene(getMs: number) {
    const world = driveScene();
    for (let n = 0; n < 40; n += 1) await world.request(timed(n), [plannedPhone(`p${n}`)]);
    await world.request(MANUAL, [plannedPhone('m')]);
    const { get } = world.deps.store;
    world.deps.store.get = async (key) => {
      world.clock.move(getMs);
      return get(key);
    };
    await takeInbox(world.deps, world.work, await listOpen(world.deps.store));
    return world;
  }

  it('stops when its time is up, and reads the rest in the next call', async () => {
    const world = await scene(SECOND / 5);
    await readRuns(world.deps, world.work, T0 + 10 * SECOND);
    const { runs, unread } = world.work;
    expect(runs.size).toBeGreaterThan(0);
    expect(unread.size).toBeGreaterThan(0);
    expect(runs.size + unread.size).toBe(41);
    expect(world.clock.now()).toBeLessThan(T0 + 25 * SECOND);
    world.deps.until = T0 + 10 * MINUTE;
    await readRuns(world.deps, world.work, T0 + 10 * MINUTE);
    expect([runs.size, unread.size]).toEqual([41, 0]);
  });

  it('reads what a person requested first', async () => {
    const world = await scene(0);
    await readRuns(world.deps, world.work, T0 + SECOND);
    expect([...world.work.runs.keys()][0]).toBe(MANUAL);
  });

  it.each<[string, Partial<NotRead>, string[]]>([
    ['all phones while it is not known what that one exports', { unknown: new Set([OTHER]) }, []],
    [
      'the other phones while that one exports some',
      {
        jobs: new Map([[OTHER, [{ phone_id: 'p', server_id: 's', until: T0 + MINUTE }]]]),
      },
      ['q'],
    ],
    ['all phones while that one has no exports', {}, ['p', 'q']],
  ])('lets a run that is not read hold up %s', async (_, known, expected) => {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p'), plannedPhone('q')]);
    await world.request(OTHER, [plannedPhone('p')]);
    Object.assign(world.work.notRead, { ...known, isContinued: true });
    await takeInbox(world.deps, world.work, await listOpen(world.deps.store));
    const { get } = world.deps.store;
    world.deps.store.get = async (key) => {
      if (key !== layout.request(OTHER)) return get(key);
      world.clock.move(SECOND);
      throw new TimeUp();
    };
    const sent: string[] = [];
    world.deps.cph.batchStorage = async (infos) => {
      sent.push(...infos.map(({ phone_id }) => phone_id));
      throw new LeaseLost('enough');
    };
    world.deps.until = T0 + 8 * SECOND;
    await workUntilIdle(world.deps, world.work).catch(() => undefined);
    expect(sent).toEqual(expected);
  });

  it('reads the others while OBS throttles the reads of one, and that one later', async () => {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p')]);
    await world.request(OTHER, [plannedPhone('q')]);
    await takeInbox(world.deps, world.work, await listOpen(world.deps.store));
    const throttled = new PhonevaultError('throttled', 'slow down', { retryable: true });
    const slow = withFailingStore(world.deps, 'get', throttled, layout.plan(OTHER));
    await readRuns(slow, world.work, T0 + SECOND);
    const { runs, unread } = world.work;
    expect([[...runs.keys()], [...unread.keys()]]).toEqual([[RUN], [OTHER]]);
    await readRuns(world.deps, world.work, T0 + SECOND);
    expect([runs.size, unread.size]).toEqual([2, 0]);
  });

  it('lets a run rest whose reading stays throttled', async () => {
    const world = driveScene();
    await world.request(OTHER, [plannedPhone('q')]);
    await takeInbox(world.deps, world.work, await listOpen(world.deps.store));
    const throttled = new PhonevaultError('throttled', 'slow down', { retryable: true });
    const slow = withFailingStore(world.deps, 'get', throttled, layout.run(OTHER));
    await readRuns(slow, world.work, T0 + SECOND);
    expect(world.deps.unreadable.objects.size).toBe(0);
    await readRuns(slow, world.work, T0 + SECOND);
    expect(world.work.unread.size).toBe(0);
    const entry = world.deps.unreadable.objects.get(layout.run(OTHER));
    expect(entry).toMatchObject({ run_id: OTHER, code: 'object_unreadable' });
    expect(entry?.retry_at).toBeGreaterThan(T0);
  });

  it('lets a run hold up the phones that it exports, as the drive before knew, when its plan cannot be read', async () => {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p'), plannedPhone('q')]);
    await world.request(OTHER, [plannedPhone('p')]);
    const jobs = new Map([[OTHER, [{ phone_id: 'p', server_id: 's', until: T0 + MINUTE }]]]);
    Object.assign(world.work.notRead, { jobs, isContinued: true });
    world.deps.store = withFailingStore(world.deps, 'get', undefined, layout.plan(OTHER)).store;
    const sent: string[] = [];
    world.deps.cph.batchStorage = async (infos) => {
      sent.push(...infos.map(({ phone_id }) => phone_id));
      throw new LeaseLost('enough');
    };
    // It is met in the drive that finds it unreadable, and in one in which it rests.
    for (let drive = 0; drive < 2; drive += 1) {
      await takeInbox(world.deps, world.work, await listOpen(world.deps.store));
      await workUntilIdle(world.deps, world.work).catch(() => undefined);
      expect(world.work.runs.has(OTHER)).toBe(false);
      world.work.runs.clear();
    }
    expect([...new Set(sent)]).toEqual(['q']);
  });

  it('lets a drive export nothing while a run is not read: it may export the same phone', async () => {
    const world = await scene(0);
    const calls: unknown[] = [];
    world.deps.cph.batchStorage = async (infos) => {
      calls.push(infos);
      return { request_id: 'r', jobs: [] };
    };
    world.deps.until = T0 + 10 * SECOND;
    const get = world.deps.store.get;
    world.deps.store.get = async (key) => {
      if (key === layout.request(timed(7))) world.clock.move(MINUTE);
      return get(key);
    };
    await workUntilIdle(world.deps, world.work);
    expect(calls).toEqual([]);
  });
});
