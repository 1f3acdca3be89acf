import { createHash } from 'node:crypto';
import { type Header, pack } from 'tar-stream';

type Content = Omit<Partial<Header>, 'name'> & { text?: string };

/** Returns a tar of these entries, by their names. */
export async function tarOf(entries: Record<string, Content>): Promise<Buffer> {
  const tar = pack();
  for (const [name, { text, ...header }] of Object.entries(entries)) {
    tar.entry({ name, ...header }, text ?? '');
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** Returns an archive over some bytes, and a bucket that serves it in parts and counts them. */
export function stored(bytes: Uint8Array, changes: { etag?: string; encrypted?: boolean } = {}) {
  const { etag = md5(bytes), encrypted = false } = changes;
  const parts: number[] = [];
  const archive = { bucket: 'b', key: 'a.tar', size: bytes.length, etag };
  const range = async (_: string, __: string, part: { start: number; length: number }) => {
    parts.push(part.start);
    return { bytes: bytes.subarray(part.start, part.start + part.length), encrypted };
  };
  return { archive, archives: { range }, parts };
}
