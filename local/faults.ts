import { errorAnswer } from './answer.ts';
import { chance } from './random.ts';
import { twist } from './twist.ts';
import type { Fault, Random, Time } from './types.ts';
import { createWindow, type Window } from './window.ts';

const PHONE_KINDS = [
  'item_error',
  'job_failed',
  'missing_object',
  'never_ends',
  'job_vanishes',
] as const;

type PhoneFaultKind = (typeof PHONE_KINDS)[number];

export type FaultBook = {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that hits this call, if any: uses up one of its `times` and rolls its `rate`. */
  intercept(service: string, operation: string): Fault | undefined;
  /** The same for what happens to one phone in one operation. */
  forPhone(kind: PhoneFaultKind, phoneId: string, operation?: string): Fault | undefined;
};

/** The connection was cut before the answer: after the request had been carried out, or before. */
export class ConnectionCut extends Error {
  readonly carriedOut: boolean;
  constructor(carriedOut = true) {
    super('the connection was cut before the answer');
    this.name = 'ConnectionCut';
    this.carriedOut = carriedOut;
  }
}

/** No answer will ever come; the connection stays open. The request was not carried out. */
export class ConnectionHang extends Error {
  constructor() {
    super('the connection is held without an answer');
    this.name = 'ConnectionHang';
  }
}

const MINUTE = 60_000;

type Entry = { fault: Fault; left: number; window: Window | undefined };

/** An empty book. `random` rolls the rates; the windows of `per_minute` run in model time. */
export function createFaultBook(options: { random: Random; time: Time }): FaultBook {
  const { random, time } = options;
  let entries: Entry[] = [];

  const fires = (entry: Entry): boolean => {
    if (entry.left <= 0) return false;
    if (entry.window?.admit(time.model()) === true) return false;
    if (entry.fault.rate !== undefined && !chance(random, entry.fault.rate)) return false;
    entry.left -= 1;
    return true;
  };
  const concerns = (fault: Fault, operation: string | undefined) =>
    fault.operation === undefined || operation === undefined || fault.operation === operation;

  return {
    add(fault) {
      const window =
        fault.per_minute === undefined ? undefined : createWindow(fault.per_minute, MINUTE);
      entries.push({ fault, left: fault.times ?? Infinity, window });
    },
    clear() {
      entries = [];
    },
    intercept(service, operation) {
      if (entries.length === 0) return undefined;
      return entries.find(
        (entry) =>
          entry.fault.service === service &&
          concerns(entry.fault, operation) &&
          !PHONE_KINDS.some((kind) => kind === entry.fault.kind) &&
          fires(entry),
      )?.fault;
    },
    forPhone(kind, phoneId, operation) {
      if (entries.length === 0) return undefined;
      return entries.find(
        (entry) =>
          entry.fault.kind === kind &&
          concerns(entry.fault, operation) &&
          (entry.fault.phones?.includes(phoneId) ?? true) &&
          fires(entry),
      )?.fault;
    },
  };
}

/**
 * Runs an operation, or what a fault makes of it. Throws ConnectionCut and ConnectionHang, which
 * the transport turns into a cut or a silent connection.
 */
export async function withFaults(
  service: string,
  operation: string,
  faults: FaultBook,
  time: Time,
  run: () => Promise<Response>,
): Promise<Response> {
  const fault = faults.intercept(service, operation);
  if (fault === undefined) return run();
  switch (fault.kind) {
    case 'throttle':
      return later(
        fault,
        throttled(service, fault.hint === false ? undefined : (fault.per_minute ?? 10), time),
      );
    case 'error':
      if (fault.carried_out === true) await run();
      return later(
        fault,
        errorAnswer(
          service,
          fault.status ?? 500,
          fault.code ?? (service === 'obs' ? 'InternalError' : 'APIGW.0601'),
          'The service could not process the request.',
          faultRequestId(time),
        ),
      );
    case 'drop_answer':
      await run();
      throw new ConnectionCut();
    case 'drop_request':
      throw new ConnectionCut(false);
    case 'hang':
      throw new ConnectionHang();
    case 'garbage':
      await run();
      return new Response('<html><body>upstream</body>', {
        status: 200,
        headers: { 'content-type': 'text/html' },
      });
    case 'twist':
      return twist(await run(), fault.form ?? 'truncated', service);
    case 'slow': {
      const answer = await run();
      await time.sleep(fault.delay_ms ?? 5_000);
      return answer;
    }
    default:
      return run();
  }
}

/** Says when to come again, where the fault wants it; a redirect leads to nowhere. */
function later({ retry_after, status = 500 }: Fault, answer: Response): Response {
  if (retry_after !== undefined) answer.headers.set('retry-after', String(retry_after));
  if (status >= 300 && status < 400) answer.headers.set('location', 'https://elsewhere.invalid/');
  return answer;
}

/** The gateway's 429 (OBS: its 503), with or without the number in the text. */
export function throttled(service: string, perMinute: number | undefined, time: Time): Response {
  const id = faultRequestId(time);
  if (service === 'obs') return errorAnswer('obs', 503, 'SlowDown', 'Please reduce your rate.', id);
  const policy =
    perMinute === undefined ? '' : `: policy user over ratelimit,limit:${perMinute},time:1 minute`;
  const message = `The throttling threshold has been reached${policy}`;
  return errorAnswer(service, 429, 'APIGW.0308', message, id);
}

function faultRequestId(time: Time): string {
  return Math.floor(time.model()).toString(16).padStart(32, '0');
}
