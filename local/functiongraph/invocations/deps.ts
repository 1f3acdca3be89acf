import type { ObjectBackend } from '../../obs/storage/backend.ts';
import type { ScaledTimers } from '../../simulation/scaled-timers.ts';
import type { Time } from '../../simulation/time.ts';
import type { FunctionStore } from '../model/function-store.ts';
import type { Place } from '../model/urn.ts';
import type { RunEvent } from '../runtime/run-event.ts';
import type { AsyncQueue } from './async-queue.ts';

/** What the calls about invocations need. */
export type InvocationDeps = {
  place: Place;
  functions: FunctionStore;
  backend: ObjectBackend;
  hasTopic(urn: string): boolean;
  runEvent: RunEvent;
  queue: AsyncQueue;
  timers: ScaledTimers;
  newRequestId(): string;
  time: Time;
};
