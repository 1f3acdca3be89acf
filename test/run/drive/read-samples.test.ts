import { describe, expect, it } from 'vitest';
import { readLog } from '../../../lib/ledger/run/log/log.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { getRun } from '../../../lib/run/query/runs/get-run.ts';
import { agendaClock } from '../../../testing/play-clock.ts';
import { catalogued } from '../../support/archives.ts';
import { RUN, SECOND } from '../../support/drive-scene.ts';
import { driveWorld } from '../../support/drive-world.ts';
import { eventClock } from '../../support/event-clock.ts';
import { temporaryError } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;

/** A requested run of four phones whose policy has half of the archives read. */
async function sampled({ read = 50, retention = '', clock = agendaClock(T0) } = {}) {
  const world = driveWorld(10 * SECOND, clock);
  const phones = ['p1', 'p2', 'p3', 'p4'].map((id) => plannedPhone(id));
  const run = openRun(RUN, phones, { terms: { read } });
  if (run.plan === undefined) throw new Error('no plan');
  await putRequest(world.store, run.request);
  await writePlan(world.store, { ...run.plan, policy: { etag: 'e', text: retention } }, phones);
  return world;
}

type World = Awaited<ReturnType<typeof sampled>>;

const logged = async ({ store }: World, ...types: string[]) =>
  (await readLog(store, RUN)).filter(({ type }) => types.includes(type));
const ranges = ({ lookups }: World) => lookups.filter((what) => what.startsWith('range'));
const sentKinds = ({ published }: World) => published.map(({ kind }) => kind);

/** Has the archives of the run end as no tar does, from when they are read. */
function damage(world: World, code: 'cut' | 'gone' = 'cut') {
  const { range } = world.deps.archives;
  world.deps.archives.range = async (bucket, key, part) => {
    if (code === 'gone') return range(bucket, `${key}-gone`, part);
    const { bytes, encrypted } = await range(bucket, key, part);
    return { bytes: bytes.fill(1), encrypted };
  };
}

describe('readSamples', () => {
  it('reads the share of the archives after the run has settled, and closes the run', async () => {
    const world = await sampled();
    await world.driveMinutes(3);
    expect(await logged(world, 'read', 'read_ended')).toMatchObject([
      { type: 'read', result: 'ok', entries: 0 },
      { type: 'read', result: 'ok' },
      { type: 'read_ended', chosen: 2 },
    ]);
    expect(ranges(world)).toHaveLength(2);
    expect(await world.keys(layout.open)).toEqual([]);
    expect(sentKinds(world)).toEqual(['settled']);
    const read = (await catalogued(world.store)).filter(({ flags }) => flags.read !== undefined);
    expect(read.map(({ flags }) => flags)).toMatchObject([
      { read: { result: 'ok' } },
      { read: { result: 'ok' } },
    ]);
    expect((await getRun(world.store, RUN, 0))?.read).toMatchObject({
      ...{ chosen: 2, read: 2, unreadable: 0, entries: 0, bytes: 0 },
      problems: [
        { result: 'ok', absent: ['/data/data'] },
        { result: 'ok', absent: ['/data/data'] },
      ],
    });
  });

  it.each([
    ['cut', 'broken', 'archive_broken'],
    ['gone', 'missing', 'archive_missing'],
  ] as const)(
    'marks archives that are %s as suspect, and notifies once',
    async (how, result, code) => {
      const world = await sampled({ read: 100 });
      damage(world, how);
      await world.driveMinutes(3);
      expect(await logged(world, 'read')).toMatchObject(Array(4).fill({ result }));
      const suspects = (await catalogued(world.store)).filter(
        ({ flags }) => flags.suspect === true,
      );
      expect(suspects).toHaveLength(4);
      expect(world.published).toMatchObject([
        { kind: 'settled', outcome: 'completed' },
        {
          kind: 'unreadable',
          policy: 'nightly',
          run_id: RUN,
          reason: code,
          archives: { count: 4 },
        },
      ]);
      expect(world.sent[1]?.message.message_structure.default).toContain(
        'nightly archives: 4 of 4 that were read cannot be used (game-p4, game-p1, game-p2 and 1 more)',
      );
      expect((await readReport(world.store, RUN))?.outcome).toBe('completed');
    },
  );

  it('settles and notifies the run first, whatever reading takes', async () => {
    const clock = eventClock(T0);
    const world = await sampled({ clock });
    world.deps.archives.range = async () => {
      await clock.sleep(45 * SECOND);
      throw temporaryError();
    };
    await world.drive();
    expect(sentKinds(world)).toEqual(['settled']);
    expect(await readReport(world.store, RUN)).toBeDefined();
    // A call that hangs ends with the time of the drive.
    expect(world.seconds()).toBeLessThan(53);
  });

  it('gives up archives that cannot be read for six hours, and closes the run', async () => {
    const world = await sampled();
    world.deps.archives.range = () => Promise.reject(temporaryError());
    await world.driveMinutes(5);
    expect(await world.keys(layout.open)).toEqual([layout.request(RUN)]);
    world.clock.move(6 * HOUR);
    await world.driveMinutes(2, { holder: 'b' });
    expect(await world.keys(layout.open)).toEqual([]);
    expect(await logged(world, 'read', 'read_ended')).toMatchObject([{ chosen: 2 }]);
    expect((await getRun(world.store, RUN, 0))?.read).toMatchObject({ chosen: 2, read: 0 });
  });

  it('keeps the message about broken archives until the topic takes it', async () => {
    const world = await sampled();
    damage(world);
    const { publish } = world.deps.topic;
    let calls = 0;
    world.deps.topic.publish = (...args) => {
      calls += 1;
      return calls === 2 || calls === 3 ? Promise.reject(temporaryError()) : publish(...args);
    };
    await world.driveMinutes(6);
    expect(sentKinds(world)).toEqual(['settled', 'unreadable']);
    expect(await world.keys(layout.open)).toEqual([]);
    expect(await logged(world, 'read')).toHaveLength(2);
  });

  it('applies retention only when the archives were read', async () => {
    const world = await sampled({
      retention:
        'name: nightly\nselect: { name: "*" }\nexport: { include: [/data/data], bucket: b-b }\nretention: { max_backups: 1 }\n',
    });
    const { range } = world.deps.archives;
    world.deps.archives.range = async (...args) => {
      expect(await world.keys('open/prune/')).toEqual([]);
      return range(...args);
    };
    await world.driveMinutes(3);
    expect(world.logged('prune_requested')).toHaveLength(1);
  });

  it('does not read for other policies', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p1')]);
    await world.driveMinutes(3);
    expect(ranges(world)).toEqual([]);
    expect(await world.keys(layout.open)).toEqual([]);
  });

  it('goes on where a drive that was killed has recorded, under another holder', async () => {
    const world = await sampled({ read: 100 });
    const { range } = world.deps.archives;
    let killed = false;
    world.deps.archives.range = async (...args) => {
      if (ranges(world).length === 2 && !killed) {
        killed = true;
        world.clock.move(120 * SECOND);
      }
      return range(...args);
    };
    await world.driveMinutes(6);
    const reads = await logged(world, 'read');
    expect(new Set(reads.map((event) => 'phone_id' in event && event.phone_id)).size).toBe(4);
    expect(await world.keys(layout.open)).toEqual([]);
  });
});
