import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { PhonevaultError } from '../../errors.ts';

const HEADER_BYTES = 512;
const END_BYTES = 1024;

/** A file, a folder or something else in an archive. */
export type Entry = Header & {
  /** Absolute, as on the phone, without a slash at its end. */
  path: string;
  /** Where its content begins, in bytes from the start of what was read. */
  contentAt: number;
};

/** `files`: regular ones. `bytes`: their content. */
export type TarSummary = { entries: number; files: number; bytes: number };

/** Gets an entry and its content, which it may leave unread. */
export type Visit = (entry: Entry, content: AsyncIterable<Uint8Array>) => Promise<void> | void;

/**
 * Reads a tar to its last byte and visits its entries in order. Throws `archive_broken` when it is cut, damaged or no tar.
 */
export async function readEntries(
  chunks: AsyncIterable<Uint8Array>,
  visit: Visit = () => undefined,
): Promise<TarSummary> {
  const summary: TarSummary = { entries: 0, files: 0, bytes: 0 };
  const tail = { bytes: Buffer.alloc(0) };
  const tar = extract();
  const failed: { visit?: unknown; source?: unknown } = {};
  const source = async function* () {
    try {
      for await (const chunk of chunks) {
        tail.bytes = Buffer.concat([tail.bytes, chunk.subarray(-END_BYTES)]).subarray(-END_BYTES);
        yield chunk;
      }
    } catch (error) {
      failed.source = error;
      throw error;
    }
  };
  const entries = async () => {
    for await (const entry of tar) {
      const { header } = entry;
      summary.entries += 1;
      if (isFile(header)) {
        summary.files += 1;
        summary.bytes += header.size ?? 0;
      }
      try {
        const path = `/${header.name.replace(/^\/+|\/+$/g, '')}`;
        const contentAt = entry.offset + HEADER_BYTES;
        await visit({ ...header, path, contentAt }, entry as AsyncIterable<Uint8Array>);
      } catch (error) {
        failed.visit = error;
        throw error;
      }
      entry.resume();
    }
  };
  try {
    await Promise.all([pipeline(source, tar), entries()]);
  } catch (error) {
    const first = failed.visit ?? failed.source;
    throw first instanceof Error ? first : broken(error);
  }
  const isWhole = tail.bytes.length === END_BYTES && tail.bytes.every((byte) => byte === 0);
  if (!isWhole) throw broken(new Error('it does not end as a tar does'));
  return summary;
}

export function isFile({ type }: Pick<Header, 'type'>): boolean {
  return type === 'file' || type === 'contiguous-file';
}

function broken(cause: unknown): PhonevaultError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PhonevaultError('archive_broken', `the archive is no readable tar: ${why}`, {
    hint: 'take an older one with --at, and back the phone up again',
    cause,
  });
}
