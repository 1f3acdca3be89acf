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

/** Returns the start (epoch ms) of the quarter of an hour that a moment (epoch ms) lies in. */
export function sweepSlot(now: number): number {
  return Math.floor(now / SWEEP_EVERY_MS) * SWEEP_EVERY_MS;
}

/** Returns the id of the hint of that quarter of an hour. Ids sort as their times do. */
export function sweepId(at: number): string {
  return `sweep-${new Date(sweepSlot(at)).toISOString().slice(0, 16).replace(/\D/g, '')}`;
}

export function isSweepHint(id: string): boolean {
  return /^sweep-\d{12}$/.test(id);
}

/** Has the next drive list the fleet for new phones that no event named. One hint for each `slot`, as of `sweepSlot`. */
export async function putSweep(store: Pick<Store, 'put'>, slot: number): Promise<void> {
  await sweepHint.put(store, {}, sweepId(slot));
}
