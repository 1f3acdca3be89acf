import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Code } from '../model/function.ts';
import { unzip } from '../config/unzip.ts';

export type CodeFolders = {
  /** Returns the folder of the unpacked code. Rejects if the archive is broken. */
  of(code: Code): Promise<string>;
  remove(): Promise<void>;
};

/** Unpacks each code once, below a new folder in the machine's temporary folder. */
export function createCodeFolders(): CodeFolders {
  const folders = new Map<string, Promise<string>>();
  let root: Promise<string> | undefined;
  const unpack = async ({ type, digest, filename, bytes }: Code): Promise<string> => {
    root ??= mkdtemp(join(tmpdir(), 'phonevault-functions-')).then((path) => realpath(path));
    const folder = join(await root, digest.slice(0, 32));
    await mkdir(folder, { recursive: true });
    if (type === 'inline') await writeFile(join(folder, filename), bytes);
    else await unzip(bytes, folder);
    return folder;
  };
  return {
    of(code) {
      const known = folders.get(code.digest);
      if (known !== undefined) return known;
      const folder = unpack(code);
      folders.set(code.digest, folder);
      return folder;
    },
    async remove() {
      folders.clear();
      if (root !== undefined) await rm(await root, { recursive: true, force: true });
      root = undefined;
    },
  };
}
