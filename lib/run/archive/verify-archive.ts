import type { Obs } from '../../cloud/obs/obs.ts';
import { type ErrorCode, PhonevaultError, TimeUp } from '../../errors.ts';
import type { ReadPosition } from '../../ledger/run/events.ts';
import { covers } from '../../policy/schema/paths.ts';
import { readArchive, type StoredArchive } from './read-archive.ts';
import { type Entry, isFile, readEntries, type TarSummary } from './read-entries.ts';

const BLOCK = 512;
/** Of a part that was just read, not all entries may be counted yet: after so many, some are. */
const MIN_PARTS = 3;

/** `absent`: included paths of which the archive holds nothing. */
type ArchiveContent = TarSummary & { absent: string[] };

export type Verified =
  | ({ result: 'ok' } & ArchiveContent)
  | { result: 'changed' | 'broken' | 'missing' | 'unreadable'; message: string; hint?: string };

type Wanted = StoredArchive & { include: readonly string[] };

type PartOptions = {
  /** Where an earlier part of the reading ended. */
  from?: ReadPosition | undefined;
  /** Whether to stop, after three parts of 8 MiB at the earliest. */
  isOver?: () => boolean;
  onRead?: (bytes: number) => void;
};

const RESULTS: Partial<Record<ErrorCode, 'changed' | 'broken' | 'missing' | 'unreadable'>> = {
  archive_changed: 'changed',
  archive_broken: 'broken',
  not_found: 'missing',
  access_denied: 'unreadable',
  bucket_missing: 'missing',
};

/** Reads an archive to its last byte. Throws errors that concern more than this archive. */
export async function verifyArchive(
  archives: Pick<Obs, 'range'>,
  archive: Wanted,
  onRead: (bytes: number) => void = () => undefined,
): Promise<Verified> {
  const verified = await verifyPart(archives, archive, { onRead });
  if ('position' in verified) throw new TimeUp();
  return verified;
}

/**
 * Reads an archive to its last byte, or until `isOver`: then returns the position from which to go on. The bytes of an archive that
 * was read in several parts are not compared with its ETag, only the ETag itself. Throws errors that concern more than this archive.
 */
export async function verifyPart(
  archives: Pick<Obs, 'range'>,
  archive: Wanted,
  { from, isOver = () => false, onRead = () => undefined }: PartOptions,
): Promise<Verified | { position: ReadPosition }> {
  const start = from ?? startOf(archive);
  const absent = new Set(start.absent);
  const position = { ...start };
  let parts = 0;
  const chunks = async function* () {
    const onPart = async (bytes: Uint8Array) => onRead(bytes.length);
    for await (const bytes of readArchive(archives, archive, { from: start.read, onPart })) {
      const skipped = Math.max(0, start.next - position.read);
      position.read += bytes.length;
      if (skipped < bytes.length) yield bytes.subarray(skipped);
      parts += 1;
      if (parts >= MIN_PARTS && position.read < archive.size && isOver()) throw new TimeUp();
    }
  };
  const visit = (entry: Entry): void => {
    position.next = start.next + endOf(entry);
    position.entries += 1;
    if (isFile(entry)) {
      position.files += 1;
      position.bytes += entry.size;
    }
    for (const at of absent) if (covers(archive.include[at] ?? '', entry.path)) absent.delete(at);
  };
  try {
    await readEntries(chunks(), visit);
    const { entries, files, bytes } = position;
    const lacks = [...absent].flatMap((at) => archive.include[at] ?? []);
    return { result: 'ok', entries, files, bytes, absent: lacks };
  } catch (error) {
    if (error instanceof TimeUp) return { position: { ...atEntry(position), absent: [...absent] } };
    const result = error instanceof PhonevaultError ? RESULTS[error.code] : undefined;
    if (result === undefined || !(error instanceof PhonevaultError)) throw error;
    const { message, hint } = error;
    return { result, message, ...(hint === undefined ? {} : { hint }) };
  }
}

function startOf({ include }: Wanted): ReadPosition {
  const none = { entries: 0, files: 0, bytes: 0 };
  return { read: 0, next: 0, ...none, absent: include.map((_, at) => at) };
}

/** The bytes of an entry that was counted need not be read again, those after it do. */
function atEntry(position: ReadPosition): ReadPosition {
  return { ...position, read: Math.min(position.read, position.next) };
}

/** Returns where an entry ends: content fills whole blocks. */
function endOf({ contentAt, size, type }: Entry): number {
  const content = type === 'directory' ? 0 : size;
  return contentAt + Math.ceil(content / BLOCK) * BLOCK;
}
