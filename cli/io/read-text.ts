import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PhonevaultError } from '../../lib/errors.ts';
import type { Io } from './io.ts';
import { size } from '../text/size.ts';

const refused = (what: string, hint?: string, cause?: unknown) =>
  new PhonevaultError('event_invalid', what, { ...(hint === undefined ? {} : { hint }), cause });

/** All of a stream as text. Throws `event_invalid` above `maxBytes` and for what is not UTF-8. */
export async function readText(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(undefined, maxBytes);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const isWide =
      (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw refused(isWide ? 'is UTF-16' : 'is not UTF-8 text', 'save it as UTF-8', error);
  }
}

/**
 * The text of a file, or of the standard input for `-`. Looks at kind and size before it reads, and never waits for a
 * pipe's other end. Throws `event_invalid` whose message continues the file's name: "is a directory".
 */
export async function readInput(
  io: Pick<Io, 'cwd' | 'readStdin'>,
  file: string,
  maxBytes: number,
): Promise<string> {
  if (file === '-') return io.readStdin(maxBytes);
  const handle = await openFile(resolve(io.cwd, file));
  try {
    const facts = await handle.stat();
    if (facts.isDirectory()) throw refused('is a directory', 'name the files in it');
    if (!facts.isFile()) throw refused('is not a file', 'to read a pipe, write - for its name');
    if (facts.size > maxBytes) throw tooLarge(facts.size, maxBytes);
    return await readText(handle.createReadStream({ autoClose: false }), maxBytes);
  } finally {
    await handle.close();
  }
}

async function openFile(path: string) {
  try {
    // Without O_NONBLOCK, opening a FIFO waits until somebody writes to it.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refused('does not exist', undefined, error);
    if (code === 'EACCES' || code === 'EPERM') throw refused('may not be read', undefined, error);
    if (code === 'ENXIO') throw refused('is not a file', undefined, error);
    throw refused(`cannot be read (${code ?? 'unknown error'})`, undefined, error);
  }
}

function tooLarge(bytes: number | undefined, most: number): PhonevaultError {
  const is = bytes === undefined ? 'is too large' : `is too large: ${size(bytes)}`;
  return refused(`${is}, at most ${size(most)}`);
}
