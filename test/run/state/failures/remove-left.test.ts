import { expect, it } from 'vitest';
import { foldHintKey } from '../../../../lib/ledger/hints/fold.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { removeLeft } from '../../../../lib/run/state/failures/remove-left.ts';
import { removeHandled } from '../../../../lib/run/state/failures/resting.ts';
import { runScene } from '../../../support/run-scene.ts';

it('tries again, after a pause, to delete what retention and folding have left, and nothing else', async () => {
  const { deps, clock, store } = runScene();
  const left = [layout.pruneIntent('nightly'), foldHintKey];
  const other = layout.hint('missed-nightly');
  for (const key of [...left, other]) await store.put(key, '{}');
  const refuse = async (keys: string[]) => keys.map((key) => ({ key, code: 'AccessDenied' }));
  await removeHandled({ ...deps, store: { ...store, remove: refuse } }, [...left, other]);
  await removeLeft(deps);
  expect(await store.list(layout.open)).toHaveLength(3);
  clock.move(20_000);
  await removeLeft(deps);
  expect((await store.list(layout.open)).map(({ key }) => key)).toEqual([other]);
  expect([...deps.unreadable.objects.keys()]).toEqual([other]);
});
