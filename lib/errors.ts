/** What happened, as a word that code can branch on and a person can search for in docs/operations.md. */
export type ErrorCode =
  | 'setting_invalid' // a setting of the function is missing or wrong
  | 'credentials_missing' // no agency: the context holds no keys
  | 'credentials_refused' // the service refused token and keys
  | 'clock_skew' // more than 15 minutes between our clock and the service's
  | 'event_invalid' // a trigger event of a shape we do not know
  | 'policy_invalid'
  | 'policy_not_found'
  | 'object_invalid' // a ledger object with the wrong content
  | 'object_unreadable' // a ledger object that the service does not return
  | 'object_unwritable' // a ledger object that the service does not let us write
  | 'object_newer' // a ledger object written by a newer version
  | 'not_found'
  | 'bucket_missing'
  | 'access_denied'
  | 'conflict' // what was to be written once exists already
  | 'archive_changed' // an archive is not the one that was verified
  | 'archive_broken' // an archive cannot be read to its end
  | 'throttled'
  | 'service' // the service returned an error of its own
  | 'unreachable' // no response, or an unreadable one
  | 'time_up' // the invocation's time ran out
  | 'lease_lost'; // another drive writes

type Options = { hint?: string; retryable?: boolean; cause?: unknown };

/**
 * The base of every error that leaves a function of ours.
 * `message` says what happened, `hint` what to do next, `retryable` whether the same call may work later.
 */
export class PhonevaultError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: Options = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PhonevaultError';
    this.code = code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
  }
}

/**
 * A call to a cloud service that did not succeed.
 * `carriedOut` says whether the service may have acted: 'no' (refused for certain) or 'unknown' (the response was lost, broken
 * or a 5xx).
 */
export class ServiceError extends PhonevaultError {
  readonly service: string;
  readonly operation: string;
  readonly status: number | undefined;
  readonly serviceCode: string | undefined;
  readonly requestId: string | undefined;
  readonly carriedOut: 'no' | 'unknown';

  constructor(
    code: ErrorCode,
    message: string,
    facts: {
      service: string;
      operation: string;
      status?: number | undefined;
      serviceCode?: string | undefined;
      requestId?: string | undefined;
      carriedOut: 'no' | 'unknown';
    },
    options: Options = {},
  ) {
    super(code, message, options);
    this.name = 'ServiceError';
    this.service = facts.service;
    this.operation = facts.operation;
    this.status = facts.status;
    this.serviceCode = facts.serviceCode;
    this.requestId = facts.requestId;
    this.carriedOut = facts.carriedOut;
  }
}

/** Another drive writes: this invocation must not send or delete anything more. */
export class LeaseLost extends PhonevaultError {
  constructor(message: string) {
    super('lease_lost', message);
    this.name = 'LeaseLost';
  }
}

/** The time of a drive is up in the middle of its work: the next one goes on. */
export class TimeUp extends PhonevaultError {
  constructor() {
    super('time_up', 'the time of this drive is up', { retryable: true });
    this.name = 'TimeUp';
  }
}

/** No read of CPH is sent now: the reads of this minute are used up. Not a failure; the work goes on at `until` (epoch ms). */
export class ReadsSpent extends PhonevaultError {
  readonly until: number;

  constructor(until: number) {
    super('throttled', 'the reads of CPH that are allowed a minute are used up', {
      hint: 'Try again in a minute.',
    });
    this.name = 'ReadsSpent';
    this.until = until;
  }
}

/** True for an error of ours with this code. */
export function hasCode(error: unknown, code: ErrorCode): error is PhonevaultError {
  return error instanceof PhonevaultError && error.code === code;
}

/**
 * Does `work`, then `cleanup`, whether or not the work failed. Throws the first failure: one of the clean-up after it becomes
 * the last of its causes.
 */
export async function withCleanup<T>(
  work: () => Promise<T>,
  cleanup: () => Promise<unknown>,
): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    try {
      await cleanup();
    } catch (later) {
      addCause(error, later);
    }
    throw error;
  }
  await cleanup();
  return result;
}

function addCause(error: unknown, cause: unknown): void {
  const known = chainOf(error);
  const last = known.at(-1);
  if (last === undefined || chainOf(cause).some((one) => known.includes(one))) return;
  last.cause = cause;
}

/** The error and its causes. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let next = error; next instanceof Error && !chain.includes(next); next = next.cause) {
    chain.push(next);
  }
  return chain;
}
