import { chance, type Random } from '../simulation/random.ts';
import { createRateWindow, type RateWindow } from '../simulation/rate-window.ts';
import type { Time } from '../simulation/time.ts';
import { type Fault, PHONE_KINDS } from './fault.ts';

type PhoneFaultKind = (typeof PHONE_KINDS)[number];

export type FaultRegistry = {
  add(fault: Fault): void;
  clear(): void;
  /** Returns the fault that affects this call, if any. Draws its `rate` and uses up one of its `times`. */
  intercept(service: string, operation: string): Fault | undefined;
  /** The same for one phone in an operation. */
  forPhone(kind: PhoneFaultKind, phoneId: string, operation?: string): Fault | undefined;
};

const MINUTE = 60_000;

type Entry = { fault: Fault; timesLeft: number; window: RateWindow | undefined };

/** An empty registry. `random` draws the rates; `per_minute` counts in simulated time. */
export function createFaultRegistry(options: { random: Random; time: Time }): FaultRegistry {
  const { random, time } = options;
  let entries: Entry[] = [];

  const fires = (entry: Entry): boolean => {
    if (entry.timesLeft <= 0) return false;
    if (entry.window?.admit(time.simulated()) === true) return false;
    if (entry.fault.rate !== undefined && !chance(random, entry.fault.rate)) return false;
    entry.timesLeft -= 1;
    return true;
  };
  const matchesOperation = (fault: Fault, operation: string | undefined) =>
    fault.operation === undefined || operation === undefined || fault.operation === operation;

  return {
    add(fault) {
      const window =
        fault.per_minute === undefined ? undefined : createRateWindow(fault.per_minute, MINUTE);
      entries.push({ fault, timesLeft: fault.times ?? Infinity, window });
    },
    clear() {
      entries = [];
    },
    intercept(service, operation) {
      return entries.find(
        (entry) =>
          entry.fault.service === service &&
          matchesOperation(entry.fault, operation) &&
          !PHONE_KINDS.some((kind) => kind === entry.fault.kind) &&
          fires(entry),
      )?.fault;
    },
    forPhone(kind, phoneId, operation) {
      return entries.find(
        (entry) =>
          entry.fault.kind === kind &&
          matchesOperation(entry.fault, operation) &&
          (entry.fault.phones?.includes(phoneId) ?? true) &&
          fires(entry),
      )?.fault;
    },
  };
}
