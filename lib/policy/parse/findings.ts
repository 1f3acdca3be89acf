import * as z from 'zod';
import { type Finding, type Path, type Problem, show } from './validation-error.ts';
import { nearest } from './nearest.ts';
import { policySchema } from '../schema/schema.ts';

// Guessing what was meant takes time: a file that is no policy at all need not hear it for every line.
const MAX_UNKNOWN = 200;

type Issue = z.core.$ZodIssue;

/** The value at a path of what YAML gave; undefined when there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    root,
  );
}

/** Says in our words what the schema found wrong with `root`. The message of an issue is what is allowed. */
export function findingsOf(issues: readonly Issue[], root: unknown): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys
        .slice(0, MAX_UNKNOWN)
        .map((key) => unknownField([...path, key], key, issue.message));
    }
    if (issue.code === 'invalid_key') {
      return issue.issues.map((inner) => ({ path, at: 'key', ...problemOf(inner, path.at(-1)) }));
    }
    return [{ path, ...problemOf(issue, valueAt(root, path)) }];
  });
}

function unknownField(path: Path, key: string, known: string): Finding {
  const meant = nearest(key, known.split(', ')) ?? elsewhere(key);
  return {
    path,
    at: 'key',
    message: `there is no field ${show(key)} here`,
    found: show(key),
    allowed: known,
    hint: meant === undefined ? undefined : `Did you mean ${meant}?`,
  };
}

function problemOf(issue: Issue, value: unknown): Problem {
  const found = show(value);
  if (issue.code === 'custom' && issue.params !== undefined) {
    return { found, ...(issue.params as Problem) };
  }
  const allowed = issue.message;
  if (value === undefined) return { message: 'the field is missing', found, allowed };
  if (value === null) {
    const hint = 'Give the field a value or take it out.';
    return { message: 'the field has no value', found, allowed, hint };
  }
  return { message: `${found} is not ${allowed}`, found, allowed, hint: hintFor(issue, value) };
}

function hintFor(issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const meant = nearest(value, issue.values.map(String));
    return meant === undefined ? undefined : `Did you mean ${meant}?`;
  }
  if (issue.code !== 'invalid_type') return undefined;
  if (
    issue.expected === 'string' &&
    typeof value === 'number' &&
    issue.message.startsWith('a time')
  ) {
    return 'Add the unit: s, m, h or d.';
  }
  if (issue.expected === 'string' && typeof value !== 'object') return 'Put the value in quotes.';
  const isWord = issue.expected === 'boolean' && typeof value === 'string';
  if (isWord && /^(yes|no|on|off)$/i.test(value)) {
    return 'YAML 1.2 knows only true and false.';
  }
  if (issue.expected === 'array' && typeof value === 'string') return 'Put the value in [ ].';
  if (typeof value === 'string' && /^\d+$/.test(value)) return 'Take the quotes off.';
  return undefined;
}

/** The dotted path of a field of this name at another level. */
function elsewhere(name: string): string | undefined {
  return fieldPaths(policySchema.in.shape).find((path) => path.endsWith(`.${name}`));
}

function fieldPaths(shape: Readonly<Record<string, unknown>>, prefix = ''): string[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    const inner = unwrap(field);
    const below = inner instanceof z.ZodObject ? fieldPaths(inner.shape, `${prefix}${name}.`) : [];
    return [`${prefix}${name}`, ...below];
  });
}

function unwrap(field: unknown): unknown {
  const isWrapped = field instanceof z.ZodOptional || field instanceof z.ZodPrefault;
  return isWrapped ? unwrap(field.unwrap()) : field;
}
