import * as z from 'zod';
import { ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const SWEEP_EVERY_MS = 15 * 60_000;

const sweepHint = ledgerObject({
  key: layout.hint,
  type: 'sweep',
  version: 1,
  schema: z.object({}),
});

/** Returns the start (epoch ms) of the quarter hour that contains `now` (epoch ms). */
export function sweepSlot(now: number): number {
  return Math.floor(now / SWEEP_EVERY_MS) * SWEEP_EVERY_MS;
}

/** Returns the id of the hint for the quarter hour that contains `at`. Ids sort by time. */
export function sweepId(at: number): string {
  return `sweep-${new Date(sweepSlot(at)).toISOString().slice(0, 16).replace(/\D/g, '')}`;
}

export function isSweepHint(id: string): boolean {
  return /^sweep-\d{12}$/.test(id);
}

/** Asks the next drive to list the fleet for new phones without an event. One hint per `slot`, from `sweepSlot`. */
export async function putSweep(store: Pick<Store, 'put'>, slot: number): Promise<void> {
  await sweepHint.put(store, {}, sweepId(slot));
}
