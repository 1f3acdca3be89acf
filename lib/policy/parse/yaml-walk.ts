import type { Node, Pair, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { clip, type Path } from './validation-error.ts';

// No policy reaches these limits. Beyond them, recording the offsets would take seconds.
const MAX_NAME_LENGTH = 128;
const DEEPEST = 8;

/** What the functions of this file share: line numbers, and where they report errors and record offsets. */
export type Walk = {
  positionOf: (offset: number) => { line: number };
  report(path: Path, offset: number, problem: YamlError): void;
  note(path: Path, key: number, value: number): void;
};

/** `allowed` is plain YAML by default. */
type YamlError = { message: string; hint?: string; allowed?: string };

const TOO_LONG: YamlError = {
  message: 'a field name is too long',
  allowed: `at most ${MAX_NAME_LENGTH} characters`,
};

const RESERVED: ReadonlyMap<string, YamlError> = new Map([
  ['<<', { message: 'YAML merge keys are not allowed', hint: 'Write out the fields.' }],
  ['__proto__', { message: 'this field name is not allowed' }],
]);

/** Returns the value of a YAML mapping, without the fields that have an error. Reports the errors of all its nodes. */
export function toMapping(walk: Walk, map: YAMLMap, path: Path): Record<string, unknown> {
  // No prototype: a key such as "constructor" is a key like any other.
  const mapping = Object.create(null) as Record<string, unknown>;
  const seen = new Map<string, number>();
  for (const { key, value } of map.items as Pair<Node | null, Node | null>[]) {
    const offset = startOf(key) ?? startOf(map) ?? 0;
    if (key !== null) reportExtras(walk, key, path);
    const name = isScalar(key) ? key.value : undefined;
    if (typeof name !== 'string') {
      walk.report(path, offset, notString(name));
      continue;
    }
    if (name.length > MAX_NAME_LENGTH) {
      walk.report(path, offset, TOO_LONG);
      continue;
    }
    const fieldPath = [...path, name];
    const error = RESERVED.get(name) ?? duplicateError(walk, seen.get(name));
    if (error !== undefined) {
      walk.report(fieldPath, offset, error);
      continue;
    }
    seen.set(name, offset);
    walk.note(fieldPath, offset, startOf(value) ?? offset);
    mapping[name] = toValue(walk, value, fieldPath);
  }
  return mapping;
}

const startOf = (node: Node | null): number | undefined => node?.range?.[0];

function notString(name: unknown): YamlError {
  const message = 'a field name is not a string';
  const canQuote = typeof name === 'number' || typeof name === 'boolean';
  return canQuote ? { message, hint: 'Put the name in quotes.' } : { message };
}

function duplicateError(walk: Walk, first: number | undefined): YamlError | undefined {
  if (first === undefined) return undefined;
  return {
    message: 'the field is set twice',
    hint: `Line ${walk.positionOf(first).line} sets it already. Remove one of them.`,
    allowed: 'each field once',
  };
}

function toValue(walk: Walk, node: Node | null, path: Path): unknown {
  if (node === null) return null;
  const offset = startOf(node) ?? 0;
  if (isAlias(node)) {
    const hint = `Write out the value, or put text that starts with * in quotes: "*${clip(node.source)}".`;
    walk.report(path, offset, { message: 'YAML aliases are not allowed', hint });
    return undefined;
  }
  reportExtras(walk, node, path);
  if (path.length > DEEPEST && !isScalar(node)) {
    walk.report(path, offset, { message: 'the file is nested too deeply' });
    return undefined;
  }
  if (isMap(node)) return toMapping(walk, node, path);
  if (isScalar(node)) return node.value;
  if (!isSeq(node)) return undefined;
  return node.items.map((item, index) => {
    const itemPath = [...path, index];
    const itemOffset = startOf(item as Node | null) ?? offset;
    walk.note(itemPath, itemOffset, itemOffset);
    return toValue(walk, item as Node | null, itemPath);
  });
}

/** Reports the anchor and the tag of a node. */
function reportExtras(walk: Walk, node: Node, path: Path): void {
  if (isAlias(node)) return;
  const offset = startOf(node) ?? 0;
  if ('anchor' in node && node.anchor !== undefined) {
    const hint = 'Remove the anchor, and write out the value wherever it is needed.';
    walk.report(path, offset, { message: 'YAML anchors are not allowed', hint });
  }
  if (node.tag !== undefined) {
    walk.report(path, offset, { message: 'YAML tags are not allowed', hint: 'Remove the tag.' });
  }
}
