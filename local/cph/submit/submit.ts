import { hexId, shuffled } from '../../simulation/random.ts';
import { CphError, messageOf } from '../protocol/errors.ts';
import { isId } from '../protocol/format.ts';
import { type Phone, PHONE } from '../world/fleet.ts';
import type { Job } from '../world/jobs.ts';
import { changePower, powerError, type PowerKind } from '../world/power.ts';
import type { World } from '../world/world.ts';
import { commandWork, parseCommand, runNow } from './commands.ts';
import { exportWork } from './export.ts';
import { parsePowerRequest } from './power-request.ts';
import { restoreWork } from './restore.ts';
import { parseRestoreRequest, parseStorageRequest } from './storage-request.ts';

/** An entry of `jobs` in the response: an accepted or a refused phone. */
type PhoneJob =
  | { phone_id: string; job_id: string }
  | { phone_id: string; error_code: string; error_msg: string };

export type Submission = { request_id: string; jobs?: PhoneJob[] };

type Batch<T> = {
  operation: string;
  items: T[];
  /** Returns the error code if the phone cannot take the job now. */
  errorOf(phone: Phone): string | undefined;
  /** Starts the job; undefined if the phone cannot take it any more. */
  start(phone: Phone, item: T): Job | undefined;
};

/** POST batch-storage. Throws a CphError for the whole call. */
export function submitExports(world: World, body: unknown, requestId: string): Submission {
  const items = parseStorageRequest(body, world.limits, world.switches);
  checkDelegation(world);
  return submit(world, requestId, {
    operation: 'batch-storage',
    items,
    errorOf: (phone) => dataError(world, phone),
    start: (phone, item) =>
      world.jobs.submit('export', phone, requestId, exportWork(world, phone, item)),
  });
}

/** POST batch-restore. Throws a CphError for the whole call. */
export function submitRestores(world: World, body: unknown, requestId: string): Submission {
  const items = parseRestoreRequest(body, world.limits);
  checkDelegation(world);
  return submit(world, requestId, {
    operation: 'batch-restore',
    items,
    errorOf: (phone) => dataError(world, phone),
    start: (phone, item) =>
      world.jobs.submit('restore', phone, requestId, restoreWork(world, phone, item)),
  });
}

/** POST batch-restart, batch-reset, batch-stop. Throws a CphError for the whole call. */
export function submitPower(
  world: World,
  kind: PowerKind,
  body: unknown,
  requestId: string,
): Submission {
  return submit(world, requestId, {
    operation: `batch-${kind}`,
    items: parsePowerRequest(kind, body, world.limits),
    errorOf: (phone) => powerError(kind, phone),
    // A phone that is listed twice has changed its status before the second item.
    start: (phone) =>
      powerError(kind, phone) === undefined
        ? changePower(world, kind, phone, requestId)
        : undefined,
  });
}

/** POST commands: runs a command on phones, as jobs (cph_api_0532). Throws a CphError for the whole call. */
export function submitCommands(world: World, body: unknown, requestId: string): Submission {
  const { content, items } = parseCommand(world, body, 'async');
  return submit(world, requestId, {
    operation: 'commands',
    items,
    errorOf: (phone) => statusError(phone.status, false),
    start: (phone) =>
      world.jobs.submit('command', phone, requestId, commandWork(world, phone, content)),
  });
}

/** POST sync-commands: runs a command on up to 15 phones, and returns what it printed (cph_api_0537). Throws CphError. */
export function runCommands(world: World, body: unknown): { jobs: Record<string, unknown>[] } {
  const { content, items } = parseCommand(world, body, 'sync');
  const errorOf = (phone: Phone): string | undefined => statusError(phone.status, false);
  const jobs = items.map((item) => {
    const phone = checkPhone(world, { operation: 'sync-commands', errorOf }, item);
    return runNow(world, phone, { ...item, content, jobId: hexId(world.random) });
  });
  return { jobs: shuffled(world.random, jobs) };
}

function checkDelegation({ switches }: World): void {
  if (switches.delegation === 'refuses_call') throw new CphError('CPS.0346');
}

function submit<T extends { phone_id: string }>(
  world: World,
  requestId: string,
  batch: Batch<T>,
): Submission {
  const { switches, random } = world;
  if (switches.jobsResponse === 'missing') return { request_id: requestId };
  if (switches.jobsResponse === 'empty') return { request_id: requestId, jobs: [] };
  world.jobs.openRequest(requestId);
  // All items are checked before any starts: a phone that is listed twice gets two jobs.
  const checked = batch.items.map((item) => ({ item, phone: checkPhone(world, batch, item) }));
  const jobs = checked.map(({ item, phone }): PhoneJob => {
    const { phone_id } = item;
    const job = typeof phone === 'string' ? undefined : batch.start(phone, item);
    if (job !== undefined) {
      hideVanishingJob(world, batch.operation, job);
      return { phone_id, job_id: job.id };
    }
    const error_code = typeof phone === 'string' ? phone : 'CPS.0165';
    return { phone_id, error_code, error_msg: messageOf(error_code) };
  });
  return { request_id: requestId, jobs: shuffled(random, jobs) };
}

/** Applies the fault `job_vanishes`: the job runs, but the job calls never return it. */
function hideVanishingJob({ faults }: World, operation: string, job: Job): void {
  if (faults.forPhone('job_vanishes', job.phoneId, operation)) job.visibleAt = Infinity;
}

/** Returns the phone of an item, or its error code. */
function checkPhone<T extends { phone_id: string }>(
  { faults, fleet }: World,
  { operation, errorOf }: Pick<Batch<T>, 'operation' | 'errorOf'>,
  { phone_id }: T,
): Phone | string {
  const fault = faults.forPhone('item_error', phone_id, operation);
  if (fault !== undefined) return fault.code ?? 'CPS.0003';
  if (!isId(phone_id)) return 'CPS.0004';
  const phone = fleet.phones.get(phone_id);
  if (phone === undefined) return 'CPS.0005';
  return errorOf(phone) ?? phone;
}

function dataError({ switches, jobs }: World, phone: Phone): string | undefined {
  const error = statusError(phone.status, switches.stoppedPhones === 'allow');
  if (error !== undefined) return error;
  const others = jobs.activeOf(phone.id).filter(({ kind }) => kind !== 'command');
  const isBusy = switches.busyPhones === 'refuse' && others.length > 0;
  return isBusy ? 'CPS.0042' : undefined;
}

function statusError(status: number, isStoppedAllowed: boolean): string | undefined {
  switch (status) {
    case PHONE.running:
      return undefined;
    case PHONE.stopped:
      return isStoppedAllowed ? undefined : 'CPS.0141';
    case PHONE.frozen:
      return 'CPS.0053';
    case PHONE.resetting:
    case PHONE.restarting:
    case PHONE.stopping:
      return 'CPS.0165';
    default:
      return 'CPS.0022';
  }
}
