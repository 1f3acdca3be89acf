import { PhonevaultError } from '../../lib/errors.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { playClock } from '../../testing/play-clock.ts';
import { runScene } from './run-scene.ts';
import { T0 } from './runs.ts';

export type Listening = ReturnType<typeof listening>;

/** A scene of runs with a view into its inbox and its objects. */
export function listening(start = T0) {
  const scene = runScene({}, playClock(start));
  const { store } = scene;
  return {
    ...scene,
    /** Ids of the hints in the inbox. */
    hints: () => hintsIn(store),
    body: async (key: string) => JSON.parse((await store.get(key))?.body ?? 'null') as unknown,
  };
}

async function hintsIn(store: Store): Promise<string[]> {
  const listed = await store.list(layout.hints);
  return listed.map(({ key }) => key.slice(layout.hints.length, -'.json'.length));
}

/** The same with a bucket that fails every `operation` on a key that begins with `prefix`. */
export function failing<D extends { store: Store }>(
  deps: D,
  operation: 'get' | 'put' | 'list' | 'create' | 'remove',
  error: Error = new PhonevaultError('unreachable', 'no answer'),
  prefix = '',
): D {
  const real = deps.store[operation] as (key: string | string[], ...rest: never[]) => unknown;
  const own = (key: string | string[], ...rest: never[]): unknown =>
    [key].flat().some((one) => one.startsWith(prefix)) ? Promise.reject(error) : real(key, ...rest);
  return { ...deps, store: { ...deps.store, [operation]: own } };
}

/** A policy's file: every night at 02:30 in Shanghai, with `changes`. */
export function policyText(name: string, changes: Record<string, string | undefined> = {}): string {
  const fields: Record<string, string | undefined> = {
    name,
    schedule: '{ cron: "0 30 2 * * *", timezone: Asia/Shanghai }',
    select: '{ name: "game-*" }',
    export: '{ include: [/data/data], bucket: my-phone-backups }',
    ...changes,
  };
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return kept.map(([field, value]) => `${field}: ${value}\n`).join('');
}
