import * as z from 'zod';
import { policySchema } from '../schema/schema.ts';
import type { Path, Problem } from './validation-error.ts';

/** Returns how to fix a value that YAML does not read as text: quotes, unless the text would be invalid too. */
export function quotesHint(path: Path, value: number | boolean): string | undefined {
  const parsed = fieldAt(path)?.safeParse(String(value));
  // The source of any other number may be another text, such as that of a long id.
  const isExact = typeof value === 'boolean' || Number.isSafeInteger(value);
  const [problem] = isExact ? (parsed?.error?.issues ?? []) : [];
  if (problem === undefined) return 'Put the value in quotes.';
  return problem.code === 'custom' ? (problem.params as Problem | undefined)?.hint : undefined;
}

function fieldAt(path: Path): z.ZodType | undefined {
  return path.reduce<unknown>((field, step) => {
    const inner = unwrapped(field);
    if (inner instanceof z.ZodObject) return inner.shape[step] as unknown;
    if (inner instanceof z.ZodArray) return inner.element;
    return inner instanceof z.ZodRecord ? inner.valueType : undefined;
  }, policySchema.in) as z.ZodType | undefined;
}

/** Returns the schema inside of defaults and optional fields. */
export function unwrapped(field: unknown): unknown {
  const isWrapped = field instanceof z.ZodOptional || field instanceof z.ZodPrefault;
  return isWrapped ? unwrapped(field.unwrap()) : field;
}
