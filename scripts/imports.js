import { join, posix, relative } from 'node:path';
import { ROOMS } from './rooms.js';

/** @typedef {Record<string, string[]>} Rooms each room, and the rooms that it may import */

const root = join(import.meta.dirname, '..');

/**
 * True for the files of a room and those named after it: `lib/a` has lib/a/b.ts, lib/a.ts and lib/a-b.ts.
 * @param {string} path @param {string} room
 */
const isIn = (path, room) =>
  path.startsWith(room) && ['/', '.', '-'].includes(path.charAt(room.length));

/**
 * Returns what is wrong with an import of `to` by `from`, both paths from the root. A file belongs to the room with the longest name.
 * @param {Rooms} rooms @param {string} from @param {string} to
 */
export function wrongArrow(rooms, from, to) {
  const names = Object.keys(rooms).toSorted((a, b) => b.length - a.length);
  const room = names.find((name) => isIn(from, name));
  if (room === undefined || names.find((name) => isIn(to, name)) === room) return undefined;
  if (rooms[room]?.some((allowed) => isIn(to, allowed))) return undefined;
  return `${room} must not import ${to}: see scripts/rooms.js`;
}

/**
 * A lint rule: each relative import, export or type import follows the arrows between rooms.
 * @param {Rooms} rooms
 */
export const arrows = (rooms) => ({
  /** @param {{ filename: string, report: (found: { node: object, message: string }) => void }} context */
  create(context) {
    const from = relative(root, context.filename).replaceAll('\\', '/');
    /** @param {any} node */
    const visit = (node) => {
      const specifier = (node.source ?? node.argument?.literal)?.value;
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
      const message = wrongArrow(rooms, from, posix.join(posix.dirname(from), specifier));
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: visit,
      ExportNamedDeclaration: visit,
      ExportAllDeclaration: visit,
      ImportExpression: visit,
      TSImportType: visit,
    };
  },
});

export default { meta: { name: 'house' }, rules: { arrows: arrows(ROOMS) } };
