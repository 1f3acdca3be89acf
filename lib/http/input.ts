import type * as z from 'zod';
import { MAX_ERRORS, problem } from './problem.ts';

/** A thousand phones take 35 KB. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Reads the query. Throws a 400 that names every parameter that is wrong, unknown or given twice. */
export function readQuery<Q extends z.ZodObject>(schema: Q, search: URLSearchParams): z.output<Q> {
  const names = [...search.keys()];
  const twice = names.filter(
    (name, index) => names.indexOf(name) !== index && name in schema.shape,
  );
  if (twice.length > 0) {
    const errors = [...new Set(twice)].map((path) => ({
      path,
      message: 'is given more than once',
    }));
    throw problem(400, 'query_invalid', 'A query parameter is given more than once.', { errors });
  }
  const result = schema.safeParse(Object.fromEntries(search));
  if (result.success) return result.data;
  const known = Object.keys(schema.shape).join(', ') || 'none';
  throw problem(400, 'query_invalid', `The query is wrong. Parameters: ${known}.`, {
    errors: errorsOf(result.error),
  });
}

/** Reads a JSON body. Throws a 400: `not_json`, or `body_invalid` with every place that is wrong. */
export function readBody<B extends z.ZodType>(
  schema: B,
  bytes: Uint8Array | undefined,
): z.output<B> {
  const result = schema.safeParse(bytes === undefined ? undefined : jsonOf(bytes));
  if (result.success) return result.data;
  throw problem(400, 'body_invalid', 'The body is JSON, but not of the shape that is expected.', {
    errors: errorsOf(result.error),
  });
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw problem(400, 'not_json', 'The body is not JSON in UTF-8.');
  }
}

/** What was sent may stand in a name that is not known, so such names are counted and not quoted. */
function errorsOf(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.slice(0, MAX_ERRORS).map((issue) => ({
    path: issue.path.join('.'),
    message:
      issue.code === 'unrecognized_keys'
        ? `${issue.keys.length} unknown ${issue.keys.length === 1 ? 'name' : 'names'}`
        : issue.message,
  }));
}
