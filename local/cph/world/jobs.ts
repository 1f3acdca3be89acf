import { between, hexId, type Random } from '../../simulation/random.ts';
import type { Phone } from './fleet.ts';
import type { Timings } from './settings.ts';
import type { Timeline } from '../../simulation/timeline.ts';

type JobKind = 'export' | 'restore' | 'restart' | 'reset' | 'stop';

export type Job = {
  id: string;
  kind: JobKind;
  requestId: string;
  phoneId: string;
  serverId: string;
  status: 1 | 2 | -1;
  /** True times. */
  begin: number;
  end: number | undefined;
  code: string | undefined;
  /** Model time from which the job calls know it. */
  visibleAt: number;
  running: boolean;
  work: Work;
};

/** What a job does once its server takes it; it reports through `Jobs.finish`. */
export type Work = {
  /** Model milliseconds; Infinity for a job that never ends. */
  duration: number;
  run(job: Job): void | Promise<void>;
  /** What it leaves behind when the phone is taken away while it runs. */
  broken?(): void | Promise<void>;
};

export type Jobs = {
  byId: ReadonlyMap<string, Job>;
  byRequest: ReadonlyMap<string, Job[]>;
  /** A request's jobs become visible together, a little later. */
  openRequest(requestId: string): void;
  /** Waits for a place on the server (export, restore), or runs at once (all others). */
  submit(kind: JobKind, phone: Phone, requestId: string, work: Work): Job;
  /** Ends a job, unless it has ended: success without a code. */
  finish(job: Job, code?: string): void;
  activeOf(phoneId: string): Job[];
};

export function createJobs(options: {
  timeline: Timeline;
  timings: Timings;
  random: Random;
  perServer: number;
  /** True: a phone's jobs run one after the other. */
  onePerPhone: () => boolean;
}): Jobs {
  const { timeline, timings, random, perServer, onePerPhone } = options;
  const byId = new Map<string, Job>();
  const byRequest = new Map<string, Job[]>();
  const visibleFrom = new Map<string, number>();
  const active = new Map<string, Job[]>();
  const servers = new Map<string, { running: number; waiting: Job[] }>();

  const queueOf = (serverId: string) => {
    const known = servers.get(serverId);
    if (known !== undefined) return known;
    const queue = { running: 0, waiting: [] as Job[] };
    servers.set(serverId, queue);
    return queue;
  };

  const start = (job: Job) => {
    job.running = true;
    const { work } = job;
    if (work.duration === Infinity) return;
    timeline.at(timeline.now() + work.duration, async () => {
      if (job.status !== 1) return;
      try {
        await work.run(job);
      } catch {
        finish(job, 'CPS.0003');
      }
    });
  };

  const startNext = (serverId: string) => {
    const queue = queueOf(serverId);
    while (queue.running < perServer) {
      const index = queue.waiting.findIndex(
        (job) => !onePerPhone() || !activeOf(job.phoneId).some((other) => other.running),
      );
      const [next] = index === -1 ? [] : queue.waiting.splice(index, 1);
      if (next === undefined) return;
      queue.running += 1;
      start(next);
    }
  };

  const activeOf = (phoneId: string) => active.get(phoneId) ?? [];

  const forget = (job: Job) => {
    byId.delete(job.id);
    const left = byRequest.get(job.requestId)?.filter((other) => other !== job) ?? [];
    if (left.length > 0) byRequest.set(job.requestId, left);
    else byRequest.delete(job.requestId);
  };

  const finish = (job: Job, code?: string) => {
    if (job.status !== 1) return;
    job.status = code === undefined ? 2 : -1;
    job.code = code;
    job.end = timeline.trueNow();
    const rest = activeOf(job.phoneId).filter((other) => other !== job);
    if (rest.length > 0) active.set(job.phoneId, rest);
    else active.delete(job.phoneId);
    timeline.at(timeline.now() + timings.jobKept, () => forget(job));
    if (!takesAPlace(job.kind)) return;
    const queue = queueOf(job.serverId);
    if (job.running) queue.running -= 1;
    else queue.waiting = queue.waiting.filter((other) => other !== job);
    job.running = false;
    startNext(job.serverId);
  };

  return {
    byId,
    byRequest,
    activeOf,
    openRequest(requestId) {
      const delay = between(random, 0, timings.jobHidden);
      visibleFrom.set(requestId, timeline.now() + delay);
      timeline.at(timeline.now() + delay, () => void visibleFrom.delete(requestId));
    },
    submit(kind, phone, requestId, work) {
      const job: Job = {
        id: hexId(random),
        kind,
        requestId,
        phoneId: phone.id,
        serverId: phone.serverId,
        status: 1,
        begin: timeline.trueNow(),
        end: undefined,
        code: undefined,
        visibleAt: visibleFrom.get(requestId) ?? timeline.now(),
        running: false,
        work,
      };
      byId.set(job.id, job);
      byRequest.set(requestId, [...(byRequest.get(requestId) ?? []), job]);
      active.set(phone.id, [...activeOf(phone.id), job]);
      if (takesAPlace(kind)) {
        queueOf(phone.serverId).waiting.push(job);
        startNext(phone.serverId);
      } else {
        start(job);
      }
      return job;
    },
    finish,
  };
}

function takesAPlace(kind: JobKind): boolean {
  return kind === 'export' || kind === 'restore';
}
