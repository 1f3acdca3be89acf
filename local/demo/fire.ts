import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { FunctionProcess } from './function-process.ts';
import type { Outcome } from './instance.ts';
import type { Report, RunFolder } from './run-folder.ts';
import { timerEvent } from './timer-event.ts';

const requestedSchema = z.object({ requested: z.array(z.string()).min(1) });

// A minute in the cloud.
const TICK_MS = 1_000;
const GIVE_UP_MS = 150_000;
const FAILURES_IN_A_ROW = 3;

/** Fires the timer that is the policy's schedule; the id of the run that was asked for. */
export async function fireSchedule(schedule: FunctionProcess, policy: string): Promise<string> {
  const outcome = await schedule.invoke(timerEvent(Date.now(), policy, policy));
  const answer = requestedSchema.safeParse(resultOf(schedule, outcome));
  const runId = answer.data?.requested[0];
  if (runId === undefined) throw new Error(`schedule asked for no run of ${policy}`);
  return runId;
}

/** Fires the drive's timer, tick after tick, until the run is settled and told. Throws when that takes too long. */
export async function fireDrive(drive: FunctionProcess, run: RunFolder): Promise<Report> {
  const giveUp = Date.now() + GIVE_UP_MS;
  let failures = 0;
  while (Date.now() < giveUp) {
    const outcome = await drive.invoke(timerEvent(Date.now(), 'every-minute', ''));
    failures = outcome.ok ? 0 : failures + 1;
    if (failures >= FAILURES_IN_A_ROW) resultOf(drive, outcome);
    const report = await run.settled();
    if (report !== undefined) return report;
    await sleep(TICK_MS);
  }
  throw new Error(`the run was not settled within ${GIVE_UP_MS / 1_000} s`);
}

function resultOf(from: FunctionProcess, outcome: Outcome): unknown {
  if (outcome.ok) return outcome.result;
  throw new Error(`${from.name} failed: ${outcome.errorType}: ${outcome.errorMessage}`);
}
