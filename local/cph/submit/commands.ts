import * as z from 'zod';
import { CphError, messageOf } from '../protocol/errors.ts';
import { runShell } from '../shell/shell.ts';
import type { Phone } from '../world/fleet.ts';
import type { JobWork } from '../world/jobs.ts';
import type { World } from '../world/world.ts';

const CONTENT = /^[A-Za-z0-9_./: -]{1,1024}$/;
const MAX_OUTPUT = 1_024;
const MAX_SYNC_PHONES = 15;
/** Simulated time of one command. */
const DURATION_MS = 1_000;
const COMMAND_FAILED = 'CPS.0191';

const requestSchema = z.object({
  command: z.string(),
  content: z.string(),
  phone_ids: z.array(z.string()).min(1).optional(),
  server_ids: z.array(z.string()).min(1).optional(),
});

export type Command = { content: string; items: { phone_id: string }[] };

/** Parses a command for phones, or for all phones of servers (cph_api_0532, cph_api_0537). Throws CphError. */
export function parseCommand(world: World, body: unknown, kind: 'async' | 'sync'): Command {
  const request = requestSchema.safeParse(body).data;
  // The other commands (push, install, uninstall) are not embedded.
  if (request?.command !== 'shell') throw new CphError('CPS.0117');
  const { content, phone_ids, server_ids = [] } = request;
  if (!CONTENT.test(content)) throw new CphError('CPS.0118');
  const ofServers = world.fleet.order.filter(({ serverId }) => server_ids.includes(serverId));
  const ids = phone_ids ?? ofServers.map(({ id }) => id);
  if (ids.length === 0) throw new CphError('CPS.0009');
  const most = kind === 'sync' ? MAX_SYNC_PHONES : world.limits.phonesPerCall;
  if (ids.length > most) throw new CphError('CPS.0190');
  return { content, items: ids.map((phone_id) => ({ phone_id })) };
}

/** Returns the work of a job that runs a command. It takes a place on the server: its other jobs wait. */
export function commandWork(world: World, phone: Phone, content: string): JobWork {
  const isEndless = world.faults.forPhone('never_ends', phone.id, 'commands') !== undefined;
  return {
    duration: isEndless ? Infinity : DURATION_MS,
    run(job) {
      const fault = world.faults.forPhone('job_failed', phone.id, 'commands');
      if (fault !== undefined) return world.jobs.finish(job, fault.code ?? COMMAND_FAILED);
      const { output, isSuccess } = runShell(world, phone, content);
      job.output = cut(output);
      return world.jobs.finish(job, isSuccess ? undefined : COMMAND_FAILED);
    },
  };
}

/** Returns the entry of a phone in the response to a command that is run at once. */
export function runNow(
  world: World,
  phone: Phone | string,
  { phone_id, content, jobId }: { phone_id: string; content: string; jobId: string },
): Record<string, unknown> {
  if (typeof phone === 'string') {
    return { phone_id, error_code: phone, error_msg: messageOf(phone) };
  }
  const { output, isSuccess } = runShell(world, phone, content);
  const code = isSuccess ? null : COMMAND_FAILED;
  return {
    ...{ phone_id, job_id: jobId, status: isSuccess ? 2 : -1, error_code: code },
    error_msg: code === null ? null : messageOf(code),
    execute_msg: cut(output),
  };
}

function cut(output: string): string {
  return Buffer.from(output).subarray(0, MAX_OUTPUT).toString();
}
