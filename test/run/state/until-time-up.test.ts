import { describe, expect, it } from 'vitest';
import { TimeUp } from '../../../lib/errors.ts';
import { untilTimeUp } from '../../../lib/run/state/until-time-up.ts';
import { eventClock } from '../../support/event-clock.ts';
import { runScene, temporaryError } from '../../support/run-scene.ts';
import { T0 } from '../../support/runs.ts';

const SECOND = 1_000;

describe('untilTimeUp', () => {
  it.each<[string, (deps: ReturnType<typeof runScene>['deps']) => Promise<unknown>]>([
    ['GET', ({ store }) => store.get('a')],
    ['PUT', ({ store }) => store.put('a', '')],
    ['conditional PUT', ({ store }) => store.create('a', '')],
    ['LIST', ({ store }) => store.list('')],
    ['LIST of archives', ({ archives }) => archives.list('backups', 'a/')],
    ['HEAD', ({ archives }) => archives.head('backups', 'a')],
    ['ranged GET', ({ archives }) => archives.tail('backups', 'a', 1)],
    ['DELETE', ({ archives }) => archives.purge('backups', ['a'])],
  ])('lets no %s begin two seconds after the end of the time', async (_, call) => {
    const { deps, clock } = runScene();
    const bounded = untilTimeUp({ ...deps, until: T0 + SECOND });
    clock.move(3 * SECOND - 1);
    await call(bounded);
    clock.move(1);
    await expect(call(bounded)).rejects.toThrow(TimeUp);
    await call(deps);
  });

  it('lists archives 1,000 at a time, so that a long list ends with the time', async () => {
    const { deps, clock, land, lookups } = runScene();
    for (let n = 0; n < 2_400; n += 1) land(`a/${String(n).padStart(5, '0')}`);
    const { list } = deps.archives;
    deps.archives.list = (...of) => (clock.move(SECOND), list(...of));
    const { objects } = await untilTimeUp({ ...deps, until: T0 + SECOND }).archives.list('b', 'a/');
    expect(objects.map(({ key }) => key)).toEqual(
      (await list('b', 'a/')).objects.map(({ key }) => key),
    );
    expect(lookups).toHaveLength(4);
    const short = untilTimeUp({ ...deps, until: clock.now() - SECOND });
    await expect(short.archives.list('b', 'a/')).rejects.toThrow(TimeUp);
    expect(lookups).toHaveLength(5);
    expect(
      (await untilTimeUp({ ...deps, until: Infinity }).archives.list('b', 'a/', { max: 1 }))
        .objects,
    ).toHaveLength(1);
  });

  it('reads all pages of a long list from a service that is slow and healthy', async () => {
    const { deps, land } = runScene({}, eventClock(T0));
    for (let n = 0; n < 4_500; n += 1) land(`a/${String(n).padStart(5, '0')}`);
    const { list } = deps.archives;
    // Two seconds a page of 1,000 keys.
    deps.archives.list = async (bucket, prefix, options) => {
      const found = await list(bucket, prefix, options);
      await deps.clock.sleep(2 * SECOND * Math.ceil(found.objects.length / 1_000));
      return found;
    };
    const { archives } = untilTimeUp({ ...deps, until: T0 + 50 * SECOND });
    expect((await archives.list('b', 'a/')).objects).toHaveLength(4_500);
  });

  it('ends look-ups of archives that hang after eight seconds, later ones of the kind at once', async () => {
    const { deps } = runScene({}, eventClock(T0));
    const { clock } = deps;
    let calls = 0;
    deps.archives.head = async () => {
      calls += 1;
      await clock.sleep(30 * SECOND);
      throw temporaryError();
    };
    const { archives } = untilTimeUp({ ...deps, until: T0 + 50 * SECOND });
    for (let n = 0; n < 2; n += 1) {
      await expect(archives.head('b', 'a')).rejects.toMatchObject({ code: 'unreachable' });
      expect([clock.now(), calls]).toEqual([T0 + 8 * SECOND, 1]);
    }
    expect((await archives.list('b', 'a/')).objects).toEqual([]);
  });

  it('deletes archives 200 at a time, so that many need no longer than few', async () => {
    const { deps } = runScene({}, eventClock(T0));
    const sizes: number[] = [];
    deps.archives.purge = async (_, keys) => {
      sizes.push(keys.length);
      await deps.clock.sleep(7 * SECOND);
      return { refused: [{ key: keys[0] ?? '', code: 'AccessDenied' }], versioning: 'on' };
    };
    const { archives } = untilTimeUp({ ...deps, until: T0 + 50 * SECOND });
    const keys = Array.from({ length: 450 }, (_, n) => `k${n}`);
    const refused = ['k0', 'k200', 'k400'].map((key) => ({ key, code: 'AccessDenied' }));
    expect(await archives.purge('b', keys)).toEqual({ refused, versioning: 'on' });
    expect(sizes).toEqual([200, 200, 50]);
  });

  it('ends a DELETE of archives that hangs after eight seconds', async () => {
    const { deps } = runScene({}, eventClock(T0));
    deps.archives.purge = () =>
      deps.clock.sleep(45 * SECOND).then(() => Promise.reject(temporaryError()));
    const { archives } = untilTimeUp({ ...deps, until: T0 + 50 * SECOND });
    await expect(archives.purge('b', ['k'])).rejects.toMatchObject({ code: 'unreachable' });
    expect(deps.clock.now()).toBe(T0 + 8 * SECOND);
  });

  it('says that the time is up when it cuts a look-up short', async () => {
    const { deps } = runScene({}, eventClock(T0));
    const { clock } = deps;
    deps.archives.head = async () => (await clock.sleep(5 * SECOND), undefined);
    const { archives } = untilTimeUp({ ...deps, until: T0 + SECOND });
    await expect(archives.head('b', 'a')).rejects.toThrow(TimeUp);
    expect(clock.now()).toBe(T0 + 3 * SECOND);
  });
});
