import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Obs } from '../../lib/cloud/obs/obs.ts';
import { hasCode, PhonevaultError } from '../../lib/errors.ts';
import { readArchive, type StoredArchive } from '../../lib/run/archive/read-archive.ts';
import { readEntries, type TarSummary } from '../../lib/run/archive/read-entries.ts';
import type { TransferProgress } from './transfer-progress.ts';

/** `held`: bytes that were there before, from an interrupted download or a whole one. */
export type Downloaded = TarSummary & { held: number };

/**
 * Writes an archive to a file and reads it to its last byte on the way. Until it is whole it is named `<file>.<etag>.part`, and the
 * next download goes on after what is there. A whole file is only read. Throws `archive_changed`, `archive_broken`, and `conflict`
 * when `file` has another size.
 */
export async function download(
  obs: Pick<Obs, 'range'>,
  archive: StoredArchive,
  file: string,
  progress: TransferProgress,
): Promise<Downloaded> {
  const whole = await sizeOf(file);
  if (whole !== undefined) {
    if (whole !== archive.size) throw otherFile(file);
    return check(obs, archive, { file, held: whole }, progress);
  }
  const part = `${file}.${archive.etag}.part`;
  await mkdir(dirname(file), { recursive: true });
  const out = await open(part, 'a');
  const held = Math.min((await out.stat()).size, archive.size);
  try {
    await out.truncate(held);
    const result = await check(obs, archive, { file: part, held, out }, progress);
    await out.sync();
    await rename(part, file);
    return result;
  } catch (error) {
    // Bytes that are wrong now would be wrong again. Those of a broken archive stay, for whoever wants to save some of them.
    const isWrong = hasCode(error, 'archive_broken') && held > 0;
    if (isWrong || hasCode(error, 'archive_changed')) await out.truncate(0);
    throw error;
  } finally {
    await out.close();
  }
}

type Target = { file: string; held: number; out?: FileHandle };

async function check(
  obs: Pick<Obs, 'range'>,
  archive: StoredArchive,
  { file, held, out }: Target,
  progress: TransferProgress,
): Promise<Downloaded> {
  const chunks = readArchive(obs, archive, {
    known: { size: held, bytes: readHeld(file, held, progress) },
    async onPart(bytes) {
      await out?.appendFile(bytes);
      progress.add(bytes.length);
    },
  });
  return { ...(await readEntries(chunks)), held };
}

async function* readHeld(
  file: string,
  held: number,
  progress: TransferProgress,
): AsyncGenerator<Uint8Array> {
  if (held === 0) return;
  for await (const bytes of createReadStream(file, { end: held - 1 }) as AsyncIterable<Buffer>) {
    progress.add(bytes.length);
    yield bytes;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function otherFile(file: string): PhonevaultError {
  return new PhonevaultError('conflict', `${file} exists and is not this archive`, {
    hint: 'move it away, or write to another folder with -o',
  });
}
