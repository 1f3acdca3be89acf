import type * as z from 'zod';
import { MAX_ERRORS, problem } from './problem.ts';

/** A body with a thousand phones has 35 KB. */
export const MAX_BODY_BYTES = 256 * 1024;

/** The gateway accepts no larger request. */
export const MAX_SIGNED_BYTES = 6 * 1024 * 1024;

/** Returns the body of a request, or undefined when it has more than `max` bytes: the rest is not read. */
export async function readBytes(
  { body }: Request,
  max: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > max) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Returns the query. Throws a 400 that names every invalid, unknown or repeated parameter. */
export function readQuery<Q extends z.ZodObject>(schema: Q, search: URLSearchParams): z.output<Q> {
  const names = [...search.keys()];
  const twice = names.filter(
    (name, index) => names.indexOf(name) !== index && name in schema.shape,
  );
  if (twice.length > 0) {
    const errors = [...new Set(twice)].map((path) => ({
      path,
      message: 'is repeated',
    }));
    throw problem(400, 'query_invalid', 'A query parameter is repeated.', { errors });
  }
  const result = schema.safeParse(Object.fromEntries(search));
  if (result.success) return result.data;
  const known = Object.keys(schema.shape).join(', ') || 'none';
  throw problem(400, 'query_invalid', `Invalid query. Allowed parameters: ${known}.`, {
    errors: errorsOf(result.error),
  });
}

/** Returns a JSON body. Throws a 400: `not_json`, or `body_invalid` with the path of every error. */
export function readBody<B extends z.ZodType>(
  schema: B,
  bytes: Uint8Array | undefined,
): z.output<B> {
  const result = schema.safeParse(bytes === undefined ? undefined : jsonOf(bytes));
  if (result.success) return result.data;
  throw problem(400, 'body_invalid', 'Invalid body.', {
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

/** Unknown names are counted, not quoted: they may contain what the caller sent. */
function errorsOf(error: z.ZodError): { path: string; message: string }[] {
  return error.issues
    .flatMap(likeliest)
    .slice(0, MAX_ERRORS)
    .map((issue) => ({
      path: issue.path.join('.'),
      message:
        issue.code === 'unrecognized_keys'
          ? `${issue.keys.length} unknown ${issue.keys.length === 1 ? 'name' : 'names'}`
          : issue.message,
    }));
}

/** Of a body that may have one of several forms, returns the errors of the form that it comes closest to. */
function likeliest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [closest = []] = [...issue.errors].sort((a, b) => a.length - b.length);
  return closest.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
}
