import { chance, type Random } from '../simulation/random.ts';
import { createWindow, type Window } from '../simulation/rate-window.ts';
import type { Time } from '../simulation/time.ts';
import type { Fault } from './fault.ts';

const PHONE_KINDS = [
  'item_error',
  'job_failed',
  'missing_object',
  'never_ends',
  'job_vanishes',
] as const;

type PhoneFaultKind = (typeof PHONE_KINDS)[number];

export type FaultBook = {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that hits this call, if any: uses up one of its `times` and rolls its `rate`. */
  intercept(service: string, operation: string): Fault | undefined;
  /** The same for what happens to one phone in one operation. */
  forPhone(kind: PhoneFaultKind, phoneId: string, operation?: string): Fault | undefined;
};

const MINUTE = 60_000;

type Entry = { fault: Fault; left: number; window: Window | undefined };

/** An empty book. `random` rolls the rates; the windows of `per_minute` run in model time. */
export function createFaultBook(options: { random: Random; time: Time }): FaultBook {
  const { random, time } = options;
  let entries: Entry[] = [];

  const fires = (entry: Entry): boolean => {
    if (entry.left <= 0) return false;
    if (entry.window?.admit(time.model()) === true) return false;
    if (entry.fault.rate !== undefined && !chance(random, entry.fault.rate)) return false;
    entry.left -= 1;
    return true;
  };
  const concerns = (fault: Fault, operation: string | undefined) =>
    fault.operation === undefined || operation === undefined || fault.operation === operation;

  return {
    add(fault) {
      const window =
        fault.per_minute === undefined ? undefined : createWindow(fault.per_minute, MINUTE);
      entries.push({ fault, left: fault.times ?? Infinity, window });
    },
    clear() {
      entries = [];
    },
    intercept(service, operation) {
      if (entries.length === 0) return undefined;
      return entries.find(
        (entry) =>
          entry.fault.service === service &&
          concerns(entry.fault, operation) &&
          !PHONE_KINDS.some((kind) => kind === entry.fault.kind) &&
          fires(entry),
      )?.fault;
    },
    forPhone(kind, phoneId, operation) {
      if (entries.length === 0) return undefined;
      return entries.find(
        (entry) =>
          entry.fault.kind === kind &&
          concerns(entry.fault, operation) &&
          (entry.fault.phones?.includes(phoneId) ?? true) &&
          fires(entry),
      )?.fault;
    },
  };
}
