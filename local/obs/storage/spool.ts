import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOf, inFile, inMemory, type Payload } from './payload.ts';

/** What has more bytes is kept in a file. Less than a part of a multipart upload, of which there may be thousands. */
export const MAX_IN_MEMORY = 4 * 1024 * 1024;

export type Spool = {
  /** Receives a body; undefined if it has more than `limit` bytes. The SHA-256 is hex. */
  receive(
    source: AsyncIterable<Uint8Array>,
    limit: number,
  ): Promise<{ payload: Payload; sha256: string } | undefined>;
  /** Returns the bytes of all payloads, which stay as they are. A file gets no MD5: hashing takes longer than copying. */
  join(payloads: readonly Payload[]): Promise<Payload>;
};

/** Returns what receives bodies. Large ones are files in `folder`, by default one that is deleted when the process exits. */
export function createSpool(folder?: string): Spool {
  let count = 0;
  let own: string | undefined;
  const nextFile = () =>
    join(folder ?? (own ??= temporaryFolder()), `draft-${process.pid}-${(count += 1)}`);

  return {
    async receive(source, limit) {
      const [md5, sha256] = [createHash('md5'), createHash('sha256')];
      const chunks: Uint8Array[] = [];
      let file: { path: string; handle: FileHandle } | undefined;
      let size = 0;
      let isComplete = false;
      try {
        for await (const chunk of source) {
          size += chunk.byteLength;
          if (size > limit) return undefined;
          md5.update(chunk);
          sha256.update(chunk);
          chunks.push(chunk);
          if (size <= MAX_IN_MEMORY) continue;
          file ??= await create(nextFile());
          for (const one of chunks.splice(0)) await file.handle.appendFile(one);
        }
        isComplete = true;
      } finally {
        await file?.handle.close();
        if (file !== undefined && !isComplete) rmSync(file.path, { force: true });
      }
      const digest = md5.digest('hex');
      const payload =
        file === undefined
          ? inMemory(Buffer.concat(chunks), digest)
          : inFile(file.path, size, digest);
      return { payload, sha256: sha256.digest('hex') };
    },
    async join(payloads) {
      const size = payloads.reduce((sum, payload) => sum + payload.size, 0);
      if (size <= MAX_IN_MEMORY) {
        return inMemory(Buffer.concat(await Promise.all(payloads.map((one) => allOf(one.read())))));
      }
      const { path, handle } = await create(nextFile());
      let isComplete = false;
      try {
        for (const payload of payloads) {
          const body = payload.read();
          for await (const chunk of body instanceof Uint8Array ? [body] : body) {
            await handle.appendFile(chunk as Uint8Array);
          }
        }
        isComplete = true;
      } finally {
        await handle.close();
        if (!isComplete) rmSync(path, { force: true });
      }
      return inFile(path, size, '');
    },
  };
}

async function create(path: string): Promise<{ path: string; handle: FileHandle }> {
  return { path, handle: await open(path, 'wx', 0o600) };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'phonevault-objects-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
