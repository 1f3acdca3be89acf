import { describe, expect, it } from 'vitest';
import type { Session } from '../../../cli/sign-in/connect.ts';
import { watchPrunes } from '../../../cli/watch/watch-prunes.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { runScene } from '../../support/run-scene.ts';
import { fakeIo } from '../support/fake-io.ts';

/** `each`: what happens in each second of the wait. */
async function scene(each: (second: number) => Promise<unknown>) {
  const { deps, store, clock } = runScene();
  const { io, printed, interrupt } = fakeIo();
  for (const policy of ['nightly', 'weekly']) await store.put(layout.pruneRequest(policy), '{}');
  let seconds = 0;
  const sleep = async (ms: number) => {
    clock.move(ms);
    await each((seconds += 1));
  };
  const watched = { ...deps, clock: { now: clock.now, sleep } };
  const watch = (policies: string[]) =>
    watchPrunes(io, { deps: watched, holder: 'x' } as unknown as Session, policies, false);
  const close = (policy: string) => store.remove([layout.pruneRequest(policy)]);
  return { watch, close, interrupt, printed, store, deps: watched, seconds: () => seconds };
}

const nothing = async () => undefined;
const lost = new PhonevaultError('unreachable', 'no response', { retryable: true });

describe('watchPrunes', () => {
  it('waits until the requests of its policies are gone', async () => {
    const world = await scene(async (second) => second === 3 && world.close('nightly'));
    expect(await world.watch(['nightly'])).toBe(true);
    expect(world.seconds()).toBe(3);
    expect(world.printed.status.at(-1)).toBe('');
    expect(world.printed.err).toEqual([]);
    expect(world.interrupt()).toBe(false);
  });

  it('waits for nothing without policies', async () => {
    const world = await scene(nothing);
    expect(await world.watch([])).toBe(true);
    expect(world.seconds()).toBe(0);
  });

  it('returns false after Ctrl-C', async () => {
    const world = await scene(async (second) => second === 2 && world.interrupt());
    expect(await world.watch(['nightly'])).toBe(false);
    expect(await world.store.list(layout.pruneRequest('nightly'))).toHaveLength(1);
  });

  it('says once, after three minutes, that nothing happens', async () => {
    const world = await scene(async (second) => {
      if (second === 179) expect(world.printed.err).toEqual([]);
      if (second === 400) await world.close('nightly');
    });
    expect(await world.watch(['nightly'])).toBe(true);
    expect(world.printed.err).toEqual([expect.stringContaining('--drive')]);
  });

  it('goes on after five failures in a row, again and again, and throws the sixth', async () => {
    const failing = async (failures: number) => {
      const world = await scene(async (second) => second > 20 && world.close('nightly'));
      const { list } = world.store;
      let calls = 0;
      world.deps.store = {
        ...world.store,
        list: (...args) =>
          (calls += 1) % (failures + 1) === 0 ? list(...args) : Promise.reject(lost),
      };
      return world.watch(['nightly']);
    };
    expect(await failing(5)).toBe(true);
    await expect(failing(6)).rejects.toBe(lost);
  });
});
