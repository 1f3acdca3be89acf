import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Phone } from '../cph/world/fleet.ts';
import { filesOf, stamp, type World } from '../cph/world/world.ts';
import { createRandom, randomBytes } from '../simulation/random.ts';

const MAX_SIZE = 64 * 1024 * 1024;

const pathSchema = z
  .string()
  .max(4_096)
  .regex(/^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/, 'must be an absolute path without . and ..');

export const fileSchema = z
  .strictObject({
    path: pathSchema,
    text: z.string().optional(),
    size: z.number().int().min(0).max(MAX_SIZE).optional(),
    uid: z.number().int().min(0).max(2_097_151).optional(),
  })
  .refine(({ text, size }) => text === undefined || size === undefined, 'text or size, not both');

export const wipeSchema = z.object({ path: z.union([z.literal('/'), pathSchema]) });

export type FileView = { path: string; size: number; sha256: string };

/** Returns the files of a phone, by path. */
export function describeFiles(world: World, phone: Phone): FileView[] {
  return [...filesOf(world, phone)]
    .map(([path, data]) => describe(path, data))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Writes a file of a phone: a text, or `size` bytes that the seed draws. */
export function putFile(
  world: World,
  phone: Phone,
  { path, text, size = 0, uid }: z.infer<typeof fileSchema>,
): FileView {
  const data =
    text === undefined
      ? randomBytes(createRandom(world.seed, `put/${phone.id}${path}`), size)
      : new TextEncoder().encode(text);
  phone.files = new Map([...filesOf(world, phone), [path, data]]);
  if (uid !== undefined) phone.owners.set(path, uid);
  phone.changed.set(path, stamp(world));
  return describe(path, data);
}

/** Deletes a path of a phone and what is below it. Returns the number of files. */
export function wipe(world: World, phone: Phone, path: string): number {
  const below = path === '/' ? '/' : `${path}/`;
  const before = filesOf(world, phone);
  const kept = new Map([...before].filter(([one]) => one !== path && !one.startsWith(below)));
  phone.files = kept;
  for (const one of before.keys()) if (!kept.has(one)) phone.owners.delete(one);
  return before.size - kept.size;
}

function describe(path: string, data: Uint8Array): FileView {
  const sha256 = createHash('sha256').update(data).digest('hex');
  return { path, size: data.byteLength, sha256 };
}
