import { isBlocked, isRecent, nextCallAt, type Pace, recentCalls, WINDOW_MS } from './pace.ts';

const MINUTE = 60_000;
const MAX_CALLS = 1_200;
/**
 * A number of calls that was refused is tried again so long after. One that was refused once may have been refused for another
 * reason. The fewer calls a minute, the more a refused one costs.
 */
const TRY_AFTER_MS = { unconfirmed: MINUTE / 2, few: 4 * MINUTE, many: 2 * MINUTE };
const FEW_CALLS = 30;
/** Counts that differ by a tenth are about the same. */
const ABOUT = 0.1;
/** After the first refusal in a row that no limit explains; after the second twice as long. */
const PAUSE_MS = 1_000;
/** So many refusals in a row show a limit, or others who use it up: nothing is sent for a minute. */
const MANY_IN_ROW = 3;
/** So large a share of the calls of a minute is not refused by chance. */
const LARGE_SHARE = 1 / 4;

/**
 * Raises the calls a minute when those of a minute are used and accepted: doubles them up to the number that was refused, which
 * is tried again after some time. `used`: the share of them that counts as all, while none was ever refused.
 */
export function raise<P extends Pace>(pace: P, now: number, used = 1): P {
  const { calls_per_minute: rate, refused_rate: refused = Number.POSITIVE_INFINITY } = pace;
  const isConfirmed = (pace.refusals ?? 1) > 1;
  // The number that was refused is known: only the whole of it shows that more is accepted.
  const enough = pace.throttled_at === undefined ? rate * used : rate;
  if (recentCalls(pace, now).length < enough) return pace;
  // In a trial the step doubles, not the rate: few calls are on their way when one is refused.
  const least = isConfirmed ? 1 : Math.ceil(rate / 8);
  const step = Math.max(least, rate - (pace.tried_from ?? 0));
  const next = Math.min(rate + step, refused - 1);
  if (next > rate) return raiseBy(pace, next - rate, now);
  const tried = Math.max(pace.throttled_at ?? 0, pace.grown_at ?? 0);
  const pause = TRY_AFTER_MS[isConfirmed ? (rate < FEW_CALLS ? 'few' : 'many') : 'unconfirmed'];
  if (rate >= MAX_CALLS || now - tried < pause) return pace;
  return raiseBy({ ...pace, refused_rate: undefined, tried_from: rate }, least, now);
}

/** Raises the calls a minute by `step`. */
function raiseBy<P extends Pace>(pace: P, step: number, now: number): P {
  return {
    ...pace,
    calls_per_minute: Math.min(pace.calls_per_minute + step, MAX_CALLS),
    grown_at: now,
  };
}

/** Records that a call was not throttled. More accepted calls than before a refusal show that no limit was its reason. */
export function noteAdmitted<P extends Pace>(pace: P, now: number): P {
  const { unexplained, refused_in_row } = pace;
  if (unexplained === undefined && refused_in_row === undefined) return pace;
  const isOpen = unexplained !== undefined && acceptedCalls(pace, now) <= unexplained.calls;
  return { ...pace, refused_in_row: undefined, unexplained: isOpen ? unexplained : undefined };
}

/**
 * Records that a call was throttled (429). `named`: the calls a minute that the error names: the limit falls to it at once. Else a
 * refusal may have another reason than a limit: calls pause for seconds, then single ones show whether more are accepted.
 */
export function noteThrottled<P extends Pace>(throttled: P, now: number, named?: number): P {
  const refused = [...(throttled.refused ?? []).filter((at) => isRecent(at, now)), now];
  const inRow = (throttled.refused_in_row ?? 0) + 1;
  const before = { ...throttled, refused, refused_in_row: inRow };
  const calls = acceptedCalls(before, now);
  if (isBlocked(throttled, now))
    return withoutSent({ ...atMost(throttled, named), refused }, calls);
  const limit = limitShown(before, { calls, named }, now);
  const rows = inRow < MANY_IN_ROW ? 0 : 1;
  const known = refusalBefore(throttled, calls, now) ?? { calls, rows: 0 };
  const unexplained = { calls: Math.min(calls, known.calls), at: now, rows: known.rows + rows };
  const pace = { ...atMost(before, named), ...limit, unexplained };
  const pause = rows > 0 ? WINDOW_MS : inRow * PAUSE_MS;
  if (limit === undefined || rows > 0) return { ...pace, blocked_until: now + pause };
  return { ...pace, unexplained: undefined, blocked_until: nextCallAt(pace, now) };
}

type Refusal = { calls: number; named: number | undefined };

/**
 * Returns the limit that a refusal after `calls` accepted ones of a minute shows, if any: the number that it names, when that is
 * used; the one that is known, when more was tried; the calls before it, when it is the second one there while the rate grows.
 * When it is one of many, the limit falls to the calls before it, the first time by half at most.
 */
function limitShown(pace: Pace, { calls, named }: Refusal, now: number): Partial<Pace> | undefined {
  const { calls_per_minute: rate, refused_rate, tried_from, refusals = 1 } = pace;
  if (named !== undefined && calls >= named)
    return limitOf(Math.min(rate, named), now, refusals + 1);
  const before = refusalBefore(pace, calls, now);
  const isTrial = tried_from !== undefined && isAbout(calls, tried_from);
  if (isTrial && (refusals > 1 || before !== undefined))
    return limitOf(tried_from, now, refusals + 1);
  if (calls === 0) return undefined;
  const isGrowing = refused_rate === undefined && calls >= provenCalls(pace);
  if (isGrowing && before !== undefined) return limitOf(Math.min(calls, before.calls), now);
  return isOneOfMany(pace, now) ? limitOf(fallTo(rate, calls, before), now) : undefined;
}

/** Returns the calls a minute after one of many refusals. */
function fallTo(rate: number, calls: number, before: Pace['unexplained']): number {
  const hasRowBefore = before !== undefined && before.rows > 0;
  return Math.max(hasRowBefore ? 1 : Math.ceil(rate / 2), Math.min(calls, rate));
}

const limitOf = (calls: number, now: number, refusals = 1): Partial<Pace> => ({
  calls_per_minute: calls,
  refused_rate: calls + 1,
  refusals,
  tried_from: undefined,
  throttled_at: now,
});

/** Returns the pace with at most as many calls a minute as an error names. */
function atMost<P extends Pace>(pace: P, named: number | undefined): P {
  if (named === undefined || pace.calls_per_minute < named) return pace;
  const known = { refused_rate: named + 1, refusals: 2, tried_from: undefined };
  return { ...pace, ...known, calls_per_minute: named };
}

/** Returns the pace without a call that was on its way when the first was refused. */
function withoutSent<P extends Pace>(pace: P, calls: number): P {
  const { unexplained } = pace;
  if (unexplained === undefined || unexplained.calls <= calls) return pace;
  return { ...pace, unexplained: { ...unexplained, calls } };
}

/** Returns the calls of the last minute that were accepted or are on their way. */
function acceptedCalls(pace: Pace, now: number): number {
  const refused = (pace.refused ?? []).filter((at) => isRecent(at, now));
  return recentCalls(pace, now).length - refused.length;
}

/** Returns how many calls a minute were accepted while the rate grew, at least: it doubles, or its step does. */
function provenCalls({ calls_per_minute: rate, tried_from }: Pace): number {
  return tried_from === undefined ? rate / 4 : ((rate + tried_from) / 2) * (1 - ABOUT);
}

/** Returns the refusal before, if it came after no more calls than this one. */
function refusalBefore({ unexplained }: Pace, calls: number, now: number): Pace['unexplained'] {
  if (unexplained === undefined || now - unexplained.at > 2 * WINDOW_MS) return undefined;
  return calls >= unexplained.calls * (1 - ABOUT) ? unexplained : undefined;
}

/** Whether so many calls are refused, in a row or of those since the limit was learned, that it is not by chance. */
function isOneOfMany(pace: Pace, now: number): boolean {
  const { refused = [], refused_in_row = 0, throttled_at = 0 } = pace;
  if (refused_in_row >= MANY_IN_ROW) return true;
  const since = refused.filter((at) => at > throttled_at).length;
  return since >= MANY_IN_ROW && since >= LARGE_SHARE * recentCalls(pace, now).length;
}

function isAbout(calls: number, limit: number): boolean {
  return Math.abs(calls - limit) <= Math.max(1, limit * ABOUT);
}
