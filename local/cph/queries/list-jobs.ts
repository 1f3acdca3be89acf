import { chance, pick } from '../../simulation/random.ts';
import { messageOf, CphError } from '../protocol/errors.ts';
import type { Job } from '../world/jobs.ts';
import { cphTime } from '../protocol/format.ts';
import { pagingOf } from '../protocol/paging.ts';
import type { World } from '../world/world.ts';

const MAX_REQUEST_IDS = 20;
const NULL_OMITTED_RATE = 0.3;

/** GET jobs/{id} (cph_api_0521). Throws CPS.0011 while the job is not visible yet, and after 7 days. */
export function showJob(world: World, id: string): Record<string, unknown> {
  const job = world.jobs.byId.get(id);
  if (job === undefined || !isVisible(world, job)) throw new CphError('CPS.0011');
  return describeJob(world, job);
}

/** GET jobs of up to 20 requests (cph_api_0522). The response has no total: the last page is short. */
export function listJobs(world: World, query: URLSearchParams): Record<string, unknown> {
  const several = query.get('request_ids');
  const given = several === null || several === '' ? query.get('request_id') : several;
  const ids = (given ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0) throw new CphError('CPS.0049');
  if (ids.length > MAX_REQUEST_IDS) throw new CphError('CPS.0161');
  const { offset, limit } = pagingOf(query, 100, 100);
  const isVisibleId = (id: string): boolean =>
    (world.jobs.byRequest.get(id) ?? []).some((job) => isVisible(world, job));
  if (world.switches.unknownRequest === 'refuses_list' && !ids.every(isVisibleId)) {
    throw new CphError('CPS.0011');
  }
  const jobs = [...new Set(ids)].flatMap((id) => world.jobs.byRequest.get(id) ?? []);
  const visible = jobs.filter((job) => isVisible(world, job));
  // For an unknown or very new request one edition returns an error, another an empty list.
  if (visible.length === 0 && chance(world.random, 0.5)) throw new CphError('CPS.0050');
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
    execute_msg: job.output ?? null,
  };
  for (const [name, value] of Object.entries(rest)) {
    if (running && value === null && chance(random, NULL_OMITTED_RATE)) continue;
    described[name] = value;
  }
  return described;
}
