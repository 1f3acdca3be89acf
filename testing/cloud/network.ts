import type { Clock } from '../../lib/clock.ts';
import { type HttpRequest, type Send, TransportError } from '../../lib/cloud/request/send.ts';
import type { Cloud } from '../../local/cloud.ts';
import { ConnectionCut, ConnectionHang } from '../../local/http/connection-errors.ts';
import { rawRequest } from '../../local/http/raw-request.ts';

/** `at` in epoch ms. */
export type SentExport = { phone_id: string; key: string; accepted: boolean; at: number };

/** Where exports are recorded, and how long each call takes. */
type Network = { exports: SentExport[]; latencyMs: number };

/** Records what an export call requested and whether CPH accepted it. */
export function noteExports(
  exports: SentExport[],
  request: unknown,
  response: string,
  at: number,
): void {
  const { storage_infos } = JSON.parse(String(request)) as {
    storage_infos: { phone_id: string; object_path: string }[];
  };
  let jobs: { phone_id: string; job_id?: string }[] = [];
  try {
    ({ jobs = [] } = JSON.parse(response) as { jobs?: typeof jobs });
  } catch {
    // A corrupt response: only the cloud's jobs show what it started.
  }
  for (const { phone_id, object_path: key } of storage_infos) {
    const job = jobs.find((entry) => entry.phone_id === phone_id);
    exports.push({ phone_id, key, accepted: job?.job_id !== undefined, at });
  }
}

/** Throws when a socket would refuse the response: it is too large, or ends before its announced length. */
function checkBody(
  { method, maxBytes = 16 * 1024 * 1024 }: HttpRequest,
  headers: Record<string, string>,
  { length }: Uint8Array,
): void {
  if (length > maxBytes) throw new TransportError('too_large', true);
  const announced = Number(headers['content-length'] ?? 0);
  if (method !== 'HEAD' && announced > length) throw new TransportError('cut', true);
}

/** Returns a network that calls the cloud in this process. */
export function sendInto(cloud: Cloud, clock: Clock, { exports, latencyMs }: Network): Send {
  return async (request) => {
    const init = { method: request.method, headers: request.headers };
    const body = request.body === undefined ? {} : { body: request.body };
    const giveUpAt = clock.now() + request.timeoutMs;
    try {
      const response = await cloud.handle(rawRequest(request.url, { ...init, ...body }));
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (request.url.endsWith('/batch-storage') && response.ok) {
        noteExports(exports, request.body, Buffer.from(bytes).toString(), clock.now());
      }
      if (latencyMs > 0) await clock.sleep(latencyMs);
      const headers = Object.fromEntries(response.headers);
      checkBody(request, headers, bytes);
      if (clock.now() > giveUpAt) throw new TransportError('timeout', true);
      return { status: response.status, headers, body: bytes };
    } catch (error) {
      if (error instanceof ConnectionCut) throw new TransportError('cut', true, error);
      if (!(error instanceof ConnectionHang)) throw error;
      await clock.sleep(request.timeoutMs);
      throw new TransportError('timeout', true, error);
    }
  };
}
