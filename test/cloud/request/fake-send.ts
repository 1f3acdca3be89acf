import type { Authenticator } from '../../../lib/cloud/request/auth.ts';
import type { CallRecord, Caller } from '../../../lib/cloud/request/request.ts';
import {
  type HttpRequest,
  type HttpResponse,
  TransportError,
  type TransportKind,
} from '../../../lib/cloud/request/send.ts';
import { playClock } from './play-clock.ts';

export type Said =
  | { status?: number; json?: unknown; text?: string; headers?: Record<string, string> }
  | { lost: TransportKind; sent?: boolean };

/** What a client needs, with a network that answers with `said` in turn (the last one for ever). */
export function fakeCaller(...said: Said[]) {
  const requests: HttpRequest[] = [];
  const records: CallRecord[] = [];
  const { clock, slept, pass } = playClock();
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    requests.push(request);
    const now = said[Math.min(requests.length, said.length) - 1] ?? {};
    if ('lost' in now) throw new TransportError(now.lost, now.sent ?? true);
    const text = now.text ?? (now.json === undefined ? '' : JSON.stringify(now.json));
    return {
      status: now.status ?? 200,
      headers: now.headers ?? {},
      body: new TextEncoder().encode(text),
    };
  };
  const authenticate: Authenticator = async (request, out) => ({
    response: await out(request),
    signed: true,
  });
  const caller: Caller = {
    send,
    authenticate,
    clock,
    random: () => 0.5,
    onCall: (record) => records.push(record),
  };
  const bodies = () =>
    requests.map(({ body }) =>
      body === undefined ? undefined : (JSON.parse(String(body)) as unknown),
    );
  return { caller, requests, records, bodies, slept, pass, clock };
}
