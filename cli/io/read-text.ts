import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PhonevaultError } from '../../lib/errors.ts';
import type { Io } from './io.ts';
import { size } from '../text/size.ts';

const invalid = (what: string, hint?: string, cause?: unknown) =>
  new PhonevaultError('event_invalid', what, { ...(hint === undefined ? {} : { hint }), cause });

/** Returns a stream as text. Throws `event_invalid` above `maxBytes` and for text that is not UTF-8. */
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
    const isUtf16 =
      (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw invalid(isUtf16 ? 'is UTF-16' : 'is not UTF-8 text', 'save it as UTF-8', error);
  }
}

/**
 * Returns the text of a file, or of standard input for `-`. Checks kind and size before it reads, and never waits for the
 * other end of a pipe. Throws `event_invalid`, whose message continues the file's name: "is a directory".
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
    if (facts.isDirectory()) throw invalid('is a directory', 'name the files in it');
    if (!facts.isFile()) throw invalid('is not a file', 'to read a pipe, use - as its name');
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
    if (code === 'ENOENT' || code === 'ENOTDIR') throw invalid('does not exist', undefined, error);
    if (code === 'EACCES' || code === 'EPERM')
      throw invalid('cannot be read: permission denied', undefined, error);
    if (code === 'ENXIO') throw invalid('is not a file', undefined, error);
    throw invalid(`cannot be read (${code ?? 'unknown error'})`, undefined, error);
  }
}

function tooLarge(bytes: number | undefined, max: number): PhonevaultError {
  const problem = bytes === undefined ? 'is too large' : `is too large: ${size(bytes)}`;
  return invalid(`${problem}, at most ${size(max)}`);
}
