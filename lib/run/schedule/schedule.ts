import {
  type Cursor,
  type Cursors,
  readCursors,
  readCursorsStrictly,
  writeCursors,
} from '../../ledger/state/cursors.ts';
import { layout } from '../../ledger/store/layout.ts';
import { isUnreadable, throwIfListed } from '../../ledger/store/object-error.ts';
import { timerRunId } from '../../policy/keys/run-id.ts';
import { dueSlots } from '../../policy/slots/slots.ts';
import type { RunDeps } from '../deps.ts';
import { requestSweep } from '../first-backup/sweep.ts';
import { type Wake, wakeDrive } from '../request/wake-drive.ts';
import { contain } from '../state/failures/contain-failure.ts';
import { readPolicy } from '../state/read-policy.ts';
import { readPolicyCursors } from './cursors.ts';
import { type Heartbeat, requestHeartbeat } from './heartbeat.ts';
import { handleDrill } from './drills.ts';
import { noteMissed, requestSlot } from './request-slot.ts';
import { checkFreshness } from './freshness.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'ledger' | 'store'> & {
  wake: Wake;
  heartbeat?: Heartbeat | undefined;
};

/** How far back slots are requested again when it is unknown which were. Asking twice for a run is asking once. */
const LOOK_BACK_MS = 2 * 60_000;
const CLOCKS_DIFFER_MS = 10 * 60_000;

export type ScheduleResult = {
  /** Ids of the requested runs. */
  requested: string[];
  /** Number of events that are not a timer's, by reason. */
  ignored?: Record<string, number>;
};

/** A timer's event. `time` is in epoch ms; `unreadable` is the text of a time in an unknown format. */
type Tick = {
  time: number | undefined;
  policy: string | undefined;
  unreadable?: string | undefined;
};

/** What a warm instance keeps between invocations, so that an idle minute costs a LIST and no GET. */
export type ScheduleMemory = {
  cursors?: Cursors;
  sweptSlot?: number | undefined;
  heartbeatSlot?: number | undefined;
};

/**
 * Requests the runs that are due and wakes drive for them. With a policy the timer is that policy's schedule and `time` the
 * slot, the current minute by default. Without one the cron of every policy counts.
 */
export async function schedule(
  deps: Deps,
  tick: Tick,
  memory: ScheduleMemory,
): Promise<ScheduleResult> {
  if (tick.unreadable !== undefined) {
    deps.log.warn('timer_time_invalid', { found: tick.unreadable });
  }
  const requested =
    tick.policy === undefined
      ? await scheduleDue(deps, memory)
      : await scheduleNamed(deps, tick.policy, tick.time ?? minuteOf(deps.clock.now()));
  if (requested.length > 0) await wakeDrive(deps, deps.wake);
  return { requested };
}

/** Returns the start of the minute, in which copies of an event without a time mostly arrive. */
function minuteOf(now: number): number {
  return Math.floor(now / 60_000) * 60_000;
}

/**
 * Requests the runs of all policies whose slots are due since the last event of the minute timer. Returns their ids. Safe to
 * repeat.
 */
async function scheduleDue(deps: Deps, memory: ScheduleMemory): Promise<string[]> {
  const now = deps.clock.now();
  const stored = memory.cursors ?? (await readKnown(deps));
  const known = stored ?? {};
  const from = stored === undefined ? now - LOOK_BACK_MS : now;
  let cursors = await readPolicyCursors(deps, known, from, { lost: stored === undefined });
  if (Object.values(cursors).some((cursor) => dueSlotsOf(cursor, now).length > 0)) {
    // Another instance may have handled these slots since this one read the cursors.
    const latest = await readCursors(deps.store);
    cursors = await readPolicyCursors(deps, { ...cursors, ...latest }, from);
  }
  const requested: string[] = [];
  for (const [policy, cursor] of Object.entries(cursors)) {
    await contain(deps, { event: 'slot_delayed', policy }, async () => {
      const { handled_until, runId } = await handleDue(deps, policy, cursor);
      cursors[policy] = { ...cursor, handled_until };
      if (runId !== undefined) requested.push(runId);
    });
    await contain(deps, { event: 'drill_delayed', policy }, async () => {
      const { drill, runId } = await handleDrill(deps, policy, cursor);
      if (drill !== undefined) cursors[policy] = { ...(cursors[policy] ?? cursor), drill };
      if (runId !== undefined) requested.push(runId);
    });
  }
  cursors = await checkFreshness(deps, cursors);
  if (JSON.stringify(cursors) !== JSON.stringify(known)) {
    await contain(deps, { event: 'cursors_not_written' }, () => writeCursors(deps.store, cursors));
  }
  memory.cursors = cursors;
  memory.heartbeatSlot = await requestHeartbeat(deps, deps.heartbeat, memory.heartbeatSlot);
  await contain(deps, { event: 'sweep_delayed' }, async () => {
    memory.sweptSlot = await requestSweep(deps, cursors, memory.sweptSlot);
  });
  return requested;
}

/** Returns the stored cursors; undefined when they cannot be read. Then the slots of the last minutes are requested again. */
async function readKnown(deps: Deps): Promise<Cursors | undefined> {
  let known: Cursors | undefined;
  const failure = await contain(deps, { event: 'cursors_unreadable' }, async () => {
    const stored =
      (await readCursorsStrictly(deps.store)) ?? (await throwIfListed(deps.store, layout.cursors));
    known = stored?.policies ?? {};
  });
  const isOfCursors = isUnreadable(failure) || failure?.code === 'throttled';
  if (failure !== undefined && !isOfCursors) throw failure;
  return known;
}

/** Handles the slots of a policy that are due: requests the run of the newest, if it is in time, and reports the others as missed. */
async function handleDue(
  deps: Deps,
  policy: string,
  cursor: Cursor,
): Promise<{ handled_until: number; runId?: string }> {
  const now = deps.clock.now();
  const due = dueSlotsOf(cursor, now);
  const newest = due.at(-1);
  const { schedule: rule, handled_until } = cursor;
  if (newest === undefined || rule === undefined) return { handled_until };
  const isInTime = newest >= now - rule.start_within;
  const missed = isInTime ? due.slice(0, -1) : due;
  if (missed.length > 0)
    await noteMissed(deps, policy, missed, isInTime ? 'superseded' : 'too_late');
  const isRequested = isInTime && (await requestSlot(deps, policy, newest));
  return { handled_until: newest, ...(isRequested ? { runId: timerRunId(policy, newest) } : {}) };
}

function dueSlotsOf(cursor: Cursor, now: number): number[] {
  const { active, schedule: rule, handled_until, paused_until = 0 } = cursor;
  if (!active || rule === undefined || paused_until > now) return [];
  // An instance whose clock was ahead has moved the cursor past slots that are not due yet.
  const isAhead = handled_until > now + CLOCKS_DIFFER_MS;
  const from = isAhead ? now - rule.start_within : handled_until;
  return dueSlots(rule, Math.max(from, paused_until), now);
}

/** Requests the run of one policy's timer: the time of the event is the slot, whatever the policy's cron says. */
async function scheduleNamed(deps: Deps, policy: string, slot: number): Promise<string[]> {
  const second = Math.floor(slot / 1000) * 1000;
  const request = async (): Promise<string[]> =>
    (await requestSlot(deps, policy, second)) ? [timerRunId(policy, second)] : [];
  const file = await readPolicy(deps, policy).catch((error: unknown) => {
    if (!isUnreadable(error)) throw error;
    return error;
  });
  if (isUnreadable(file)) {
    // Its run waits until the file can be read.
    deps.log.warn('policy_delayed', { policy, code: file.code, message: file.message });
    return request();
  }
  if (file === undefined) {
    const message = `a timer names policy ${policy}, but ${layout.policy(policy)} does not exist`;
    deps.log.error('policy_not_found', { policy, message });
    return [];
  }
  const { parsed } = file;
  if (!parsed.ok) {
    deps.log.error('policy_invalid', { policy, message: parsed.errors[0]?.message });
    await noteMissed(deps, policy, [second], 'policy_invalid');
    return [];
  }
  const { enabled, paused_until } = parsed.policy;
  const isPaused = paused_until !== undefined && Date.parse(paused_until) > deps.clock.now();
  if (!enabled || isPaused) {
    deps.log.info('timer_ignored', { policy, reason: enabled ? 'paused' : 'disabled' });
    return [];
  }
  return request();
}
