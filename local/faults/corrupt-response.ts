import { gzipSync } from 'node:zlib';

/** The ways to corrupt the response of a call that was carried out. */
export const CORRUPTIONS = [
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
  'list_duplicated',
  'list_incomplete',
  'list_unknown_ids',
] as const;

export type Corruption = (typeof CORRUPTIONS)[number];

const HUGE_BYTES = 20 * 1024 * 1024;
const UNKNOWN_ID = 'f'.repeat(32);

/** Returns a response as a faulty service might send it. The body of `service` is XML (OBS) or JSON. */
export async function corruptResponse(
  response: Response,
  form: Corruption,
  service: string,
): Promise<Response> {
  const { status } = response;
  const headers = new Headers(response.headers);
  if (form === 'zero_size') {
    headers.set('content-length', '0');
    return new Response(response.body === null ? null : '', { status, headers });
  }
  if (response.body === null) return response;
  const body = Buffer.from(await response.arrayBuffer());
  // Only a truncated response keeps the length of the whole body.
  headers.set('content-length', String(body.length));
  if (form !== 'truncated') headers.delete('content-length');
  if (form === 'gzip') headers.set('content-encoding', 'gzip');
  return new Response(new Uint8Array(corruptBody(body, form, service)), { status, headers });
}

function corruptBody(body: Buffer, form: Corruption, service: string): Buffer {
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
    default: {
      const text = body.toString();
      return Buffer.from(service === 'obs' ? corruptXml(text, form) : corruptJson(text, form));
    }
  }
}

function corruptXml(text: string, form: Corruption): string {
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
    case 'list_duplicated':
      return text.replace(contents, '$&$&');
    case 'list_incomplete':
      return text.replace(contents, (entry) => ((count += 1) % 2 === 0 ? '' : entry));
    case 'list_unknown_ids':
      return text.replace(/<Key>[^<]*</g, '<Key>elsewhere/archive.tar<');
    default:
      return text;
  }
}

function corruptJson(text: string, form: Corruption): string {
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
      return JSON.stringify(mapFields(value, () => null));
    case 'array':
      return JSON.stringify([value]);
    case 'list_missing':
      return JSON.stringify(mapLists(value, () => undefined));
    case 'list_empty':
      return JSON.stringify(mapLists(value, () => []));
    case 'list_duplicated':
      return JSON.stringify(mapLists(value, (list) => list.flatMap((entry) => [entry, entry])));
    case 'list_incomplete':
      return JSON.stringify(mapLists(value, (list) => list.filter((_, index) => index % 2 === 0)));
    case 'list_unknown_ids':
      return JSON.stringify(mapLists(value, (list) => list.map(withUnknownIds)));
    default:
      return text;
  }
}

function mapFields(value: unknown, change: (field: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, change(field)]));
}

function mapLists(value: unknown, change: (list: unknown[]) => unknown): unknown {
  return mapFields(value, (field) => (Array.isArray(field) ? change(field as unknown[]) : field));
}

function withUnknownIds(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null) return entry;
  const names = ['phone_id', 'job_id', 'resource_id'].filter((name) => name in entry);
  return { ...entry, ...Object.fromEntries(names.map((name) => [name, UNKNOWN_ID])) };
}
