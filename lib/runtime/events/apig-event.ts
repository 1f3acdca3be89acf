import * as z from 'zod';
import { PhonevaultError } from '../../errors.ts';

export type ApigCall = {
  request: Request;
  /** The path before /v1 in the address that callers use: '' or, for example, "/backup". */
  mount: string;
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

// No route, query or header of ours is longer; what is left of a longer one is refused like any other.
const MAX_PATH_LENGTH = 8_192;
const MAX_VALUES = 100;
const MAX_NAME_LENGTH = 256;

// The documents do not say whether a repeated value arrives as text or as a list, so both are read. Pairs, not objects, so
// that no name is special.
const pairs = z.preprocess(
  (given) => (typeof given === 'object' && given !== null ? Object.entries(given) : given),
  z
    .array(
      z.tuple([
        z.string(),
        z.union([
          z.string(),
          z.number(),
          z.boolean(),
          z.null(),
          z.array(z.string()).transform((values) => values.slice(0, MAX_VALUES)),
        ]),
      ]),
    )
    .nullish()
    .transform((read) => read ?? []),
);

export const apigEventSchema = z.object({
  httpMethod: z.string().max(16).toUpperCase().pipe(z.enum(METHODS)),
  path: z
    .string()
    .startsWith('/')
    .transform((path) => path.slice(0, MAX_PATH_LENGTH)),
  pathParameters: pairs,
  queryStringParameters: pairs,
  headers: pairs,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/**
 * Returns the event of an APIG trigger, shared or dedicated, as a web request. Throws `event_invalid` for any other event.
 * The application checks everything that a caller can choose.
 */
export function parseApigEvent(event: unknown): ApigCall {
  const parsed = apigEventSchema.safeParse(event);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.').slice(0, 64) || 'the whole event';
    throw new PhonevaultError('event_invalid', `not the event of an APIG trigger: ${where}`, {
      hint: 'connect this function to an APIG trigger',
    });
  }
  const { httpMethod: method, path, pathParameters, queryStringParameters, headers } = parsed.data;
  const { mount, route } = splitPath(path, catchAllOf(pathParameters));
  const url = new URL('http://phonevault');
  url.pathname = route;
  url.search = new URLSearchParams(each(queryStringParameters)).toString();
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? { body: bytesOf(parsed.data.body, parsed.data.isBase64Encoded) } : {};
  return { request: new Request(url, { method, headers: headersOf(headers), ...body }), mount };
}

type Pairs = z.output<typeof pairs>;

function each(given: Pairs): [string, string][] {
  return given.flatMap(([name, value]) => {
    const values = value === null ? [] : [value].flat();
    return values.map((one): [string, string] => [name.slice(0, MAX_NAME_LENGTH), String(one)]);
  });
}

/** With prefix matching, the gateway sends the rest of the path under the empty name. */
function catchAllOf(given: Pairs): string | undefined {
  const rest = given.find(([name]) => name === '')?.[1];
  return typeof rest === 'string' ? `/${rest.replace(/^\/+/, '')}` : undefined;
}

/** Operators may publish the API below any path, which may contain a /v1 itself: routes begin at the last one. */
function splitPath(path: string, catchAll: string | undefined): { mount: string; route: string } {
  const at = path.lastIndexOf('/v1/');
  if (at >= 0) return { mount: mountOf(path.slice(0, at)), route: path.slice(at) };
  return { mount: '', route: catchAll?.startsWith('/v1/') === true ? catchAll : path };
}

/** Callers choose it and get it back in Location: so it is always a path, never "//host", and only of characters of a URL. */
function mountOf(path: string): string {
  const url = new URL('http://phonevault');
  url.pathname = path;
  return url.pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '');
}

function headersOf(given: Pairs): Headers {
  const headers = new Headers();
  for (const [name, value] of each(given)) {
    try {
      headers.append(name, value);
    } catch {
      // HTTP does not allow this name or value, so no client sends it on purpose.
    }
  }
  return headers;
}

function bytesOf(
  body: string | null | undefined,
  base64: boolean | null | undefined,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(body ?? '', base64 === true ? 'base64' : 'utf8'));
}
