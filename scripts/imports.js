import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import ts from 'typescript';

/** @typedef {import('eslint').Rule.RuleModule} RuleModule */
/** @typedef {import('eslint').Rule.RuleContext} RuleContext */
/** @typedef {{ from: string, to: string }} Import paths from the root, with slashes */

const root = join(import.meta.dirname, '..');
const NO_CODE = new Set(['node_modules', 'dist', 'coverage']);

/**
 * A rule that calls `check` for each relative import, export or type import of a file.
 * @param {(context: RuleContext, found: Import) => string | undefined} check returns the error message
 * @returns {RuleModule}
 */
const importRule = (check) => ({
  meta: { type: 'problem', schema: [{ type: 'object' }] },
  create(context) {
    const from = relative(root, context.filename).replaceAll('\\', '/');
    /** @param {any} node */
    const visit = (node) => {
      const specifier = (node.source ?? node.argument?.literal)?.value;
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
      const to = posix.join(posix.dirname(from), specifier);
      const message = check(context, { from, to });
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

/**
 * True for the files of a room and those named after it: `lib/a` has lib/a/b.ts, lib/a.ts and lib/a-b.ts.
 * @param {string} path @param {string} room
 */
const isIn = (path, room) =>
  path.startsWith(room) && ['/', '.', '-'].includes(path.charAt(room.length));

/** The option is a table: each room, and the rooms that it may import. A file belongs to the room with the longest name. */
export const arrows = importRule((context, { from, to }) => {
  /** @type {Record<string, string[]>} */
  const table = context.options[0];
  const rooms = Object.keys(table).toSorted((a, b) => b.length - a.length);
  const room = rooms.find((name) => isIn(from, name));
  if (room === undefined || rooms.find((name) => isIn(to, name)) === room) return undefined;
  if (table[room]?.some((allowed) => isIn(to, allowed))) return undefined;
  return `${room} must not import ${to}: see the table of rooms in eslint.config.js`;
});

/**
 * Returns the paths of all sources below a folder.
 * @param {string} folder @returns {string[]}
 */
function sources(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (!entry.isDirectory()) return /\.[cm]?[jt]s$/.test(entry.name) ? [path] : [];
    return entry.name.startsWith('.') || NO_CODE.has(entry.name) ? [] : sources(path);
  });
}

/** Returns what each file imports, types included, without the files that lead to no circle. */
function readCircles() {
  const graph = new Map(sources('.').map((path) => [path, /** @type {string[]} */ ([])]));
  for (const [path, targets] of graph) {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, path), 'utf8'), true, true);
    for (const { fileName } of importedFiles) {
      const target = posix.join(posix.dirname(path), fileName);
      if (fileName.startsWith('.') && graph.has(target)) targets.push(target);
    }
  }
  return withoutTrees(graph);
}

/**
 * Removes, in place, the files that import nothing, then those that import only such files, and so on.
 * @param {Map<string, string[]>} graph
 */
export function withoutTrees(graph) {
  let before;
  do {
    before = graph.size;
    for (const [path, targets] of graph) {
      if (!targets.some((target) => graph.has(target))) graph.delete(path);
    }
  } while (graph.size < before);
  return graph;
}

/**
 * The shortest chain of imports that leads from one file to another.
 * @param {Map<string, string[]>} graph @param {string} from @param {string} to
 * @returns {string[] | undefined} both ends included
 */
export function chain(graph, from, to) {
  const before = new Map([[from, from]]);
  for (const path of before.keys()) {
    if (path === to) {
      const found = [to];
      for (let at = to; at !== from; found.unshift(at)) at = before.get(at) ?? from;
      return found;
    }
    for (const next of graph.get(path) ?? []) if (!before.has(next)) before.set(next, path);
  }
  return undefined;
}

/** @type {Map<string, string[]> | undefined} */
let circles;

/** Reports each import that closes a circle, type imports included. */
export const noCircles = importRule((_context, { from, to }) => {
  circles ??= readCircles();
  const back = circles.has(from) ? chain(circles, to, from) : undefined;
  return back === undefined ? undefined : `import circle: ${[from, ...back].join(' -> ')}`;
});
