import type { ObjectBackend } from '../../obs/storage/backend.ts';
import type { Random } from '../../simulation/random.ts';
import type { Time } from '../../simulation/time.ts';
import type { FunctionStore } from '../model/function-store.ts';
import type { TriggerStore } from '../model/trigger-store.ts';
import type { TriggerRecord } from '../model/trigger.ts';
import type { Place } from '../model/urn.ts';

/** What the calls about triggers need. */
export type TriggerDeps = {
  place: Place;
  functions: FunctionStore;
  triggers: TriggerStore;
  backend: ObjectBackend;
  hasTopic(urn: string): boolean;
  /** The URL of APIG; set once it listens. */
  apigUrl(): string;
  /** Called with each new trigger. */
  onTriggerCreated(trigger: TriggerRecord): void;
  time: Time;
  random: Random;
};
