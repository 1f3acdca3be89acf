import * as z from 'zod';
import { type Finding, type Path, type Problem, show } from './validation-error.ts';
import { lineHint, slipIn } from './line-hint.ts';
import { didYouMean, nearest } from './nearest.ts';
import { quotesHint, unwrapped } from './quotes-hint.ts';
import { policySchema } from '../schema/schema.ts';

// Finding the nearest name is slow. A file that is not a policy could have an unknown field in every line.
const MAX_UNKNOWN = 200;

type Issue = z.core.$ZodIssue;

/** Returns the value at a path of parsed YAML, or undefined when there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    root,
  );
}

/** Converts the zod issues of `root` to findings. The message of an issue says what is allowed. */
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
  return {
    path,
    at: 'key',
    message: 'unknown field',
    found: show(key),
    allowed: known,
    hint: lineHint(key) ?? didYouMean(nearest(key, known.split(', ')) ?? pathElsewhere(key)),
  };
}

function problemOf(issue: Issue, value: unknown): Problem {
  const found = show(value);
  if (issue.code === 'custom' && issue.params !== undefined) {
    const problem = issue.params as Problem;
    return { found, ...problem, hint: slipHint(value) ?? problem.hint };
  }
  const allowed = issue.message;
  if (value === undefined) return { message: 'the field is missing', found, allowed };
  if (value === null) {
    const hint = 'Set a value or remove the entry.';
    return { message: 'the value is missing', found, allowed, hint };
  }
  return {
    message: `found ${found}, expected ${allowed}`,
    found,
    allowed,
    hint: hintFor(issue, value),
  };
}

function hintFor(issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    return didYouMean(nearest(value, issue.values.map(String)));
  }
  return issue.code === 'invalid_type' ? typeHint(issue, value) : slipHint(value);
}

function slipHint(value: unknown): string | undefined {
  return typeof value === 'string' ? slipIn(value)?.hint : undefined;
}

function typeHint(
  { expected, message, path }: z.core.$ZodIssueInvalidType,
  value: unknown,
): string | undefined {
  if (expected === 'string') {
    const isDuration = message.startsWith('a duration');
    if (isDuration && typeof value === 'number') return 'Add the unit: s, m, h or d.';
    const isShare = message.startsWith('a percentage');
    if (isShare && typeof value === 'number') return `Add the percent sign: ${value}%.`;
    if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
    return quotesHint(path as Path, value);
  }
  if (typeof value !== 'string') return undefined;
  if (expected === 'object') return lineHint(value);
  if (expected === 'array') return listHint(value);
  if (expected === 'boolean' && /^(yes|no|on|off)$/i.test(value)) {
    return 'In YAML 1.2, yes, no, on and off are strings.';
  }
  return expected === 'number' && /^\d+$/.test(value) ? 'Remove the quotes.' : undefined;
}

function listHint(value: string): string {
  const ofList = /^-\S/.test(value) ? 'Put a space after each dash (-).' : 'Put the value in [ ].';
  return slipIn(value)?.hint ?? ofList;
}

/** Returns the dotted path of a field with this name at another level. */
function pathElsewhere(name: string): string | undefined {
  return fieldPaths(policySchema.in.shape).find((path) => path.endsWith(`.${name}`));
}

function fieldPaths(shape: Readonly<Record<string, unknown>>, prefix = ''): string[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    const inner = unwrapped(field);
    const below = inner instanceof z.ZodObject ? fieldPaths(inner.shape, `${prefix}${name}.`) : [];
    return [`${prefix}${name}`, ...below];
  });
}
