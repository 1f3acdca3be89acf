import { createHash } from 'node:crypto';
import { createReadStream, openSync } from 'node:fs';
import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** Bytes that are read from a file at once. */
const CHUNK = 1024 * 1024;

/** The first and the last byte, both included. */
export type ByteRange = { start: number; end: number };

/** The bytes of an object: in memory, or in a file of their own if they are many. */
export type Payload = {
  size: number;
  /** Hex. */
  md5: string;
  /** Returns the bytes, or a part of them. What was read stays readable after `moveTo` and `discard`. */
  read(range?: ByteRange): Uint8Array | Readable;
  /** Makes the bytes a file. The payload cannot be read afterwards. */
  moveTo(file: string): Promise<void>;
  /** Deletes the file, if there is one. */
  discard(): Promise<void>;
};

/** Returns a payload in memory. */
export function inMemory(
  body: Uint8Array,
  md5 = createHash('md5').update(body).digest('hex'),
): Payload {
  return {
    size: body.byteLength,
    md5,
    read: (range) => (range === undefined ? body : body.subarray(range.start, range.end + 1)),
    moveTo: (file) => writeFile(file, body),
    discard: async () => undefined,
  };
}

/** Returns a payload that is a file, which belongs to it. */
export function inFile(path: string, size: number, md5: string): Payload {
  const discard = () => rm(path, { force: true });
  return {
    size,
    md5,
    read: (range) => readFrom(path, range),
    async moveTo(file) {
      try {
        await rename(path, file);
      } catch {
        // Another file system.
        await copyFile(path, file);
        await discard();
      }
    },
    discard,
  };
}

/** Returns a stream of a file. The file is opened at once, so that it may be replaced while it is read. */
export function readFrom(path: string, range?: ByteRange): Readable {
  return createReadStream(path, { fd: openSync(path, 'r'), highWaterMark: CHUNK, ...range });
}

/** Returns the bytes of a payload in memory. Throws for a file. */
export function bytesOf(payload: Payload): Uint8Array {
  const body = payload.read();
  if (body instanceof Uint8Array) return body;
  body.destroy();
  throw new Error('the payload is not in memory');
}

/** Returns all bytes of what was read. */
export async function allOf(body: Uint8Array | Readable): Promise<Uint8Array> {
  return body instanceof Uint8Array ? body : Buffer.concat(await body.toArray());
}

/** Returns bytes as a payload. */
export function payloadOf(body: Uint8Array | Payload): Payload {
  return body instanceof Uint8Array ? inMemory(body) : body;
}
