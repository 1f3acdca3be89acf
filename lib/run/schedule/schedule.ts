import {
  type Cursor,
  type Cursors,
  readCursors,
  writeCursors,
} from '../../ledger/state/cursors.ts';
import { layout } from '../../ledger/store/layout.ts';
import { timerRunId } from '../../policy/keys/run-id.ts';
import { dueSlots } from '../../policy/slots/slots.ts';
import type { RunDeps } from '../deps.ts';
import { requestSweep } from '../first-backup/sweep.ts';
import { type Wake, wakeDrive } from '../request/wake-drive.ts';
import { readPolicy } from '../state/read-policy.ts';
import { readPolicyCursors } from './cursors.ts';
import { type Heartbeat, requestHeartbeat } from './heartbeat.ts';
import { noteMissed, requestSlot } from './request-slot.ts';
import { checkFreshness } from './staleness.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'ledger' | 'store'> & {
  wake: Wake;
  heartbeat?: Heartbeat | undefined;
};

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
  const known = memory.cursors ?? (await readCursors(deps.store));
  let cursors = await readPolicyCursors(deps, known, now);
  if (Object.values(cursors).some((cursor) => dueSlotsOf(cursor, now).length > 0)) {
    // Another instance may have handled these slots since this one read the cursors.
    const stored = await readCursors(deps.store);
    cursors = await readPolicyCursors(deps, { ...cursors, ...stored }, now);
  }
  const requested: string[] = [];
  for (const [policy, cursor] of Object.entries(cursors)) {
    const due = dueSlotsOf(cursor, now);
    const newest = due.at(-1);
    if (newest === undefined || cursor.schedule === undefined) continue;
    const isInTime = newest >= now - cursor.schedule.start_within;
    const missed = isInTime ? due.slice(0, -1) : due;
    if (missed.length > 0)
      await noteMissed(deps, policy, missed, isInTime ? 'superseded' : 'too_late');
    if (isInTime && (await requestSlot(deps, policy, newest))) {
      requested.push(timerRunId(policy, newest));
    }
    cursors[policy] = { ...cursor, handled_until: newest };
  }
  cursors = await checkFreshness(deps, cursors);
  if (JSON.stringify(cursors) !== JSON.stringify(known)) await writeCursors(deps.store, cursors);
  memory.cursors = cursors;
  memory.heartbeatSlot = await requestHeartbeat(deps, deps.heartbeat, memory.heartbeatSlot);
  memory.sweptSlot = await requestSweep(deps, cursors, memory.sweptSlot);
  return requested;
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
  const file = await readPolicy(deps, policy);
  if (file === undefined) {
    const message = `a timer names policy ${policy}, but ${layout.policy(policy)} does not exist`;
    deps.log.error('policy_not_found', { policy, message });
    return [];
  }
  const { parsed } = file;
  if (!parsed.ok) {
    deps.log.error('policy_invalid', { policy, message: parsed.errors[0]?.message });
    return [];
  }
  const { enabled, paused_until } = parsed.policy;
  const isPaused = paused_until !== undefined && Date.parse(paused_until) > deps.clock.now();
  if (!enabled || isPaused) {
    deps.log.info('timer_ignored', { policy, reason: enabled ? 'paused' : 'disabled' });
    return [];
  }
  const second = Math.floor(slot / 1000) * 1000;
  return (await requestSlot(deps, policy, second)) ? [timerRunId(policy, second)] : [];
}
