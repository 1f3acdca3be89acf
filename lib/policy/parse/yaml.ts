import { isMap, isScalar, isSeq } from 'yaml';
import { type Path, type Problem, show } from './validation-error.ts';
import { positionsIn } from './position.ts';
import { type YamlProblem, composeYaml, PLAIN_YAML, snippet } from './yaml-compose.ts';
import { type Walk, toMapping } from './yaml-walk.ts';

export type YamlRead = {
  /** Undefined when the text is not a valid YAML mapping. */
  value: Record<string, unknown> | undefined;
  problems: YamlProblem[];
  /** Returns the offset of a field's value or name. For a missing field, that of the mapping that should contain it. */
  offsetOf: (path: Path, at?: 'key' | 'value') => number;
};

/**
 * Reads a YAML mapping and records the offset of each field. Stricter than YAML: no anchors, aliases, merge keys, tags or
 * directives, and only strings as keys.
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
    positionOf: positionsIn(text),
    report: (path, offset, { allowed = PLAIN_YAML, ...problem }) =>
      problems.push({ path, offset, found: snippet(text, offset), allowed, ...problem }),
    note: (path, key, value) => offsets.set(JSON.stringify(path), { key, value }),
  };
  const start = root.range?.[0] ?? 0;
  walk.note([], start, start);
  return { value: toMapping(walk, root, []), problems, offsetOf };
}

function rootProblem(root: unknown): Problem {
  const allowed = 'a mapping with name, select and export';
  if (root === null || root === undefined || (isScalar(root) && root.value === null)) {
    return { message: 'the file contains no policy', found: 'nothing', allowed };
  }
  const found = isSeq(root) ? 'a list' : isScalar(root) ? show(root.value) : 'an alias';
  return { message: 'the file is not a mapping', found, allowed };
}
