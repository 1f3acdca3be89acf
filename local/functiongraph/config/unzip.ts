import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';

const MAX_UNPACKED = 1_500 * 1024 * 1024;
const MAX_FILES = 100_000;

/** True if the bytes start like a zip. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length > 22 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03;
}

/**
 * Unpacks a zip into a folder; the files can be read and run, not written. Throws for a name that leads out of the folder
 * and for more than 1,500 MB or 100,000 files.
 */
export async function unzip(bytes: Uint8Array, folder: string): Promise<void> {
  let size = 0;
  let count = 0;
  const files = unzipSync(bytes, {
    filter({ name, originalSize }) {
      size += originalSize;
      count += 1;
      if (size > MAX_UNPACKED || count > MAX_FILES) throw new Error('the archive is too large');
      return !name.endsWith('/');
    },
  });
  for (const [name, content] of Object.entries(files)) {
    const path = resolve(folder, name);
    if (!path.startsWith(folder + sep)) throw new Error('a name in the archive leads out of it');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await chmod(path, 0o555);
  }
}
