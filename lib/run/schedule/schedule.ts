import {
  type Cursor,
  type Cursors,
  readCursors,
  writeCursors,
} from '../../ledger/state/cursors.ts';
import { missedId } from '../../ledger/hints/hints.ts';
import { layout } from '../../ledger/store/layout.ts';
import { listOpen, putRequest, REQUEST_VERSION } from '../../ledger/run/request.ts';
import { readSkipped } from '../../ledger/state/skipped-slots.ts';
import { exists } from '../../ledger/store/store.ts';
import { parsePolicy } from '../../policy/parse/parse.ts';
import { timerRunId } from '../../policy/keys/run-id.ts';
import { dueSlots } from '../../policy/slots/slots.ts';
import { stamp } from '../../policy/keys/stamp.ts';
import type { RunDeps } from '../deps.ts';
import { requestHeartbeat, type Heartbeat } from './heartbeat.ts';
import { type Wake, wakeDrive } from '../request/wake-drive.ts';
import { noteMissed } from './note-missed.ts';
import { readPolicyCursors } from './cursors.ts';
import { requestSweep } from '../first-backup/schedule-sweep.ts';
import { checkFreshness } from './staleness.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'ledger' | 'store'>;

const CLOCKS_DIFFER_MS = 10 * 60_000;

export type ScheduleResult = {
  /** Ids of the runs that were asked for. */
  requested: string[];
  /** Events that are none for a schedule, by reason. */
  ignored?: Record<string, number>;
};

/** What a timer tells. `unreadable`: its time, where it could not be read. */
type Tick = {
  time: number | undefined;
  policy: string | undefined;
  unreadable?: string | undefined;
};

/**
 * One tick of a timer. With a policy the timer is that policy's schedule and `time` (epoch ms) its slot; without one
 * every policy's cron is asked; a named timer that tells no time has the minute for its slot. What was asked for is kicked, so that it need not wait for drive's next minute; a
 * kick that fails only costs that minute.
 */
export async function schedule(
  deps: Deps & { wake: Wake; heartbeat?: Heartbeat | undefined },
  tick: Tick,
  memory: ScheduleMemory,
): Promise<ScheduleResult> {
  if (tick.unreadable !== undefined) deps.log.warn('time_unreadable', { found: tick.unreadable });
  const requested =
    tick.policy === undefined
      ? await scheduleDue(deps, memory, deps.heartbeat)
      : await scheduleNamed(deps, tick.policy, tick.time ?? minuteOf(deps.clock.now()));
  if (requested.length > 0) await wakeDrive(deps, deps.wake);
  return { requested };
}

/** Copies of an event that tells no time come within a minute, mostly. */
function minuteOf(now: number): number {
  return Math.floor(now / 60_000) * 60_000;
}

/** What a warm instance keeps between two minutes, so that an idle one costs a LIST and no GET. */
export type ScheduleMemory = {
  cursors?: Cursors;
  sweptSlot?: number | undefined;
  heartbeatSlot?: number | undefined;
};

/**
 * The plain minute timer: asks for the runs of all slots that fell due since the last look, for every policy in the
 * bucket. Answers the run ids asked for. Harmless when repeated.
 */
async function scheduleDue(
  deps: Deps,
  memory: ScheduleMemory,
  heartbeat: Heartbeat | undefined,
): Promise<string[]> {
  const now = deps.clock.now();
  const known = memory.cursors ?? (await readCursors(deps.store));
  let cursors = await readPolicyCursors(deps, known, now);
  if (Object.values(cursors).some((cursor) => dueOf(cursor, now).length > 0)) {
    // Another instance may have seen to these slots since this one last looked.
    cursors = await readPolicyCursors(
      deps,
      { ...cursors, ...(await readCursors(deps.store)) },
      now,
    );
  }
  const asked: string[] = [];
  for (const [policy, cursor] of Object.entries(cursors)) {
    const due = dueOf(cursor, now);
    const newest = due.at(-1);
    if (newest === undefined || cursor.rule === undefined) continue;
    const runs = newest >= now - cursor.rule.start_within;
    const missed = runs ? due.slice(0, -1) : due;
    if (missed.length > 0) await noteMissed(deps, policy, missed, runs ? 'superseded' : 'too_late');
    if (runs && (await askForSlot(deps, policy, newest))) asked.push(timerRunId(policy, newest));
    cursors[policy] = { ...cursor, since: newest };
  }
  cursors = await checkFreshness(deps, cursors);
  if (JSON.stringify(cursors) !== JSON.stringify(known)) await writeCursors(deps.store, cursors);
  memory.cursors = cursors;
  memory.heartbeatSlot = await requestHeartbeat(deps, heartbeat, memory.heartbeatSlot);
  memory.sweptSlot = await requestSweep(deps, cursors, memory.sweptSlot);
  return asked;
}

function dueOf({ active, rule, since, paused_until = 0 }: Cursor, now: number): number[] {
  if (!active || rule === undefined || paused_until > now) return [];
  // A clock that was far ahead has moved the cursor past slots that are still to come.
  const from = since > now + CLOCKS_DIFFER_MS ? now - rule.start_within : since;
  return dueSlots(rule, Math.max(from, paused_until), now);
}

/** A timer that names a policy is its schedule: the slot is the event's time, the policy's cron is not asked. */
async function scheduleNamed(deps: Deps, policy: string, slot: number): Promise<string[]> {
  const key = layout.policy(policy);
  const object = await deps.store.get(key);
  if (object === undefined) {
    deps.log.error('policy_gone', {
      policy,
      message: `a timer names ${policy}, but there is no ${key}`,
    });
    return [];
  }
  const parsed = parsePolicy(object.body, { fileName: `${policy}.yaml`, ledger: deps.ledger });
  if (!parsed.ok) {
    deps.log.error('policy_invalid', { policy, message: parsed.errors[0]?.message });
    return [];
  }
  const paused = parsed.policy.paused_until;
  if (!parsed.policy.enabled || (paused !== undefined && Date.parse(paused) > deps.clock.now())) {
    deps.log.info('not_scheduled', {
      policy,
      reason: parsed.policy.enabled ? 'paused' : 'disabled',
    });
    return [];
  }
  const second = Math.floor(slot / 1000) * 1000;
  return (await askForSlot(deps, policy, second)) ? [timerRunId(policy, second)] : [];
}

/**
 * Asks for one slot's run; false when it is skipped because the policy's last timer run is still going, and when it was
 * before: what was told as missed does not run, however often the event comes.
 */
async function askForSlot(deps: Deps, policy: string, slot: number): Promise<boolean> {
  const run_id = timerRunId(policy, slot);
  if (await exists(deps.store, layout.report(run_id))) return false;
  const inbox = await listOpen(deps.store);
  // In this order: drive notes what it has told before it removes the hint.
  if (inbox.hints.includes(missedId({ policy, last: stamp(slot) }))) return false;
  if ((await readSkipped(deps.store, policy)).has(stamp(slot))) return false;
  const others = inbox.requests
    .map(({ runId }) => runId)
    .filter((runId) => runId !== run_id && isTimerRunOf(policy, runId));
  for (const other of others) {
    if (await exists(deps.store, layout.report(other))) continue;
    if (await exists(deps.store, layout.quarantined(other))) continue;
    await noteMissed(deps, policy, [slot], 'overlap');
    return false;
  }
  const request = {
    version: REQUEST_VERSION,
    run_id,
    policy,
    trigger: 'timer',
    slot: stamp(slot),
  } as const;
  await putRequest(deps.store, request);
  deps.log.info('requested', { run: run_id, policy, trigger: 'timer' });
  return true;
}

function isTimerRunOf(policy: string, runId: string): boolean {
  return runId.startsWith(`${policy}-`) && /^\d{8}t\d{6}z$/.test(runId.slice(policy.length + 1));
}
