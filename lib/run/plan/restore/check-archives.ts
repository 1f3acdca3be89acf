import pLimit from 'p-limit';
import type { ObjectInfo } from '../../../cloud/obs/list.ts';
import type { Archive } from '../../../ledger/catalogue/archive.ts';
import { hasCode } from '../../../errors.ts';
import type { RunDeps } from '../../deps.ts';

const READS_AT_ONCE = 8;
/** For so many archives of a folder, one LIST costs less than a HEAD for each of them. */
const MIN_ARCHIVES_TO_LIST = 8;

/** What the bucket says of an archive. */
export type ArchiveState = 'there' | 'archive_missing' | 'archive_changed' | 'archive_cold';

type Place = Pick<Archive, 'bucket' | 'key' | 'size' | 'etag'>;

/**
 * Returns whether each archive is in its bucket as it was verified, by key. One that is cold, or will be again before `until`
 * (epoch ms), is cold. Throws ServiceError.
 */
export async function checkArchives(
  { archives }: Pick<RunDeps, 'archives'>,
  wanted: readonly Place[],
  until: number,
): Promise<Map<string, ArchiveState>> {
  const unique = new Map(wanted.map((archive) => [idOf(archive), archive]));
  const folders = new Map<string, Place[]>();
  for (const archive of unique.values()) {
    const folder = `${archive.bucket} ${folderOf(archive.key)}`;
    folders.set(folder, [...(folders.get(folder) ?? []), archive]);
  }
  const limit = pLimit(READS_AT_ONCE);
  const states = new Map<string, ArchiveState>();
  const head = async (archive: Place): Promise<void> => {
    const found = await limit(() => archives.head(archive.bucket, archive.key));
    states.set(idOf(archive), stateOf(archive, found, until));
  };
  for (const own of folders.values()) {
    const [first] = own;
    if (first === undefined) continue;
    if (own.length < MIN_ARCHIVES_TO_LIST) await Promise.all(own.map(head));
    else {
      const objects = await list(archives, first.bucket, folderOf(first.key));
      // LIST may lag, and does not show that a cold archive was restored.
      const isClear = ({ key }: Place): boolean => {
        const found = objects.get(key);
        return found !== undefined && found.cold === undefined;
      };
      for (const archive of own.filter(isClear)) {
        states.set(idOf(archive), stateOf(archive, objects.get(archive.key), until));
      }
      await Promise.all(own.filter((archive) => !isClear(archive)).map(head));
    }
  }
  return states;
}

async function list(
  archives: RunDeps['archives'],
  bucket: string,
  folder: string,
): Promise<Map<string, ObjectInfo>> {
  try {
    const { objects } = await archives.list(bucket, folder);
    return new Map(objects.map((object) => [object.key, object]));
  } catch (error) {
    if (hasCode(error, 'bucket_missing')) return new Map();
    throw error;
  }
}

function stateOf(
  { size, etag }: Place,
  found: ObjectInfo | undefined,
  until: number,
): ArchiveState {
  if (found === undefined) return 'archive_missing';
  if (found.size !== size || found.etag !== etag) return 'archive_changed';
  const isCold = found.cold === true || (found.readableUntil ?? until) < until;
  return isCold ? 'archive_cold' : 'there';
}

/** An archive is known by its object. */
export const idOf = ({ bucket, key }: Pick<Archive, 'bucket' | 'key'>): string =>
  `${bucket} ${key}`;

/** Returns the folder of a key, with the slash at its end. */
const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);
