import type { ObjectBackend } from '../../obs/storage/backend.ts';
import type { Random } from '../../simulation/random.ts';
import type { Time } from '../../simulation/time.ts';
import type { FunctionStore } from '../model/function-store.ts';
import type { FunctionRecord } from '../model/function.ts';
import type { TriggerStore } from '../model/trigger-store.ts';
import type { Place } from '../model/urn.ts';
import type { FunctionLogs } from '../runtime/function-logs.ts';

/** What the calls about functions need. */
export type FunctionDeps = {
  place: Place;
  /** False: no function can be created, so no code runs. */
  isEnabled: boolean;
  functions: FunctionStore;
  triggers: TriggerStore;
  backend: ObjectBackend;
  logs: FunctionLogs;
  /** `trusted` if FunctionGraph may assume the agency, `other` if another service may, undefined if it does not exist. */
  agencyTrust(name: string): 'trusted' | 'other' | undefined;
  /** Called when a function's instances no longer match its code or settings. */
  onChanged(record: FunctionRecord): void;
  time: Time;
  random: Random;
};
