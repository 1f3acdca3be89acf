import { createHash, createHmac } from 'node:crypto';
import { afterEach } from 'vitest';
import { createObsBucket } from '../../../lib/cloud/obs/bucket.ts';
import { createObs } from '../../../lib/cloud/obs/obs.ts';
import { credentialsFrom } from '../../../lib/cloud/request/credentials.ts';
import type { CallRecord } from '../../../lib/cloud/request/request.ts';
import { nodeSend } from '../../../lib/cloud/request/send.ts';
import { recordingClock } from './recording-clock.ts';
import { type ReceivedRequest, type ServerResponse, startServer } from './server.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

export const keys = credentialsFrom({
  token: '',
  accessKey: 'AK1',
  secretKey: 'SK1',
  securityToken: 'ST1',
});

export const BUCKET = 'backups';
const DATE = 'Fri, 02 Jan 2026 03:00:00 GMT';
export const LAST_MODIFIED = Date.UTC(2026, 0, 2, 3);

/** With an `identity` the store speaks TLS, and the clients trust its certificate. `host` is the endpoint's. */
type StartOptions = {
  pathStyle?: boolean;
  credentials?: typeof keys;
  identity?: { key: string; cert: string };
  host?: string;
};

/** An object store that sends what `respond` returns, and the clients for it. It is closed after the test. */
export async function startObs(
  respond: (request: ReceivedRequest, index: number) => ServerResponse,
  options: StartOptions = {},
) {
  const { identity, host = 'obs.localhost' } = options;
  const server = await startServer(respond, identity);
  const send = nodeSend({ ca: identity?.cert });
  open.push(server.close, async () => send.close());
  const { clock, slept } = recordingClock();
  const records: CallRecord[] = [];
  const own = {
    send,
    credentials: () => options.credentials ?? keys,
    clock,
    random: () => 0.5,
    region: 'cn-north-4',
    endpoint: `${identity ? 'https' : 'http'}://${host}:${server.port}`,
    pathStyle: options.pathStyle ?? false,
    onCall: (record: CallRecord) => records.push(record),
  };
  return { obs: createObs(own), bucket: createObsBucket(own), slept, records, ...server };
}

/** The response with an object. */
export const found = (body: string, etag = '"e1"'): ServerResponse => ({
  headers: { etag, 'last-modified': DATE },
  body,
});

/** The response to HEAD of an object. */
export const headOf = (size: number, etag = 'e1'): ServerResponse => ({
  headers: { etag: `"${etag}"`, 'last-modified': DATE, 'content-length': String(size) },
});

/** The response with an error. */
export const xml = (
  status: number,
  code: string,
  headers: Record<string, string> = {},
): ServerResponse => ({
  status,
  headers,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message><RequestId>r1</RequestId></Error>`,
});

export const md5 = (text: string, encoding: 'hex' | 'base64') =>
  createHash('md5').update(text).digest(encoding);

/** The AWS Signature Version 4 of a request as it was received, written from the specification. */
export function expectedSignature(request: ReceivedRequest): string {
  const [, scope = '', names = ''] =
    /Credential=AK1\/([^,]+), SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '') ??
    [];
  const [path = '', query = ''] = request.path.split('?');
  const canonical = [
    request.method,
    path,
    query
      .split('&')
      .sort()
      .map((pair) => (pair.includes('=') || pair === '' ? pair : `${pair}=`))
      .join('&'),
    ...names.split(';').map((name) => `${name}:${String(request.headers[name])}`),
    '',
    names,
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const date = String(request.headers['x-amz-date']);
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hash].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((k, part) => createHmac('sha256', k).update(part).digest(), 'AWS4SK1');
  return createHmac('sha256', key).update(toSign).digest('hex');
}
