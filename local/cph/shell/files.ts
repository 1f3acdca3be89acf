import type { Phone } from '../world/fleet.ts';
import { filesOf, stamp, uidOf, type World } from '../world/world.ts';
import { isInMemory, labelAt, type Node, nodesUnder, wantedLabel } from './phone-tree.ts';
import { done, failed, optionsOf, type Ran } from './ran.ts';

/** `ls`, of which only the owner, the label and the name of a file are its own. */
export function ls(world: World, phone: Phone, args: readonly string[]): Ran {
  const { flags, operands } = optionsOf(args);
  const lines: string[] = [];
  let isComplete = true;
  for (const top of operands.length === 0 ? ['/'] : operands) {
    const [own, ...below] = nodesUnder(world, phone, top);
    if (own === undefined) {
      lines.push(`ls: ${top}: No such file or directory`);
      isComplete = false;
      continue;
    }
    const isListed = own.isFolder && !flags.includes('d');
    const depth = top.split('/').length;
    const shown = isListed
      ? below.filter(({ path }) => path.split('/').length === depth + 1)
      : [own];
    const isLong = /[ln]/.test(flags);
    if (isListed && isLong) lines.push(`total ${4 * shown.length}`);
    for (const node of shown) {
      const name = isListed ? node.path.slice(node.path.lastIndexOf('/') + 1) : node.path;
      const label = flags.includes('Z') ? `${labelAt(world, phone, node.path)} ` : '';
      lines.push(isLong ? longLine(world, phone, node, { name, label }) : `${label}${name}`);
    }
  }
  return { output: lines.map((line) => `${line}\n`).join(''), isSuccess: isComplete };
}

function longLine(
  world: World,
  phone: Phone,
  { path, isFolder, size }: Node,
  { name, label }: { name: string; label: string },
): string {
  const uid = uidOf(world, phone, path);
  const mode = isFolder ? 'drwx------ 4' : '-rw-rw---- 1';
  return `${mode} ${uid} ${uid} ${label}${size} 2026-01-01 00:00 ${name}`;
}

export function chown(world: World, phone: Phone, args: readonly string[]): Ran {
  const { flags, operands } = optionsOf(args);
  const [owner = '', ...paths] = operands;
  const uid = /^(\d{1,7})(?::\d{1,7})?$/.exec(owner)?.[1];
  if (uid === undefined) return failed(`chown: bad user '${owner}'`);
  return each(world, phone, { name: 'chown', paths, isDeep: flags.includes('R') }, ({ path }) => {
    phone.owners.set(path, Number(uid));
    phone.changed.set(path, stamp(world));
  });
}

/** Leaves the data of apps alone without -D, as Android does. */
export function restorecon(world: World, phone: Phone, args: readonly string[]): Ran {
  const { flags, operands: paths } = optionsOf(args);
  const isData = flags.includes('D');
  return each(
    world,
    phone,
    { name: 'restorecon', paths, isDeep: flags.includes('R') },
    ({ path }) => {
      if (!isData && path.startsWith('/data/data/')) return;
      if (labelAt(world, phone, path) === wantedLabel(world, phone, path)) return;
      phone.labels.delete(path);
      phone.changed.set(path, stamp(world));
    },
  );
}

/** Creates an empty file, or changes the date of one. */
export function touch(world: World, phone: Phone, args: readonly string[]): Ran {
  const [path = ''] = args;
  const folder = path.slice(0, path.lastIndexOf('/'));
  if (nodesUnder(world, phone, folder).length === 0) {
    return failed(`touch: '${path}': No such file or directory`);
  }
  if (isInMemory(path)) phone.inMemory.set(path, stamp(world));
  else {
    const files = filesOf(world, phone);
    phone.files = new Map([...files, [path, files.get(path) ?? new Uint8Array()]]);
    phone.changed.set(path, stamp(world));
  }
  return done();
}

function each(
  world: World,
  phone: Phone,
  { name, paths, isDeep }: { name: string; paths: readonly string[]; isDeep: boolean },
  change: (node: Node) => void,
): Ran {
  if (paths.length === 0) return failed(`${name}: Needs 1 argument`);
  const missing: string[] = [];
  for (const path of paths) {
    const [own, ...below] = nodesUnder(world, phone, path);
    if (own === undefined) missing.push(`${name}: '${path}': No such file or directory\n`);
    else for (const node of isDeep ? [own, ...below] : [own]) change(node);
  }
  return { output: missing.join(''), isSuccess: missing.length === 0 };
}
