import { comparePlaces } from '../../ledger/catalogue/archive.ts';
import { rewriteShard } from '../../ledger/catalogue/shards/rewrite.ts';
import { listShards } from '../../ledger/catalogue/shards/shards.ts';
import { readPruneIntent } from '../../ledger/retention/prune.ts';
import { carryOut } from './delete-archives.ts';
import { afterDeletion, type Deps, type Tally } from './prune-shard.ts';

/** Carries out what an earlier drive had written down and may not have done, records it, and takes it out of the catalogue. */
export async function finishIntent(deps: Deps, policy: string, tally: Tally): Promise<void> {
  const intent = await readPruneIntent(deps.store, policy);
  if (intent === undefined) return;
  const done = await carryOut(deps, intent);
  const gone = intent.archives.filter(({ key }) => done.deleted.has(key));
  tally.deleted += gone.length;
  tally.bytes += gone.reduce((sum, { size }) => sum + size, 0);
  for (const shard of await listShards(deps.store, policy)) {
    const { from, to } = shard;
    const isIn = intent.archives.some(
      (archive) =>
        comparePlaces(from, archive) <= 0 && (to === undefined || comparePlaces(archive, to) < 0),
    );
    if (isIn) await rewriteShard(deps.store, shard, undefined, afterDeletion(done));
  }
}
