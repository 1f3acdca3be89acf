import { ServiceError } from '../../errors.ts';
import type { PhoneJob } from '../../cloud/cph/job.ts';
import type { RunEvent } from '../../ledger/run/events.ts';
import { classOfCode, isAboutOnePhone } from '../../cloud/cph/error-codes.ts';
import type { Item } from './lanes.ts';

const CODE_LENGTH = 64;

/**
 * Each phone of the call gets a verdict of its own: a job, a refusal, or, when it is not mentioned, doubt. Without a
 * request id no job can be followed, so nothing is certain then either.
 */
export function classifyResponse(
  items: Item[],
  answer: { request_id?: string | undefined; jobs: PhoneJob[] },
  at: number,
): RunEvent[] {
  const request_id = answer.request_id ?? '';
  return items.map((item): RunEvent => {
    const entries = answer.jobs.filter((job) => job.phone_id === item.phoneId);
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
      code: refused.code.slice(0, CODE_LENGTH),
      ...(isPresent(refused.message) ? { message: refused.message.slice(0, 200) } : {}),
    };
  });
}

/** What a failed call means for its phones. `events` are the verdicts that it gives; without any they stay as they are. */
export type Failure =
  | { kind: 'judged'; events: RunEvent[] }
  | { kind: 'throttled' }
  /** It never reached the service, or the service could not take it up. */
  | { kind: 'unsent' }
  /** Refused as a whole for something that a smaller call avoids. */
  | { kind: 'too_many' }
  | { kind: 'one_of_them' }
  /** Nothing of the account can be exported. */
  | { kind: 'stop'; events: RunEvent[]; code: string };

/** Reads the failure of a call. Pure; errors that end the drive are not for it. */
export function classifyError(items: Item[], error: unknown, at: number): Failure {
  if (!(error instanceof ServiceError) || error.carriedOut === 'unknown') {
    const events = items.map((item): RunEvent => ({
      type: 'outcome_unknown',
      at,
      ...attemptOf(item),
    }));
    return { kind: 'judged', events };
  }
  if (error.code === 'throttled') return { kind: 'throttled' };
  if (error.status === undefined || error.status >= 500) return { kind: 'unsent' };
  const code = (error.serviceCode ?? `HTTP.${error.status}`).slice(0, CODE_LENGTH);
  if (classOfCode(code) === 'split' && items.length > 1) return { kind: 'too_many' };
  if (isAboutOnePhone(code) && items.length > 1) return { kind: 'one_of_them' };
  const message = error.message.slice(0, 200);
  const events = items.map((item): RunEvent => ({
    type: 'refused',
    at,
    ...attemptOf(item),
    code,
    message,
  }));
  const stop = classOfCode(code) === 'stop' || error.code === 'access_denied';
  return stop ? { kind: 'stop', events, code } : { kind: 'judged', events };
}

/** The try that an item stands for, as events name it. */
export function attemptOf(item: Item): { phone_id: string; attempt: number } {
  return { phone_id: item.phoneId, attempt: item.attempt };
}

function isPresent(text: string | null | undefined): text is string {
  return text !== undefined && text !== null && text !== '';
}
