import { createHash } from 'node:crypto';
import type { Clock } from '../../../lib/clock.ts';
import {
  type HttpRequest,
  type HttpResponse,
  type Send,
  TransportError,
} from '../../../lib/cloud/request/send.ts';
import type { Cloud } from '../../../local/cloud.ts';

const LEDGER = 'phonevault/';

/** What is wrong with one object. `once` in a name: only the first time that it is read. */
export const objectFaults = [
  'forbidden',
  'absent',
  'failing',
  'cut',
  'hanging',
  'other_shape',
  'not_json',
  'too_large',
  'undeletable',
  'garbled_once',
  'garbled_unnoticed_once',
] as const;

export type ObjectFault = (typeof objectFaults)[number];

/** True for faults that change nothing, since the object is read again. */
export const isOnce = (fault: ObjectFault): boolean => fault.endsWith('_once');

/** One bad object: the first of the ledger that exists, has a matching key and is read or deleted. */
export type BadObject = {
  send: Send;
  /** Its key, relative to the ledger's prefix; undefined while nothing has read or deleted one. */
  key(): string | undefined;
  lift(): void;
};

export function badObject(
  { cloud, clock, send }: { cloud: Cloud; clock: Clock; send: Send },
  pattern: RegExp,
  fault: ObjectFault,
): BadObject {
  const { backend, bucket } = cloud;
  let target: string | undefined;
  let isLifted = false;

  const isTarget = async (key: string): Promise<boolean> => {
    if (target !== undefined) return key === target;
    const own = key.startsWith(LEDGER) ? key.slice(LEDGER.length) : '';
    if (!pattern.test(own) || (await backend.stat(bucket, key)) === undefined) return false;
    target = key;
    return true;
  };
  const whenRead = async (key: string, { timeoutMs }: HttpRequest): Promise<HttpResponse> => {
    if (isOnce(fault)) isLifted = true;
    if (fault === 'forbidden') return refusal(403, 'AccessDenied');
    if (fault === 'absent') return refusal(404, 'NoSuchKey');
    if (fault === 'failing') return refusal(500, 'InternalError');
    if (fault === 'hanging') {
      await clock.sleep(timeoutMs);
      throw new TransportError('timeout', true);
    }
    if (fault === 'cut' || fault === 'too_large') throw new TransportError(fault, true);
    const stored = await backend.read(bucket, key);
    if (stored === undefined) throw new Error(`${key} is gone`);
    const { record, body } = stored;
    const { lastModified } = record;
    if (fault === 'other_shape') return content('{"version":1,"apples":3}', lastModified);
    if (fault === 'not_json') return content('- [ not: json', lastModified);
    const half = body.subarray(0, Math.floor(body.length / 2));
    return content(half, lastModified, fault === 'garbled_once' ? record.etag : 'a-1');
  };
  const whenDeleted = async (keys: string[]): Promise<HttpResponse> => {
    const others = keys.filter((key) => key !== target);
    for (const key of others) await backend.remove(bucket, key);
    const deleted = others.map((key) => `<Deleted><Key>${key}</Key></Deleted>`).join('');
    const error = `<Error><Key>${target}</Key><Code>AccessDenied</Code><Message>no</Message></Error>`;
    return xml(200, `<DeleteResult>${deleted}${error}</DeleteResult>`);
  };

  return {
    key: () => target?.slice(LEDGER.length),
    lift: () => void (isLifted = true),
    send: async (request) => {
      const url = new URL(request.url);
      if (isLifted || !url.hostname.startsWith(`${bucket}.obs.`)) return send(request);
      const { method } = request;
      const key = decodeURIComponent(url.pathname.slice(1));
      if (method === 'GET' && fault !== 'undeletable' && key !== '' && (await isTarget(key))) {
        return whenRead(key, request);
      }
      if (fault !== 'undeletable') return send(request);
      if (method === 'DELETE' && (await isTarget(key))) return refusal(403, 'AccessDenied');
      if (method !== 'POST' || !url.searchParams.has('delete')) return send(request);
      const text = Buffer.from(request.body ?? '').toString();
      const keys = [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, each = '']) => each);
      for (const each of keys) if (await isTarget(each)) return whenDeleted(keys);
      return send(request);
    },
  };
}

function refusal(status: number, code: string): HttpResponse {
  return xml(
    status,
    `<Error><Code>${code}</Code><Message>${code}</Message><RequestId>0A1B</RequestId></Error>`,
  );
}

function xml(status: number, text: string): HttpResponse {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function content(text: string | Uint8Array, lastModified: number, etag?: string): HttpResponse {
  const body = Buffer.from(text);
  return {
    status: 200,
    headers: {
      etag: `"${etag ?? createHash('md5').update(body).digest('hex')}"`,
      'last-modified': new Date(lastModified).toUTCString(),
      'content-length': String(body.length),
    },
    body,
  };
}
