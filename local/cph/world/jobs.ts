import { between, hexId, type Random } from '../../simulation/random.ts';
import type { Phone } from './fleet.ts';
import type { Timings } from './settings.ts';
import type { Timeline } from '../../simulation/timeline.ts';

type JobKind = 'export' | 'restore' | 'restart' | 'reset' | 'stop' | 'command';

export type Job = {
  id: string;
  kind: JobKind;
  requestId: string;
  phoneId: string;
  serverId: string;
  status: 1 | 2 | -1;
  /** Real time, epoch ms. */
  begin: number;
  end: number | undefined;
  code: string | undefined;
  /** What its command printed. */
  output?: string;
  /** Simulated time from which the job calls return it. */
  visibleAt: number;
  running: boolean;
  work: JobWork;
};

/** What a job does when it starts. It ends with `Jobs.finish`. */
export type JobWork = {
  /** Simulated milliseconds; Infinity for a job that never ends. */
  duration: number;
  run(job: Job): void | Promise<void>;
  /** Called if the phone is deleted, reset, restarted or stopped while the job runs. */
  onInterrupted?(): void | Promise<void>;
};

export type Jobs = {
  byId: ReadonlyMap<string, Job>;
  byRequest: ReadonlyMap<string, Job[]>;
  /** Hides the jobs of a request for a while; they become visible together. */
  openRequest(requestId: string): void;
  /** Starts a job, or queues it until the server has a free slot (export, restore). */
  submit(kind: JobKind, phone: Phone, requestId: string, work: JobWork): Job;
  /** Ends a job that is not over yet; a code means that it failed. */
  finish(job: Job, code?: string): void;
  activeOf(phoneId: string): Job[];
};

/** The jobs of all phones. Exports and restores share the slots of their server and of the account. */
export function createJobs(options: {
  timeline: Timeline;
  timings: Timings;
  random: Random;
  /** Read whenever a job may start. */
  limits: { exportsPerServer: number; exportsPerAccount: number };
  /** True if the jobs of a phone run one after the other. */
  onePerPhone: () => boolean;
}): Jobs {
  const { timeline, timings, random, limits, onePerPhone } = options;
  const byId = new Map<string, Job>();
  const byRequest = new Map<string, Job[]>();
  const visibleFrom = new Map<string, number>();
  const active = new Map<string, Job[]>();
  const servers = new Map<string, { running: number; waiting: Job[] }>();

  const queueOf = (serverId: string) => {
    const existing = servers.get(serverId);
    if (existing !== undefined) return existing;
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

  const running = () => [...servers.values()].reduce((sum, queue) => sum + queue.running, 0);

  const startNext = (serverId: string) => {
    const queue = queueOf(serverId);
    while (queue.running < limits.exportsPerServer && running() < limits.exportsPerAccount) {
      const index = queue.waiting.findIndex(
        (job) => !onePerPhone() || !activeOf(job.phoneId).some((other) => other.running),
      );
      const [next] = index === -1 ? [] : queue.waiting.splice(index, 1);
      if (next === undefined) return;
      queue.running += 1;
      start(next);
    }
  };

  /** A slot of the account may go to any server. */
  const startAll = (first: string) => {
    for (const id of [first, ...servers.keys()]) startNext(id);
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
    job.end = timeline.realNow();
    const rest = activeOf(job.phoneId).filter((other) => other !== job);
    if (rest.length > 0) active.set(job.phoneId, rest);
    else active.delete(job.phoneId);
    timeline.at(timeline.now() + timings.jobKept, () => forget(job));
    if (!needsSlot(job.kind)) return;
    const queue = queueOf(job.serverId);
    if (job.running) queue.running -= 1;
    else queue.waiting = queue.waiting.filter((other) => other !== job);
    job.running = false;
    startAll(job.serverId);
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
        begin: timeline.realNow(),
        end: undefined,
        code: undefined,
        visibleAt: visibleFrom.get(requestId) ?? timeline.now(),
        running: false,
        work,
      };
      byId.set(job.id, job);
      byRequest.set(requestId, [...(byRequest.get(requestId) ?? []), job]);
      active.set(phone.id, [...activeOf(phone.id), job]);
      if (needsSlot(kind)) {
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

function needsSlot(kind: JobKind): boolean {
  return kind === 'export' || kind === 'restore' || kind === 'command';
}
