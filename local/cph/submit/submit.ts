import { shuffled } from '../../simulation/random.ts';
import { exportWork } from './export.ts';
import { messageOf, Refusal } from '../protocol/errors.ts';
import { isId } from '../protocol/format.ts';
import { type Phone, PHONE } from '../world/fleet.ts';
import { changePower, type PowerKind, powerRefusal } from '../world/power.ts';
import { parsePowerRequest } from './power-request.ts';
import { restoreWork } from './restore.ts';
import { parseRestoreRequest, parseStorageRequest, type RestoreInfo } from './storage-request.ts';
import type { World } from '../world/world.ts';

/** An entry of the answer's `jobs`: taken on, or refused by itself. */
type PhoneJob =
  | { phone_id: string; job_id: string }
  | { phone_id: string; error_code: string; error_msg: string };

export type Submission = { request_id: string; jobs?: PhoneJob[] };

/** POST batch-storage. Throws a Refusal of the whole call. */
export function submitExports(world: World, body: unknown, requestId: string): Submission {
  const infos = parseStorageRequest(body, world.limits, world.switches);
  return submit(world, requestId, 'batch-storage', infos, dataRefusal, (phone, info) =>
    world.jobs.submit('export', phone, requestId, exportWork(world, phone, info)),
  );
}

/** POST batch-restore. Throws a Refusal of the whole call. */
export function submitRestores(world: World, body: unknown, requestId: string): Submission {
  const infos = parseRestoreRequest(body, world.limits);
  return submit(world, requestId, 'batch-restore', infos, dataRefusal, (phone, info: RestoreInfo) =>
    world.jobs.submit('restore', phone, requestId, restoreWork(world, phone, info)),
  );
}

/** POST batch-restart, batch-reset, batch-stop. Throws a Refusal of the whole call. */
export function submitPower(
  world: World,
  kind: PowerKind,
  body: unknown,
  requestId: string,
): Submission {
  const items = parsePowerRequest(kind, body, world.limits);
  const refusal = (_: World, phone: Phone) => powerRefusal(kind, phone);
  return submit(world, requestId, `batch-${kind}`, items, refusal, (phone) =>
    // A phone listed twice has left its state by the second time.
    powerRefusal(kind, phone) === undefined
      ? changePower(world, kind, phone, requestId)
      : undefined,
  );
}

function submit<T extends { phone_id: string }>(
  world: World,
  requestId: string,
  operation: string,
  items: T[],
  refusalOf: (world: World, phone: Phone) => string | undefined,
  start: (phone: Phone, item: T) => { id: string } | undefined,
): Submission {
  const { switches, random } = world;
  if (switches.delegation === 'refuses_call' && refusalOf === dataRefusal) {
    throw new Refusal('CPS.0346');
  }
  if (switches.jobsAnswer === 'missing') return { request_id: requestId };
  if (switches.jobsAnswer === 'empty') return { request_id: requestId, jobs: [] };
  world.jobs.openRequest(requestId);
  // All are judged before any starts: a phone listed twice gets two jobs.
  const judged = items.map((item) => ({
    item,
    phone: judge(world, operation, item.phone_id, refusalOf),
  }));
  const jobs = judged.map(({ item, phone }): PhoneJob => {
    const { phone_id } = item;
    const job = typeof phone === 'string' ? undefined : start(phone, item);
    if (job !== undefined) vanish(world, phone_id, operation, job.id);
    if (job !== undefined) return { phone_id, job_id: job.id };
    const error_code = typeof phone === 'string' ? phone : 'CPS.0165';
    return { phone_id, error_code, error_msg: messageOf(error_code) };
  });
  return { request_id: requestId, jobs: shuffled(random, jobs) };
}

/** A job that runs, and of which the job calls know nothing. */
function vanish(world: World, phoneId: string, operation: string, jobId: string): void {
  const job = world.jobs.byId.get(jobId);
  const gone = world.faults.forPhone('job_vanishes', phoneId, operation) !== undefined;
  if (job !== undefined && gone) job.visibleAt = Infinity;
}

function judge(
  world: World,
  operation: string,
  phoneId: string,
  refusalOf: (world: World, phone: Phone) => string | undefined,
): Phone | string {
  const fault = world.faults.forPhone('item_error', phoneId, operation);
  if (fault !== undefined) return fault.code ?? 'CPS.0003';
  if (!isId(phoneId)) return 'CPS.0004';
  const phone = world.fleet.phones.get(phoneId);
  if (phone === undefined) return 'CPS.0005';
  return refusalOf(world, phone) ?? phone;
}

function dataRefusal(world: World, phone: Phone): string | undefined {
  const { switches, jobs } = world;
  const state = stateRefusal(phone.status, switches.stoppedPhones === 'allow');
  if (state !== undefined) return state;
  const busy = switches.busyPhones === 'refuse' && jobs.activeOf(phone.id).length > 0;
  return busy ? 'CPS.0042' : undefined;
}

function stateRefusal(status: number, stoppedAllowed: boolean): string | undefined {
  switch (status) {
    case PHONE.running:
      return undefined;
    case PHONE.stopped:
      return stoppedAllowed ? undefined : 'CPS.0141';
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
