import type { Node, Pair, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { type Path, type Problem, pathText, show } from './validation-error.ts';
import { positionsIn } from './position.ts';
import { type YamlProblem, composeYaml, PLAIN_YAML, snippet } from './yaml-compose.ts';

// No policy comes near these; beyond them the places of fields alone would take seconds to note.
const MAX_NAME_LENGTH = 128;
const DEEPEST = 8;

export type YamlRead = {
  /** Undefined when the text is so broken that nothing can be said about its fields. */
  value: Record<string, unknown> | undefined;
  problems: YamlProblem[];
  /** The offset of a field's value or name; for what is not there, that of the nearest field around it. */
  offsetOf: (path: Path, at?: 'key' | 'value') => number;
};

/**
 * Reads the mapping of a YAML file and remembers where everything stands. Stricter than YAML: no anchors, aliases,
 * merge keys, tags or directives, and only texts as keys.
 */
export function readYaml(text: string): YamlRead {
  const { documents, problems } = composeYaml(text);
  const offsets = new Map<string, { key: number; value: number }>();
  const offsetOf: YamlRead['offsetOf'] = (path, at = 'value') => {
    const found = offsets.get(JSON.stringify(path));
    if (found !== undefined) return found[at];
    return path.length === 0 ? 0 : offsetOf(path.slice(0, -1), 'key');
  };
  const root = documents[0]?.contents;
  if (problems.length > 0 || !isMap(root)) {
    if (problems.length === 0) problems.push({ path: [], offset: 0, ...rootProblem(root) });
    return { value: undefined, problems, offsetOf };
  }
  const walk: Walk = {
    text,
    positionOf: positionsIn(text),
    problems,
    note: (path, key, value) => offsets.set(JSON.stringify(path), { key, value }),
  };
  const start = root.range?.[0] ?? 0;
  walk.note([], start, start);
  return { value: toMapping(walk, root, []), problems, offsetOf };
}

function rootProblem(root: unknown): Problem {
  const allowed = 'a mapping with name, select and export';
  if (root === null || root === undefined || (isScalar(root) && root.value === null)) {
    return { message: 'the file holds no policy', found: 'nothing', allowed };
  }
  const found = isSeq(root) ? 'a list' : isScalar(root) ? show(root.value) : 'an alias';
  return { message: 'the file is not a mapping', found, allowed };
}

type Walk = {
  text: string;
  positionOf: (offset: number) => { line: number };
  problems: YamlProblem[];
  note(path: Path, key: number, value: number): void;
};

function report(
  walk: Walk,
  path: Path,
  offset: number,
  message: string,
  hint?: string,
  allowed = PLAIN_YAML,
): void {
  walk.problems.push({
    path,
    offset,
    message,
    found: snippet(walk.text, offset),
    allowed,
    hint,
  });
}

function toMapping(walk: Walk, map: YAMLMap, path: Path): Record<string, unknown> {
  // No prototype: a key such as "constructor" is a key like any other.
  const mapping = Object.create(null) as Record<string, unknown>;
  const seen = new Map<string, number>();
  for (const { key, value } of map.items as Pair<Node | null, Node | null>[]) {
    const offset = key?.range?.[0] ?? map.range?.[0] ?? 0;
    const name = isScalar(key) ? key.value : undefined;
    if (key !== null) reportExtras(walk, key, path, offset);
    if (typeof name !== 'string') {
      const hint =
        typeof name === 'number' || typeof name === 'boolean' ? 'Put it in quotes.' : undefined;
      report(walk, path, offset, 'a field has a name that is not a text', hint);
    } else if (name.length > MAX_NAME_LENGTH) {
      const allowed = `at most ${MAX_NAME_LENGTH} characters`;
      report(walk, path, offset, 'a field has a name that is too long', undefined, allowed);
    } else if (name === '<<') {
      report(walk, [...path, name], offset, 'merge keys are not read', 'Write the fields out.');
    } else if (name === '__proto__') {
      report(walk, [...path, name], offset, 'no field can have this name');
    } else if (seen.has(name)) {
      const { line } = walk.positionOf(seen.get(name) ?? 0);
      const message = `the field ${pathText([name])} is given twice`;
      report(
        walk,
        [...path, name],
        offset,
        message,
        `It stands in line ${line} already.`,
        'each field once',
      );
    } else {
      seen.set(name, offset);
      walk.note([...path, name], offset, value?.range?.[0] ?? offset);
      mapping[name] = toValue(walk, value, [...path, name]);
    }
  }
  return mapping;
}

function toValue(walk: Walk, node: Node | null, path: Path): unknown {
  if (node === null) return null;
  const offset = node.range?.[0] ?? 0;
  if (isAlias(node)) {
    report(walk, path, offset, 'aliases are not read', 'Write the value out.');
    return undefined;
  }
  reportExtras(walk, node, path, offset);
  if (path.length > DEEPEST && !isScalar(node)) {
    report(walk, path, offset, 'the file is nested too deeply');
    return undefined;
  }
  if (isMap(node)) return toMapping(walk, node, path);
  if (isScalar(node)) return node.value;
  if (!isSeq(node)) return undefined;
  return node.items.map((item, index) => {
    const itemPath = [...path, index];
    const itemOffset = (item as Node | null)?.range?.[0] ?? offset;
    walk.note(itemPath, itemOffset, itemOffset);
    return toValue(walk, item as Node | null, itemPath);
  });
}

function reportExtras(walk: Walk, node: Node, path: Path, offset: number): void {
  if (isAlias(node)) return;
  if ('anchor' in node && node.anchor !== undefined) {
    report(
      walk,
      path,
      offset,
      'anchors are not read',
      'Write the value out wherever it is needed.',
    );
  }
  if (node.tag !== undefined) report(walk, path, offset, 'tags of YAML are not read');
}
