import type { Random } from '../simulation/random.ts';
import type { ObjectBackend } from '../obs/storage/backend.ts';
import type { Time } from '../simulation/time.ts';
import type { Place } from './model/urn.ts';
import type { FunctionStore } from './model/function-store.ts';
import type { AsyncQueue } from './invocations/async-queue.ts';
import type { TriggerRecord } from './model/function.ts';
import type { FunctionLogs } from './runtime/function-logs.ts';
import type { Run } from './runtime/run-event.ts';
import type { ScaledTimers } from '../simulation/scaled-timers.ts';
import type { TriggerStore } from './model/trigger-store.ts';

/** What the calls of the management API work on. */
export type FgDeps = {
  place: Place;
  functions: FunctionStore;
  triggers: TriggerStore;
  backend: ObjectBackend;
  /** `trusted` when FunctionGraph may take on the agency, `other` when another service, undefined when there is none. */
  agency(name: string): 'trusted' | 'other' | undefined;
  hasTopic(urn: string): boolean;
  /** Where APIG answers; known once it listens. */
  apigUrl(): string;
  /** Told of a function whose instances no longer fit. */
  onChanged(functionId: string): void;
  /** Told of a trigger that is there from now on. */
  onTrigger(trigger: TriggerRecord): void;
  run: Run;
  queue: AsyncQueue;
  logs: FunctionLogs;
  timers: ScaledTimers;
  newRequestId(): string;
  time: Time;
  random: Random;
};

/** One call: the parameters of its path, its query, and its body as it came and as a JSON value or undefined. */
export type FgCall = {
  params: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
  raw: Uint8Array;
  headers: Headers;
};

/** What a call answers; no body for undefined, and `text` as it is. */
export type FgAnswer = {
  status: number;
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
};
