import { chance, pick } from '../../simulation/random.ts';
import { messageOf, Refusal } from '../protocol/errors.ts';
import type { Job } from '../world/jobs.ts';
import { cphTime } from '../protocol/format.ts';
import { pagingOf } from '../protocol/paging.ts';
import type { World } from '../world/world.ts';

const MAX_REQUEST_IDS = 20;
const NULL_LEFT_OUT = 0.3;

/** GET jobs/{id} (cph_api_0521); CPS.0011 while it is not visible yet, and after 7 days. */
export function showJob(world: World, id: string): Record<string, unknown> {
  const job = world.jobs.byId.get(id);
  if (job === undefined || !isVisible(world, job)) throw new Refusal('CPS.0011');
  return describeJob(world, job);
}

/** GET jobs of up to 20 requests (cph_api_0522). There is no total: page until one is short. */
export function listJobs(world: World, query: URLSearchParams): Record<string, unknown> {
  const several = query.get('request_ids');
  const given = several === null || several === '' ? query.get('request_id') : several;
  const ids = (given ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0) throw new Refusal('CPS.0049');
  if (ids.length > MAX_REQUEST_IDS) throw new Refusal('CPS.0161');
  const { offset, limit } = pagingOf(query, 100, 100);
  const known = [...new Set(ids)].flatMap((id) => world.jobs.byRequest.get(id) ?? []);
  const visible = known.filter((job) => isVisible(world, job));
  // A request unknown or too new: one edition answers an error, another an empty list.
  if (visible.length === 0 && chance(world.random, 0.5)) throw new Refusal('CPS.0050');
  visible.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { jobs: visible.slice(offset, offset + limit).map((job) => describeJob(world, job)) };
}

function isVisible(world: World, job: Job): boolean {
  return job.visibleAt <= world.timeline.now();
}

function describeJob(world: World, job: Job): Record<string, unknown> {
  const { random, switches } = world;
  const running = job.status === 1;
  const odd = running && chance(random, switches.oddStatusRate);
  const described: Record<string, unknown> = {
    job_id: job.id,
    phone_id: job.phoneId,
    server_id: job.serverId,
    begin_time: cphTime(job.begin),
    status: odd ? pick(random, [0, 3]) : job.status,
  };
  const rest = {
    end_time: job.end === undefined ? null : cphTime(job.end),
    error_code: job.code ?? null,
    error_msg: job.code === undefined ? null : messageOf(job.code),
    execute_msg: null,
  };
  for (const [name, value] of Object.entries(rest)) {
    if (running && value === null && chance(random, NULL_LEFT_OUT)) continue;
    described[name] = value;
  }
  return described;
}
