import { gzipSync } from 'node:zlib';

/** What a `twist` makes of an answer to a call that was carried out. */
export const TWISTS = [
  'truncated',
  'halved',
  'empty',
  'error_body',
  'strings',
  'nulls',
  'array',
  'huge',
  'gzip',
  'zero_size',
  'list_missing',
  'list_empty',
  'list_doubled',
  'list_skips',
  'list_foreign',
] as const;

export type Twist = (typeof TWISTS)[number];

const HUGE_BYTES = 20 * 1024 * 1024;
const OTHER_ID = 'f'.repeat(32);

/** The same answer as a service would give it that is not itself. `service` says whether it is XML or JSON. */
export async function twist(answer: Response, form: Twist, service: string): Promise<Response> {
  const { status } = answer;
  const headers = new Headers(answer.headers);
  if (form === 'zero_size') {
    headers.set('content-length', '0');
    return new Response(answer.body === null ? null : '', { status, headers });
  }
  if (answer.body === null) return answer;
  const body = Buffer.from(await answer.arrayBuffer());
  // A truncated answer promises all of it; every other one has the length that it says.
  headers.set('content-length', String(body.length));
  if (form !== 'truncated') headers.delete('content-length');
  if (form === 'gzip') headers.set('content-encoding', 'gzip');
  return new Response(new Uint8Array(twisted(body, form, service)), { status, headers });
}

function twisted(body: Buffer, form: Twist, service: string): Buffer {
  switch (form) {
    case 'truncated':
    case 'halved':
      return body.subarray(0, Math.floor(body.length / 2));
    case 'empty':
      return Buffer.alloc(0);
    case 'huge':
      return Buffer.concat([body, Buffer.alloc(HUGE_BYTES, ' ')]);
    case 'gzip':
      return gzipSync(body);
    default:
      return Buffer.from(
        service === 'obs' ? twistXml(body.toString(), form) : twistJson(body.toString(), form),
      );
  }
}

function twistXml(text: string, form: Twist): string {
  const contents = /<Contents>.*?<\/Contents>/gs;
  let count = 0;
  switch (form) {
    case 'error_body':
      return '<?xml version="1.0" encoding="UTF-8"?><Error><Code>InternalError</Code><Message>lies</Message></Error>';
    case 'strings':
      return text.replace(/<(Size|LastModified|KeyCount)>[^<]*</g, '<$1>some<');
    case 'nulls':
      return text.replace(/<(Size|LastModified|ETag|Name|Key)>[^<]*<\/\1>/g, '<$1/>');
    case 'array':
      return `<Results>${text.replace(/^<\?xml[^>]*>/, '')}</Results>`;
    case 'list_missing':
    case 'list_empty':
      return text.replace(contents, '');
    case 'list_doubled':
      return text.replace(contents, '$&$&');
    case 'list_skips':
      return text.replace(contents, (entry) => ((count += 1) % 2 === 0 ? '' : entry));
    case 'list_foreign':
      return text.replace(/<Key>[^<]*</g, '<Key>elsewhere/archive.tar<');
    default:
      return text;
  }
}

function twistJson(text: string, form: Twist): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  switch (form) {
    case 'error_body':
      return JSON.stringify({ error_code: 'CPS.0003', error_msg: 'Internal error.' });
    case 'strings':
      return JSON.stringify(value, (_, field: unknown) =>
        typeof field === 'number' ? String(field) : field,
      );
    case 'nulls':
      return JSON.stringify(eachField(value, () => null));
    case 'array':
      return JSON.stringify([value]);
    case 'list_missing':
      return JSON.stringify(eachList(value, () => undefined));
    case 'list_empty':
      return JSON.stringify(eachList(value, () => []));
    case 'list_doubled':
      return JSON.stringify(eachList(value, (list) => list.flatMap((entry) => [entry, entry])));
    case 'list_skips':
      return JSON.stringify(eachList(value, (list) => list.filter((_, at) => at % 2 === 0)));
    case 'list_foreign':
      return JSON.stringify(eachList(value, (list) => list.map(foreign)));
    default:
      return text;
  }
}

function eachField(value: unknown, change: (field: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, change(field)]));
}

function eachList(value: unknown, change: (list: unknown[]) => unknown): unknown {
  return eachField(value, (field) => (Array.isArray(field) ? change(field as unknown[]) : field));
}

/** An entry that speaks of a phone and a job that nobody knows. */
function foreign(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null) return entry;
  const ids = ['phone_id', 'job_id', 'resource_id'].filter((name) => name in entry);
  return { ...entry, ...Object.fromEntries(ids.map((name) => [name, OTHER_ID])) };
}
