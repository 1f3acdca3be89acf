import { between } from '../../simulation/random.ts';
import type { TraceName } from './traces.ts';
import type { Job, Work } from './jobs.ts';
import { type Phone, PHONE } from './fleet.ts';
import type { World } from './world.ts';

export type PowerKind = 'restart' | 'reset' | 'stop';

type Passage = {
  through: number;
  to: number;
  duration: 'restarting' | 'resetting' | 'stopping';
  trace: TraceName | undefined;
};

const PASSAGES: Record<PowerKind, Passage> = {
  restart: {
    through: PHONE.restarting,
    to: PHONE.running,
    duration: 'restarting',
    trace: 'restartCloudPhone',
  },
  reset: {
    through: PHONE.resetting,
    to: PHONE.running,
    duration: 'resetting',
    trace: 'resetCloudPhone',
  },
  // CTS has no row for a stop (cph_ug_0032).
  stop: { through: PHONE.stopping, to: PHONE.stopped, duration: 'stopping', trace: undefined },
};

/** Restarts, resets or stops a phone: the state passes in model time, running exports break. */
export function changePower(world: World, kind: PowerKind, phone: Phone, requestId: string): Job {
  const { jobs, timings, timeline, traces, random } = world;
  const passage = PASSAGES[kind];
  breakJobs(world, phone, 'CPS.0054');
  setStatus(world, phone, passage.through);
  if (kind === 'reset') {
    phone.generation += 1;
    phone.files = undefined;
  }
  if (passage.trace !== undefined) traces.record(passage.trace, phone, timeline.trueNow());
  const [least, most] = timings[passage.duration];
  const work: Work = {
    duration: between(random, least, most),
    run(job) {
      if (phone.status === passage.through) setStatus(world, phone, passage.to);
      jobs.finish(job);
    },
  };
  return jobs.submit(kind, phone, requestId, work);
}

/** The code of an item that may not change power now, or undefined. */
export function powerRefusal(kind: PowerKind, phone: Phone): string | undefined {
  switch (phone.status) {
    case PHONE.running:
      return undefined;
    case PHONE.stopped:
      return kind === 'stop' ? 'CPS.0141' : undefined;
    case PHONE.frozen:
      return 'CPS.0053';
    case 0:
    case PHONE.creating:
    case -8:
      return 'CPS.0022';
    case PHONE.resetting:
    case PHONE.restarting:
    case PHONE.stopping:
      return 'CPS.0165';
    default:
      return kind === 'stop' ? 'CPS.0141' : undefined;
  }
}

export function setStatus(world: World, phone: Phone, status: number): void {
  phone.status = status;
  phone.updatedAt = world.timeline.trueNow();
}

/** Ends a phone's unfinished jobs with `code`: it was deleted, reset, restarted or stopped. */
export function breakJobs(world: World, phone: Phone, code: string): void {
  const { jobs, timeline } = world;
  for (const job of jobs.activeOf(phone.id)) {
    const { running, work } = job;
    jobs.finish(job, code);
    if (running) timeline.at(timeline.now(), () => work.broken?.());
  }
}
