import { valueAt } from '../../parse/findings.ts';
import type { Path } from '../../parse/validation-error.ts';

/** The policy as written, without the fields in which errors were found. */
export type Draft = {
  /** Returns the text of a field, `fallback` when it is missing, or undefined when it has an error. */
  text(path: Path, fallback?: string): string | undefined;
  /** Returns the entries of a list that are text without an error. */
  texts(path: Path): { path: Path; value: string }[];
  mapping(path: Path): Record<string, unknown> | undefined;
  /** True for a mapping that has fields which are not in it: merge keys, or names that are no text. */
  hidesFields(path: Path): boolean;
};

/** Returns what the rules between fields read of a policy as written. `broken` says which fields have an error. */
export function draftOf(root: Record<string, unknown>, broken: (path: Path) => boolean): Draft {
  const text = (path: Path, fallback?: string) => {
    const value = broken(path) ? undefined : (valueAt(root, path) ?? fallback);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text,
    texts(path) {
      const list = valueAt(root, path);
      if (!Array.isArray(list)) return [];
      return list.flatMap((_, index) => {
        const value = text([...path, index]);
        return value === undefined ? [] : [{ path: [...path, index], value }];
      });
    },
    mapping(path) {
      const value = valueAt(root, path);
      const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isMapping ? (value as Record<string, unknown>) : undefined;
    },
    hidesFields: (path) => broken(path) || broken([...path, '<<']),
  };
}
