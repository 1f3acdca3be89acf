import type { Random, ObjectBackend, Time } from '../types.ts';
import type { Place } from './functions/describe.ts';
import type { FunctionStore } from './functions/store.ts';
import type { TriggerStore } from './triggers/store.ts';

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
  /** Told of a version whose instances no longer fit. */
  onChanged(functionId: string): void;
  time: Time;
  random: Random;
};

/** One call: the parameters of its path, its query and its body, a JSON value or undefined. */
export type FgCall = {
  params: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
};

/** What a call answers; no body for undefined. */
export type FgAnswer = { status: number; body?: unknown };
