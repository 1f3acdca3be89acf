import * as z from 'zod';
import { PhonevaultError } from '../../errors.ts';

export type ApigCall = {
  request: Request;
  /** What lies before /v1 in the address under which the gateway is called, '' or such as "/backup". */
  mount: string;
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

// Longer ones are no route, query or header of ours; what is left of them is refused like any other.
const MAX_PATH_LENGTH = 8_192;
const MAX_VALUES = 100;
const MAX_NAME_LENGTH = 256;

// How a value that was sent twice arrives is not documented: as text or as a list, so both are read. Read as pairs,
// so that no name is special.
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
 * Reads the event of an APIG trigger, shared or dedicated, as a web request. Throws `event_invalid` for any other event;
 * whatever a caller can put into a call is passed on for the application to judge.
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
  const { mount, route } = placeOf(path, catchAllOf(pathParameters));
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

/** With prefix matching the rest of the path arrives under the empty name. */
function catchAllOf(given: Pairs): string | undefined {
  const rest = given.find(([name]) => name === '')?.[1];
  return typeof rest === 'string' ? `/${rest.replace(/^\/+/, '')}` : undefined;
}

/** The API may be published below a path of the operator's choice, which may hold a /v1 of its own: routes begin at the last. */
function placeOf(path: string, catchAll: string | undefined): { mount: string; route: string } {
  const at = path.lastIndexOf('/v1/');
  if (at >= 0) return { mount: path.slice(0, at), route: path.slice(at) };
  return { mount: '', route: catchAll?.startsWith('/v1/') === true ? catchAll : path };
}

function headersOf(given: Pairs): Headers {
  const headers = new Headers();
  for (const [name, value] of each(given)) {
    try {
      headers.append(name, value);
    } catch {
      // A name or value that HTTP does not allow cannot be meant for us.
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
