import type { Obs } from '../../cloud/obs/obs.ts';
import { type ErrorCode, PhonevaultError } from '../../errors.ts';
import { covers } from '../../policy/schema/paths.ts';
import { readArchive, type StoredArchive } from './read-archive.ts';
import { readEntries, type TarSummary } from './read-entries.ts';

/** `absent`: included paths of which the archive holds nothing. */
type ArchiveContent = TarSummary & { absent: string[] };

export type Verified =
  | ({ result: 'ok' } & ArchiveContent)
  | { result: 'changed' | 'broken' | 'missing' | 'unreadable'; message: string; hint?: string };

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
  archive: StoredArchive & { include: readonly string[] },
  onRead: (bytes: number) => void = () => undefined,
): Promise<Verified> {
  const absent = new Set(archive.include);
  const onPart = async (bytes: Uint8Array) => onRead(bytes.length);
  try {
    const summary = await readEntries(readArchive(archives, archive, { onPart }), ({ path }) => {
      for (const wanted of absent) if (covers(wanted, path)) absent.delete(wanted);
    });
    return { result: 'ok', ...summary, absent: [...absent] };
  } catch (error) {
    const result = error instanceof PhonevaultError ? RESULTS[error.code] : undefined;
    if (result === undefined || !(error instanceof PhonevaultError)) throw error;
    const { message, hint } = error;
    return { result, message, ...(hint === undefined ? {} : { hint }) };
  }
}
