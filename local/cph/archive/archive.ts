import { extract, pack } from 'tar-stream';
import type { PhoneFiles } from './phone-files.ts';
import { createPathMatcher } from './path-pattern.ts';

export type Entry = { path: string; data: Uint8Array | undefined };
export type OwnedEntry = Entry & { uid: number };

// A fixed time, so that the same phone and paths give the same bytes.
const MTIME = new Date('2026-01-01T00:00:00Z');

/**
 * Returns the entries of an export in path order; `data` is undefined for a directory. Contains the listed paths and what is
 * below them, not their parents; excludes win. Undefined if none of the paths exists.
 */
export function selectEntries(
  files: PhoneFiles,
  include: readonly string[],
  exclude: readonly string[],
): Entry[] | undefined {
  const included = include.map(createPathMatcher);
  const excluded = exclude.map(createPathMatcher);
  const found = new Map<string, Uint8Array | undefined>();
  let anyExists = false;
  const consider = (path: string, data: Uint8Array | undefined) => {
    if (found.has(path) || !included.some((matches) => matches(path))) return;
    anyExists = true;
    if (!excluded.some((matches) => matches(path))) found.set(path, data);
  };
  for (const [path, data] of files) {
    for (let slash = path.indexOf('/', 1); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      consider(path.slice(0, slash), undefined);
    }
    consider(path, data);
  }
  if (!anyExists) return undefined;
  return [...found]
    .map(([path, data]) => ({ path, data }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Returns a tar of the entries, with names relative to the root and the owners of their paths. */
export async function packArchive(
  entries: readonly Entry[],
  uidOf: (path: string) => number,
): Promise<Uint8Array> {
  const stream = pack();
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk) => chunks.push(chunk as Buffer));
    stream.on('end', resolve);
    stream.on('error', reject);
  });
  for (const { path, data } of entries) {
    const uid = uidOf(path);
    const attributes = { mtime: MTIME, uid, gid: uid };
    if (data === undefined) {
      stream.entry({ ...attributes, name: `${path.slice(1)}/`, type: 'directory', mode: 0o771 });
    } else {
      stream.entry({ ...attributes, name: path.slice(1), mode: 0o660 }, Buffer.from(data));
    }
  }
  stream.finalize();
  await done;
  return Buffer.concat(chunks);
}

/** Returns the entries of a tar. Rejects if it is malformed or truncated. */
export async function unpackArchive(archive: Uint8Array): Promise<OwnedEntry[]> {
  const entries: OwnedEntry[] = [];
  const stream = extract();
  const done = new Promise<void>((resolve, reject) => {
    stream.on('entry', (header, body, next) => {
      const chunks: Buffer[] = [];
      body.on('data', (chunk) => chunks.push(chunk as Buffer));
      body.on('end', () => {
        const path = `/${header.name.replace(/\/+$/, '')}`;
        const data =
          header.type === 'directory' ? undefined : new Uint8Array(Buffer.concat(chunks));
        entries.push({ path, data, uid: header.uid ?? 0 });
        next();
      });
      body.on('error', reject);
    });
    stream.on('finish', resolve);
    stream.on('error', reject);
  });
  stream.end(Buffer.from(archive));
  await done;
  return entries;
}

/**
 * Returns a phone's files after a restore. `merge` leaves what the archive lacks; with `replace` an archived directory
 * replaces the phone's with all its content.
 */
export function applyEntries(
  files: PhoneFiles,
  entries: readonly Entry[],
  mode: 'merge' | 'replace',
): PhoneFiles {
  const directories = entries.filter((e) => mode === 'replace' && e.data === undefined);
  const replaced = new Set(directories.map((e) => e.path));
  const after = new Map<string, Uint8Array>();
  for (const [path, data] of files) if (!hasAncestor(path, replaced)) after.set(path, data);
  for (const { path, data } of entries) if (data !== undefined) after.set(path, data);
  return after;
}

function hasAncestor(path: string, directories: ReadonlySet<string>): boolean {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    if (directories.has(path.slice(0, slash))) return true;
  }
  return false;
}
