import type { Archive, ArchivePosition, ArchiveRead } from '../../ledger/catalogue/archive.ts';
import { findArchivedPhones } from '../../ledger/catalogue/find-phones.ts';
import { isPinned, listPins } from '../../ledger/catalogue/pins.ts';
import { newestArchives } from '../../ledger/catalogue/newest-archives.ts';
import type { ObjectError } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';
import { PhonevaultError } from '../../errors.ts';
import type { ArchiveView } from './schemas/archive.ts';
import { instantOf, type ObjectProblem } from './schemas/object.ts';
import { problemOf } from './unreadable.ts';

export type ArchiveFilter = {
  policy?: string;
  /** The id or the name of a phone. */
  phone?: string;
  /** Verified at this time (epoch ms) or earlier. */
  at?: number;
  max: number;
  /** The `next` of the page before. */
  after?: string;
};

export type ArchivePage = { archives: ArchiveView[]; next?: string; unreadable?: ObjectProblem[] };

/**
 * Returns a page of the catalogue, newest archive first, and the shards that cannot be used. Throws `not_found` for a phone
 * without any archive.
 */
export async function listArchives(
  store: Pick<Store, 'get' | 'list'>,
  { policy, phone, at, max, after }: ArchiveFilter,
): Promise<ArchivePage> {
  const found = phone === undefined ? undefined : await findArchivedPhones(store, phone);
  if (found?.ids.size === 0) throw noArchive(found.errors);
  const { archives, errors } = await newestArchives(store, {
    ...{ policy, phones: found?.ids, until: at, max: max + 1 },
    after: after === undefined ? undefined : readToken(after),
  });
  const page = archives.slice(0, max);
  const pins = await listPins(store);
  const last = page.at(-1);
  const unreadable = new Map(
    [...errors, ...(found?.errors ?? [])].map((error) => [error.key, problemOf(error)]),
  );
  return {
    archives: page.map((archive) => viewOf(archive, isPinned(pins, archive))),
    ...(archives.length > max && last !== undefined ? { next: tokenOf(last) } : {}),
    ...(unreadable.size === 0 ? {} : { unreadable: [...unreadable.values()] }),
  };
}

/** Returns the error for a phone without any archive. `errors`: of what cannot be read. */
export function noArchive([first]: ObjectError[]): PhonevaultError {
  const message = 'no archive belongs to a phone of this id or name';
  const hint =
    first === undefined
      ? '`phonevault status --phones` lists the phones; `phonevault archives --rebuild` adds archives that the catalogue has lost'
      : `not all archives are known: ${first.message}. \`phonevault archives --rebuild\` adds them again`;
  return new PhonevaultError('not_found', message, { hint });
}

/** Returns an archive as people and programs see it. */
export function viewOf(archive: Archive, pinned: boolean): ArchiveView {
  const { phone_id, phone_name, policy, run_id, trigger, bucket, key, size, etag } = archive;
  const { verified_at, image_version, includes, flags } = archive;
  return {
    ...{ phone_id, phone_name, policy, run_id, trigger, bucket, key, size, etag },
    verified_at: instantOf(verified_at),
    ...(flags.generation === undefined ? {} : { generation: instantOf(flags.generation) }),
    ...(image_version === undefined ? {} : { image_version }),
    ...(flags.suspect === undefined ? {} : { suspect: true }),
    ...(flags.read === undefined ? {} : { read: readOf(flags.read) }),
    ...(pinned ? { pinned } : {}),
    ...(flags.trashed === undefined || pinned ? {} : { trashed_at: instantOf(flags.trashed) }),
    ...{ include: includes.include, exclude: includes.exclude },
  };
}

function readOf({ at, result, entries, files, bytes, absent }: ArchiveRead): ArchiveView['read'] {
  return {
    ...{ at: instantOf(at), result },
    ...(entries === undefined ? {} : { entries, files, bytes }),
    ...(absent === undefined ? {} : { absent }),
  };
}

/** The form of a `next`. */
export const ARCHIVE_TOKEN = /^\d{13}\.[a-z0-9-]{1,32}\.[\w-]{1,64}\.[a-z0-9-]{1,80}$/;

function tokenOf({ verified_at, policy, phone_id, run_id }: ArchivePosition): string {
  return [String(verified_at).padStart(13, '0'), policy, phone_id, run_id].join('.');
}

function readToken(token: string): ArchivePosition {
  const [time = '', policy = '', phone_id = '', run_id = ''] = token.split('.');
  return { verified_at: Number(time), policy, phone_id, run_id };
}
