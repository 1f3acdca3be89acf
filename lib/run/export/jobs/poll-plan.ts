import { type PolledAttempt, pollCalls } from './poll-calls.ts';

/** No job is asked for more often. */
export const MIN_POLL_MS = 3_000;
/** Before this share of the average time few exports end; from then on about as many in each moment. */
const EARLY = 0.3;
/** What a call that lists jobs should bring: so many ended ones, fewer where few run. */
const MAX_ENDS = 14;
const SHARE_OF_RUNNING = 1 / 8;
const MIN_ENDS = 0.5;
/** No job waits longer for a look, as a share of the average time. */
const LONGEST = { share: 0.15, max: 5 * 60_000 };
/** So many times as long is late. */
const LATE = 3;
/** Without an average: as a share of the age of the youngest job. */
const BY_AGE = { share: 0.2, max: 30_000 };

/** `calls`: the request ids of each call. `nextAt`: when some are due again (epoch ms). */
export type PollPlan = { calls: string[][]; nextAt: number };

type Known = { now: number; exportMs: number | undefined };

/**
 * Returns which export calls are asked for now, by how many of their jobs are likely to have ended since the last look. Those
 * that were not asked for in a long time come first, then those of which most have ended. `exportMs` is the average time of an
 * export. Pure.
 */
export function planPolls(polled: ReadonlyMap<string, PolledAttempt[]>, known: Known): PollPlan {
  const { now } = known;
  const outlook = outlookOf(polled, known);
  const likely = new Map<string, Request>();
  for (const [id, attempts] of polled) likely.set(id, requestOf(id, attempts, outlook));
  const worthOf = (id: string): number =>
    likely.get(id)?.isLate === true ? Number.POSITIVE_INFINITY : endsOf(likely, id);
  const byEnds = [...polled].sort(([a], [b]) => compare(worthOf(b), worthOf(a)));
  const due = new Map(byEnds.filter(([id]) => (likely.get(id)?.ends ?? 0) > 0));
  const calls = pollCalls(due, now).filter((ids) => {
    const ends = ids.reduce((sum, id) => sum + endsOf(likely, id), 0);
    return ends >= outlook.wanted || ids.some((id) => likely.get(id)?.isOverdue === true);
  });
  const asked = new Set(calls.flat());
  let [left, rate, lookAt] = [
    0,
    0,
    likely.size > 0 ? Number.POSITIVE_INFINITY : now + outlook.longest,
  ];
  for (const [id, { ends, perMs, dueAt, longest }] of likely) {
    if (!asked.has(id)) left += ends;
    rate += perMs;
    lookAt = Math.min(lookAt, asked.has(id) ? now + longest : dueAt);
  }
  const enoughAt = rate > 0 ? now + Math.max(0, outlook.wanted - left) / rate : lookAt;
  return { calls, nextAt: Math.max(now + MIN_POLL_MS, Math.ceil(Math.min(enoughAt, lookAt))) };
}

const compare = (a: number, b: number): number => (a === b ? 0 : a - b);

const endsOf = (likely: ReadonlyMap<string, Request>, id: string): number =>
  likely.get(id)?.ends ?? 0;

/** Commands, restarts and resets take seconds or minutes, however long exports take; a command is given up after its timeout. */
const isQuick = ({ call }: PolledAttempt['attempt']): boolean =>
  call === 'command' || call === 'restart' || call === 'reset';

/** Returns how often a job of this age (ms) is asked for when nothing is known of how long it takes. */
function quick(age: number): Pick<Outlook, 'early' | 'hazard' | 'longest'> {
  const longest = Math.max(MIN_POLL_MS, Math.min(age * BY_AGE.share, BY_AGE.max));
  return { early: 0, hazard: 1 / longest, longest };
}

/** `longest`: how long no job is asked for, in ms. `wanted`: how many jobs a call should find ended. */
type Outlook = { now: number; early: number; hazard: number; longest: number; wanted: number };

function outlookOf(
  polled: ReadonlyMap<string, PolledAttempt[]>,
  { now, exportMs }: Known,
): Outlook {
  let [running, youngest] = [0, 0];
  for (const attempts of polled.values()) {
    running += attempts.length;
    for (const { attempt } of attempts) {
      youngest = Math.max(youngest, attempt.accepted[0]?.at ?? 0);
    }
  }
  if (exportMs === undefined) return { now, ...quick(now - youngest), wanted: MIN_ENDS };
  const mean = exportMs;
  const longest = Math.min(Math.max(MIN_POLL_MS, mean * LONGEST.share), LONGEST.max);
  const wanted = Math.min(Math.max(MIN_ENDS, running * SHARE_OF_RUNNING), MAX_ENDS);
  return { now, early: EARLY * mean, hazard: 1 / ((1 - EARLY) * mean), longest, wanted };
}

/**
 * `ends`: how many of its jobs have ended since the last look, likely. `perMs`: how many more do in a millisecond. `longest`: how long it
 * is not asked for, in ms. `isLate`: it was not asked for in several times as long.
 */
type Request = {
  ends: number;
  perMs: number;
  isOverdue: boolean;
  isLate: boolean;
  dueAt: number;
  longest: number;
};

function requestOf(id: string, attempts: readonly PolledAttempt[], outlook: Outlook): Request {
  const { now } = outlook;
  const seenAt = Math.max(...attempts.map(({ run }) => run.retryAt.jobsSeenAt.get(id) ?? 0));
  let [ends, perMs, isOverdue] = [0, 0, false];
  let dueAt = Number.POSITIVE_INFINITY;
  let leastLongest = outlook.longest;
  for (const { attempt, overdue } of attempts) {
    const acceptedAt = attempt.accepted[0]?.at ?? attempt.intentAt;
    const { early, hazard, longest } = isQuick(attempt) ? quick(now - acceptedAt) : outlook;
    leastLongest = Math.min(leastLongest, longest);
    const seen = Math.max(seenAt, acceptedAt);
    const from = Math.max(seen, acceptedAt + early);
    if (now > from) {
      ends += 1 - Math.exp(-hazard * (now - from));
      perMs += hazard;
    }
    const at = overdue === undefined ? from + longest : seen + MIN_POLL_MS;
    dueAt = Math.min(dueAt, at);
    isOverdue ||= now >= at;
  }
  const least = isOverdue ? Math.max(ends, Number.MIN_VALUE) : ends;
  const isLate = now - dueAt >= LATE * leastLongest;
  return { ends: least, perMs, isOverdue, isLate, dueAt, longest: leastLongest };
}
