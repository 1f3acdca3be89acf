import { type ErrorCode, ServiceError } from '../../errors.ts';

/** A rate limit as a service's error text gives it. It may be wrong. */
export type RateLimit = { limit: number; windowMs: number };

type Facts = ConstructorParameters<typeof ServiceError>[2];

/** The service is not available now; it may ask for a wait. */
export class BusyError extends ServiceError {
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, facts: Facts, retryAfterMs: number | undefined) {
    super(code, message, facts, { retryable: true });
    this.name = 'BusyError';
    this.retryAfterMs = retryAfterMs;
  }
}

/** The service refused the call because of its rate. */
export class ThrottledError extends BusyError {
  readonly limit: RateLimit | undefined;

  constructor(
    message: string,
    facts: Facts,
    hints: { limit?: RateLimit | undefined; retryAfterMs?: number | undefined } = {},
  ) {
    super('throttled', message, facts, hints.retryAfterMs);
    this.name = 'ThrottledError';
    this.limit = hints.limit;
  }
}

const MINUTE = 60_000;
/** A limit of a longer time, such as a quota of a day, says nothing about a minute. */
const MAX_WINDOW_MS = 10 * MINUTE;

/** Returns how many calls a minute the service allows, as the error names them; undefined when it does not. */
export function callsAMinute(error: unknown): number | undefined {
  const named = error instanceof ThrottledError ? error.limit : undefined;
  if (named === undefined || named.windowMs > MAX_WINDOW_MS) return undefined;
  return Math.max(1, Math.floor((named.limit * MINUTE) / named.windowMs));
}

const UNIT_MS: Record<string, number> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** Reads `limit:6,time:1 minute` in the text of a throttle error (APIGW.0308). */
export function rateLimitOf(text: string): RateLimit | undefined {
  const match = /limit:\s*(\d{1,9})\s*,\s*time:\s*(\d{1,6})\s*(second|minute|hour|day)/i.exec(text);
  const unit = UNIT_MS[match?.[3]?.toLowerCase() ?? ''];
  if (!match || unit === undefined) return undefined;
  const limit = Number(match[1]);
  const windowMs = Number(match[2]) * unit;
  return limit > 0 && windowMs > 0 ? { limit, windowMs } : undefined;
}

/** Returns the wait that a Retry-After header asks for, in ms. */
export function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
