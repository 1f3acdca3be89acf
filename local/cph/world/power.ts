import { between } from '../../simulation/random.ts';
import type { TraceName } from './traces.ts';
import type { Job, JobWork } from './jobs.ts';
import { type Phone, PHONE } from './fleet.ts';
import type { World } from './world.ts';

export type PowerKind = 'restart' | 'reset' | 'stop';

type Transition = {
  through: number;
  to: number;
  duration: 'restarting' | 'resetting' | 'stopping';
  trace: TraceName | undefined;
};

const TRANSITIONS: Record<PowerKind, Transition> = {
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
  // CTS records no stop (cph_ug_0032).
  stop: { through: PHONE.stopping, to: PHONE.stopped, duration: 'stopping', trace: undefined },
};

/** Restarts, resets or stops a phone in simulated time. Its other jobs fail with CPS.0054. */
export function changePower(world: World, kind: PowerKind, phone: Phone, requestId: string): Job {
  const { jobs, timings, timeline, traces, random } = world;
  const transition = TRANSITIONS[kind];
  failJobs(world, phone, 'CPS.0054');
  setStatus(world, phone, transition.through);
  phone.inMemory.clear();
  phone.stopped.clear();
  if (kind === 'reset') {
    phone.generation += 1;
    phone.files = undefined;
    phone.owners.clear();
    phone.labels.clear();
    phone.changed.clear();
  }
  if (transition.trace !== undefined) traces.record(transition.trace, phone, timeline.realNow());
  const [min, max] = timings[transition.duration];
  const work: JobWork = {
    duration: between(random, min, max),
    run(job) {
      if (phone.status === transition.through) setStatus(world, phone, transition.to);
      jobs.finish(job);
    },
  };
  return jobs.submit(kind, phone, requestId, work);
}

/** Returns the error code if the phone cannot change power now, else undefined. */
export function powerError(kind: PowerKind, phone: Phone): string | undefined {
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

/** Sets the status and the update time of a phone. */
export function setStatus(world: World, phone: Phone, status: number): void {
  phone.status = status;
  phone.updatedAt = world.timeline.realNow();
}

/** Fails the unfinished jobs of a phone that is deleted, reset, restarted or stopped. */
export function failJobs(world: World, phone: Phone, code: string): void {
  const { jobs, timeline } = world;
  for (const job of jobs.activeOf(phone.id)) {
    const { running, work } = job;
    jobs.finish(job, code);
    if (running) timeline.at(timeline.now(), () => work.onInterrupted?.());
  }
}
