import type * as z from 'zod';
import type { Clock, Random } from '../../clock.ts';
import { type ErrorCode, PhonevaultError, ServiceError } from '../../errors.ts';
import type { Authenticator } from './auth.ts';
import { withRetry } from './retry.ts';
import { type HttpRequest, type HttpResponse, type Send, TransportError } from './send.ts';
import { type CodeMeanings, errorOf, lostError, unreadable } from './service-error.ts';
import { callsAMinute } from './throttled.ts';

/** One attempt of a call, for logs and counters. It holds no body, header or URL. */
export type CallRecord = {
  service: string;
  operation: string;
  attempt: number;
  outcome: 'ok' | ErrorCode;
  status: number | undefined;
  ms: number;
};

/** What a client needs to make calls. */
export type Caller = {
  send: Send;
  authenticate: Authenticator;
  clock: Clock;
  random: Random;
  signal?: AbortSignal | undefined;
  onCall?: ((call: CallRecord) => void) | undefined;
  onThrottled?: ((ms: number) => void) | undefined;
};

/** The calls of one kind that may be made. */
export type CallBudget = {
  /** Throws when the call must wait. */
  check(operation: string): void;
  /** Called for each attempt. */
  sent(operation: string): void;
  /** Called with the outcome of each attempt that was answered. `named`: the calls a minute that a throttle error names. */
  answered(outcome: CallRecord['outcome'], named?: number): void;
};

export type CallSpec<T> = {
  service: string;
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Endpoint and path, without a query. */
  url: string;
  query?: Record<string, string | number | undefined>;
  json?: unknown;
  /** Parses the response body. A success that it does not accept is an unreadable response. */
  reply: z.ZodType<T>;
  /** What the service's own error codes mean, beside the HTTP status. */
  codes?: CodeMeanings;
  /** A budget takes over when the service throttles: the call is not sent again. */
  budget?: CallBudget | undefined;
  /** May be sent again after an error. */
  idempotent: boolean;
  /** For one attempt, in milliseconds. */
  timeoutMs?: number;
  /** For all attempts and the waits between them. */
  totalMs?: number;
};

/** Encodes one path segment, except for colons: URNs contain them, and the gateway accepts both forms. */
export function segment(value: string): string {
  return encodeURIComponent(value).replaceAll('%3A', ':');
}

function urlOf(spec: CallSpec<unknown>): string {
  const pairs = Object.entries(spec.query ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? spec.url : `${spec.url}?${pairs.join('&')}`;
}

function readReply<T>(spec: CallSpec<T>, response: HttpResponse): T {
  const call = { service: spec.service, operation: spec.operation };
  let parsed: unknown;
  try {
    const text = new TextDecoder().decode(response.body);
    parsed = text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    throw unreadable(call, response, 'success, but the response is not JSON');
  }
  const result = spec.reply.safeParse(parsed);
  if (!result.success) throw unreadable(call, response, 'success, but the response is incomplete');
  return result.data;
}

/**
 * Makes one call: JSON in and out, with credentials, and with retries when it is idempotent. Throws a ServiceError whose
 * message is safe to log, or a PhonevaultError `credentials_missing`.
 */
export async function call<T>(caller: Caller, spec: CallSpec<T>): Promise<T> {
  const { clock, signal } = caller;
  const name = { service: spec.service, operation: spec.operation };
  const limits = {
    attempts: spec.idempotent ? 3 : 1,
    throttledAttempts: spec.budget === undefined ? 2 : 1,
    totalMs: spec.totalMs ?? 25_000,
  };
  spec.budget?.check(spec.operation);
  return withRetry(caller, limits, async (attempt, leftMs) => {
    spec.budget?.sent(spec.operation);
    const started = clock.now();
    let status: number | undefined;
    const record = (outcome: 'ok' | ErrorCode, error?: unknown) => {
      caller.onCall?.({ ...name, attempt, outcome, status, ms: clock.now() - started });
      if (status !== undefined) spec.budget?.answered(outcome, callsAMinute(error));
    };
    const request: HttpRequest = {
      method: spec.method,
      url: urlOf(spec),
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      timeoutMs: Math.min(spec.timeoutMs ?? 10_000, leftMs),
      ...(spec.json === undefined ? {} : { body: JSON.stringify(spec.json) }),
      ...(signal === undefined ? {} : { signal }),
    };
    try {
      if (signal?.aborted) throw new TransportError('aborted', false);
      const { response, signed } = await caller.authenticate(request, caller.send);
      status = response.status;
      if (status < 200 || status > 299) {
        throw errorOf(name, response, { now: clock.now(), signed, codes: spec.codes ?? {} });
      }
      const reply = readReply(spec, response);
      record('ok');
      return reply;
    } catch (thrown) {
      const error = lostError(name, thrown);
      if (error instanceof PhonevaultError) record(error.code, error);
      throw error;
    }
  });
}

/** True when the service itself, not the gateway in front of it, reports that something does not exist. */
export function isAbsent(error: unknown): boolean {
  return (
    error instanceof ServiceError &&
    error.code === 'not_found' &&
    !/^APIG/.test(error.serviceCode ?? '')
  );
}
