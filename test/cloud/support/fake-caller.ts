import type { Authenticator } from '../../../lib/cloud/request/auth.ts';
import type { CallRecord, Caller } from '../../../lib/cloud/request/request.ts';
import {
  type HttpRequest,
  type HttpResponse,
  TransportError,
  type TransportKind,
} from '../../../lib/cloud/request/send.ts';
import { recordingClock } from './recording-clock.ts';

export type FakeResponse =
  | { status?: number; json?: unknown; text?: string; headers?: Record<string, string> }
  | { lost: TransportKind; sent?: boolean };

/** What a client needs, with a network that gives these responses in turn, and the last one from then on. */
export function fakeCaller(...responses: FakeResponse[]) {
  const requests: HttpRequest[] = [];
  const records: CallRecord[] = [];
  const { clock, slept } = recordingClock();
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    requests.push(request);
    const next = responses[Math.min(requests.length, responses.length) - 1] ?? {};
    if ('lost' in next) throw new TransportError(next.lost, next.sent ?? true);
    const text = next.text ?? (next.json === undefined ? '' : JSON.stringify(next.json));
    return {
      status: next.status ?? 200,
      headers: next.headers ?? {},
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
  return { caller, requests, records, bodies, slept, clock };
}
