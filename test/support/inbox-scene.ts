import { layout } from '../../lib/ledger/store/layout.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { playClock } from '../../testing/play-clock.ts';
import { runScene } from './run-scene.ts';
import { T0 } from './runs.ts';

export type InboxScene = ReturnType<typeof inboxScene>;

/** A scene of runs, in a drive without end, that also returns the hints in `open/` and the bodies of objects. */
export function inboxScene(start = T0) {
  const scene = runScene({}, playClock(start));
  const { store } = scene;
  return {
    ...scene,
    deps: { ...scene.deps, until: Number.POSITIVE_INFINITY },
    /** Ids of the hints in the inbox. */
    hints: () => hintsIn(store),
    body: async (key: string) => JSON.parse((await store.get(key))?.body ?? 'null') as unknown,
  };
}

async function hintsIn(store: Store): Promise<string[]> {
  const listed = await store.list(layout.hints);
  return listed.map(({ key }) => key.slice(layout.hints.length, -'.json'.length));
}
