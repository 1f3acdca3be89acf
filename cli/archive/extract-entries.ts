import { createWriteStream } from 'node:fs';
import { lstat, mkdir, utimes } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PhonevaultError } from '../../lib/errors.ts';
import { type Entry, isFile } from '../../lib/run/archive/read-entries.ts';
import { visible } from '../../lib/visible.ts';

/** `skipped`: links, devices and the like. */
export type Extracted = { files: number; bytes: number; skipped: number };

/**
 * Returns a visitor that writes the files at or below `path` of a phone into `folder`, which gets the same folders inside. It never
 * writes outside of `folder`, through a link or over a file. Owners and modes are not kept.
 */
export function extractInto(
  folder: string,
  path: string,
): {
  visit(entry: Entry, content: AsyncIterable<Uint8Array>): Promise<void>;
  done: Extracted;
} {
  const done: Extracted = { files: 0, bytes: 0, skipped: 0 };
  return {
    done,
    async visit(entry, content) {
      if (!isAtOrBelow(entry.path, path)) return;
      const target = targetOf(folder, entry.path);
      if (entry.type === 'directory') {
        await makeFolder(folder, target);
      } else if (isFile(entry)) {
        await makeFolder(folder, dirname(target));
        await writeFile(target, content);
        if (entry.mtime !== undefined && entry.mtime !== null) {
          await utimes(target, entry.mtime, entry.mtime);
        }
        done.files += 1;
        done.bytes += entry.size ?? 0;
      } else {
        done.skipped += 1;
      }
    },
  };
}

/** True for a path, and for all below it. */
export function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function targetOf(folder: string, path: string): string {
  const names = path.split('/').slice(1);
  const isUnsafe = names.some((name) => name === '..' || name === '.' || name.includes('\0'));
  if (isUnsafe || names.some((name) => sep !== '/' && name.includes(sep))) {
    throw refused(`the archive has an entry with an unsafe path: ${visible(path)}`);
  }
  return join(folder, ...names);
}

/** Creates a folder below `root`. A link on the way could lead elsewhere. */
async function makeFolder(root: string, folder: string): Promise<void> {
  await mkdir(root, { recursive: true });
  let path = root;
  for (const name of folder.slice(root.length).split(sep).filter(Boolean)) {
    path = join(path, name);
    await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      if (!(await lstat(path)).isDirectory()) throw refused(`${visible(path)} is not a folder`);
    });
  }
}

async function writeFile(file: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await pipeline(content, createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw refused(`${visible(file)} exists already`);
  }
}

function refused(message: string): PhonevaultError {
  return new PhonevaultError('conflict', message, {
    hint: 'extract into an empty folder with -o',
  });
}
