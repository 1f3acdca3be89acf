import { appUid } from '../archive/owners.ts';
import { generateFiles } from '../archive/phone-files.ts';
import type { Phone } from '../world/fleet.ts';
import { filesOf, type World } from '../world/world.ts';

export type Node = { path: string; isFolder: boolean; size: number };

/** Folders of every Android that hold nothing here. The first two are in memory: a restart empties them. */
const SYSTEM = ['/dev', '/mnt', '/data', '/data/data', '/data/local/tmp', '/system'] as const;
const IN_MEMORY = /^\/(?:dev|mnt)\/[^/]+$/;

/** Returns whether a file of this path lies in memory. */
export const isInMemory = (path: string): boolean => IN_MEMORY.test(path);

/** Returns what is at a path and below it, in byte order; nothing when there is no such path. */
export function nodesUnder(world: World, phone: Phone, top: string): Node[] {
  const nodes = new Map<string, Node>();
  const add = (path: string, size?: number): void => {
    for (let slash = path.indexOf('/', 1); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      nodes.set(folder, { path: folder, isFolder: true, size: 4_096 });
    }
    nodes.set(path, { path, isFolder: size === undefined, size: size ?? 4_096 });
  };
  for (const path of SYSTEM) add(path);
  for (const [path, data] of filesOf(world, phone)) add(path, data.byteLength);
  for (const path of phone.inMemory.keys()) add(path, 0);
  const below = top.endsWith('/') ? top : `${top}/`;
  return [...nodes.values()]
    .filter(({ path }) => path === top || path.startsWith(below))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Returns when a path was last changed: later changes have higher numbers, 0 is before all of them. */
export function changedAt(phone: Phone, path: string): number {
  return phone.inMemory.get(path) ?? phone.changed.get(path) ?? 0;
}

/** Returns the apps of a phone with the uids that the system gave them. */
export function installedApps(world: World, phone: Phone): Map<string, number> {
  const { seed, fileStyle: style } = world;
  const { id: phoneId, generation, imageVersion } = phone;
  const first = generateFiles({ seed, phoneId, generation, imageVersion, style });
  const names = new Set<string>();
  for (const path of first.keys()) {
    const name = /^\/data\/data\/([^/]+)\//.exec(path)?.[1];
    if (name !== undefined) names.add(name);
  }
  // Android finds packages in their folders when it starts.
  for (const path of filesOf(world, phone).keys()) {
    const name = /^\/data\/app\/(?:~~[^/]+\/)?([\w.]+)-[^/]+\//.exec(path)?.[1];
    if (name !== undefined) names.add(name);
  }
  return new Map(
    [...names].sort().map((name) => [name, appUid({ seed, phoneId, generation }, name)]),
  );
}

/** Returns the SELinux label that the system wants a path to have. Apps have categories of their own. */
export function wantedLabel(world: World, phone: Phone, path: string): string {
  const app = /^\/data\/data\/([^/]+)/.exec(path)?.[1];
  const uid = app === undefined ? undefined : installedApps(world, phone).get(app);
  if (uid !== undefined) return labelOf(uid);
  if (/^\/data\/data(?:\/|$)/.test(path)) return 'u:object_r:system_data_file:s0';
  return /^\/data\/media(?:\/|$)/.test(path)
    ? 'u:object_r:media_rw_data_file:s0'
    : 'u:object_r:system_data_file:s0';
}

export function labelAt(world: World, phone: Phone, path: string): string {
  return phone.labels.get(path) ?? wantedLabel(world, phone, path);
}

/** Returns the label of an app's data: two of its four categories come from the uid. */
export function labelOf(uid: number): string {
  const id = uid - 10_000;
  return `u:object_r:app_data_file:s0:c${id % 256},c${256 + Math.floor(id / 256)},c512,c768`;
}
