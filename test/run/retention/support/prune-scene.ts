import { addArchives } from '../../../../lib/ledger/catalogue/add.ts';
import type { Archive } from '../../../../lib/ledger/catalogue/archive.ts';
import { readRetention } from '../../../../lib/ledger/retention/state.ts';
import { requestPrune } from '../../../../lib/ledger/retention/prune.ts';
import { readDeleted } from '../../../../lib/ledger/run/deleted-archives.ts';
import { drive } from '../../../../lib/run/drive/drive.ts';
import type { RunDeps } from '../../../../lib/run/deps.ts';
import { agendaClock } from '../../../../testing/play-clock.ts';
import { archiveOf, catalogued } from '../../../support/archives.ts';
import { dyingDeps } from '../../../support/dying-deps.ts';
import { policyText } from '../../../support/policy-text.ts';
import { runScene } from '../../../support/run-scene.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

export const DAY = 1_440 * MINUTE;

/** Policies with archives in a bucket, and drives that apply their retention. `refuse`: the code for a key that is not deleted. */
export function pruneScene() {
  const clock = agendaClock(T0);
  const scene = runScene({}, clock);
  const { store } = scene;
  const bucket = new Set<string>();
  const locks = new Map<string, number>();
  const purged: string[][] = [];
  const [heads, lists]: [string[], string[]] = [[], []];
  const etags = new Map<string, string>();
  const objectOf = (key: string) => ({
    ...{ key, size: 2_048, lastModified: T0 },
    etag: etags.get(key) ?? 'e',
  });
  let refuse: (key: string) => string | undefined = () => undefined;
  const archives: RunDeps['archives'] = {
    ...scene.deps.archives,
    head: async (_, key) => {
      heads.push(key);
      const lockedUntil = locks.get(key);
      const lock = lockedUntil === undefined ? {} : { lockedUntil };
      return bucket.has(key) ? { ...objectOf(key), ...lock } : undefined;
    },
    list: async (_, prefix = '', { startAfter = '', max } = {}) => {
      lists.push(prefix);
      const keys = [...bucket].filter((key) => key.startsWith(prefix) && key > startAfter);
      return { objects: keys.sort().slice(0, max).map(objectOf) };
    },
    purge: async (_, keys) => {
      purged.push(keys);
      const refused = keys.flatMap((key) => {
        const code = (locks.get(key) ?? 0) > clock.now() ? 'AccessDenied' : refuse(key);
        return code === undefined ? [] : [{ key, code }];
      });
      const stays = new Set(refused.map(({ key }) => key));
      for (const key of keys) if (!stays.has(key)) bucket.delete(key);
      return { refused, versioning: 'off' };
    },
  };
  const deps = { ...scene.deps, archives };
  let drives = 0;
  const driveOnce = (using: RunDeps) => {
    drives += 1;
    return drive(using, { until: clock.now() + 50_000, ttlMs: 90_000, holder: `d${drives}` });
  };
  return {
    ...{ ...scene, deps, clock, bucket, locks, purged, heads, lists, etags },
    setRefusal: (code: (key: string) => string | undefined) => void (refuse = code),
    putPolicy: (retention: string, name = 'nightly') =>
      store.put(`policies/${name}.yaml`, policyText(name, { retention })),
    add: async (added: readonly Archive[], maxShardBytes?: number) => {
      await addArchives(store, added, maxShardBytes);
      for (const { key } of added) bucket.add(key);
    },
    /** Requests that the rules are applied, and drives until that is done, at most `max` minutes. */
    prune: async (
      policy = 'nightly',
      { max = 5, using = deps }: { max?: number; using?: RunDeps } = {},
    ) => {
      await requestPrune(store, policy);
      for (let minute = 0; minute < max; minute += 1) {
        await driveOnce(using);
        if ((await store.list('open/')).length === 0) break;
        clock.move(MINUTE);
      }
      return (await readRetention(store, policy))?.last;
    },
    /** The same by one drive that is killed after so many calls; false when it ended before. Its lease is over afterwards. */
    pruneKilled: async (calls: number, policy = 'nightly'): Promise<boolean> => {
      await requestPrune(store, policy);
      const isKilled = await new Promise<boolean>((resolve, reject) => {
        const die = (): void => resolve(true);
        const using = dyingDeps(deps, clock, { callMs: 0, last: calls, die });
        driveOnce(using).then(() => resolve(false), reject);
      });
      clock.move(2 * MINUTE);
      return isKilled;
    },
    keys: async () => (await catalogued(store)).map(({ key }) => key).sort(),
    deletedOf: async (runId: string) => [...(await readDeleted(store, runId))].sort(),
    open: async () => (await store.list('open/')).map(({ key }) => key),
  };
}

/** Returns the archives of some phones of as many nights before T0, the last one a day before. */
export function nightsOf(
  phones: number,
  nights: number,
  changes: Partial<Archive> = {},
): Archive[] {
  return Array.from({ length: nights }, (_, night) => {
    const at = T0 - (nights - night) * DAY;
    const { policy = 'nightly' } = changes;
    return Array.from({ length: phones }, (_, phone) =>
      archiveOf(`p${phone}`, at, { run_id: `${policy}-${at}`, ...changes }),
    );
  }).flat();
}
