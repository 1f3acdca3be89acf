import { ServiceError } from '../../errors.ts';
import { callsAMinute } from '../../cloud/request/throttled.ts';
import type { PhoneJob } from '../../cloud/cph/job.ts';
import type { Call, RunEvent } from '../../ledger/run/events.ts';
import {
  classOfCode,
  isAboutOnePhone,
  isBusyCode,
  isOversizedRestore,
} from '../../cloud/cph/error-codes.ts';
import type { Item } from './batches/lanes.ts';

const MAX_CODE_LENGTH = 64;
const MAX_MESSAGE_LENGTH = 200;
/** The gateway refuses a body above 12 MB (APIGW.0201): fewer phones make a smaller one. */
const TOO_LARGE = 413;
/** Request Timeout and Too Early. */
const UNPROCESSED = new Set([408, 425]);

/**
 * Returns one event per phone of the call: accepted with its job, refused, or with an unknown outcome when the response does
 * not mention it. Without a request id no job can be polled, so no phone counts as accepted. Pure.
 */
export function classifyResponse(
  items: Item[],
  response: { request_id?: string | undefined; jobs: PhoneJob[] },
  at: number,
): RunEvent[] {
  const request_id = response.request_id ?? '';
  return items.map((item): RunEvent => {
    const entries = response.jobs.filter((job) => job.phone_id === item.phoneId);
    const started = entries.find((job) => isPresent(job.job_id));
    if (started?.job_id !== undefined && request_id !== '') {
      return { type: 'accepted', at, ...attemptOf(item), job_id: started.job_id, request_id };
    }
    const refused = entries.find((job) => isPresent(job.code));
    if (started !== undefined || refused?.code === undefined) {
      return {
        type: 'outcome_unknown',
        at,
        ...attemptOf(item),
        ...(request_id === '' ? {} : { request_id }),
      };
    }
    return {
      type: 'refused',
      at,
      ...attemptOf(item),
      code: refused.code.slice(0, MAX_CODE_LENGTH),
      ...(isPresent(refused.message)
        ? { message: refused.message.slice(0, MAX_MESSAGE_LENGTH) }
        : {}),
    };
  });
}

/** Why a call failed. `events` say what it means for each phone; without them the phones can be sent again. */
export type Failure =
  | { kind: 'refused' | 'outcome_unknown'; events: RunEvent[] }
  /** `named`: the calls a minute that the error names. */
  | { kind: 'throttled'; named?: number }
  /**
   * The service could not take the call, and did nothing: the same call may succeed later. `orElse` says what it means for each
   * phone when that takes too long.
   */
  | { kind: 'postponed'; code: string; orElse?: RunEvent[] }
  /** The call holds too many phones. */
  | { kind: 'too_large' }
  /** One phone of the call is the reason; the response does not name it. */
  | { kind: 'one_phone' }
  /** Nothing in the account can be exported. */
  | { kind: 'stop'; events: RunEvent[]; code: string };

/** Returns why a call failed. Errors for which `stopsDrive` is true must not be passed. Pure. */
export function classifyError(items: Item[], error: unknown, at: number): Failure {
  if (!(error instanceof ServiceError) || error.carriedOut === 'unknown') {
    const events = items.map((item): RunEvent => ({
      type: 'outcome_unknown',
      at,
      ...attemptOf(item),
    }));
    return { kind: 'outcome_unknown', events };
  }
  if (error.code === 'throttled') return throttledBy(error);
  const code = codeOf(error);
  if (isUnavailable(error) || isBusyCode(code)) return { kind: 'postponed', code };
  const isTooLarge =
    classOfCode(code) === 'split' || isOversizedRestore(code) || error.status === TOO_LARGE;
  if (isTooLarge && items.length > 1) return { kind: 'too_large' };
  if (isAboutOnePhone(code) && items.length > 1) return { kind: 'one_phone' };
  const message = error.message.slice(0, MAX_MESSAGE_LENGTH);
  const events = items.map((item): RunEvent => ({
    type: 'refused',
    at,
    ...attemptOf(item),
    code,
    message,
  }));
  if (classOfCode(code) === 'retry') return { kind: 'postponed', code, orElse: events };
  const stop = classOfCode(code) === 'stop' || error.code === 'access_denied';
  return stop ? { kind: 'stop', events, code } : { kind: 'refused', events };
}

/**
 * Returns why a call failed. A command that CPH cannot take is refused for its phones: nothing depends on it, so it holds up
 * no other call. Pure.
 */
export function classifyCall(call: Call, items: Item[], error: unknown, at: number): Failure {
  const failure = classifyError(items, error, at);
  const { kind } = failure;
  if (call !== 'command' || !(error instanceof ServiceError)) return failure;
  if (kind !== 'postponed' && kind !== 'stop' && kind !== 'one_phone') return failure;
  const refused = { type: 'refused', at, code: codeOf(error) } as const;
  return { kind: 'refused', events: items.map((item) => ({ ...refused, ...attemptOf(item) })) };
}

function throttledBy(error: ServiceError): Failure {
  const named = callsAMinute(error);
  return { kind: 'throttled', ...(named === undefined ? {} : { named }) };
}

function codeOf({ status, serviceCode, code }: ServiceError): string {
  const name = serviceCode ?? (status === undefined ? code : `HTTP.${status}`);
  return name.slice(0, MAX_CODE_LENGTH);
}

/** Returns whether the call did not reach the service, or the service did not process it. */
function isUnavailable({ status }: ServiceError): boolean {
  return status === undefined || status >= 500 || UNPROCESSED.has(status);
}

/** Returns the fields that name an item's attempt in events. */
export function attemptOf(item: Item): { phone_id: string; attempt: number } {
  return { phone_id: item.phoneId, attempt: item.attempt };
}

function isPresent(text: string | null | undefined): text is string {
  return text !== undefined && text !== null && text !== '';
}
