import { type Cell, type CellLimits, CELLS } from './cells.ts';
import { createFleet } from './fleet.ts';
import { LATENCY_MS } from './measure.ts';
import { deploy } from './play.ts';

const MINUTE = 60_000;
/** When the limits change, from the request of the night on. */
const AFTER_MS = 4 * MINUTE;
/** A change is to be followed within this time. */
const FOLLOWED_MS = 2 * MINUTE;

/** A warm night in the middle of which limits change. */
export type Change = { name: string; cell: Cell; limits: Partial<CellLimits> };

/** Of the minutes after a change: accepted and refused calls that export. `late`: the share of all calls refused later than two minutes after it. */
type Followed = { minutes: { accepted: number; refused: number }[]; late: number };

const CHANGES: [from: string, limits: Partial<CellLimits>][] = [
  ['1k-w60-b5-s4', { writes: 10 }],
  ['1k-w10-b10-s16', { writes: 60 }],
  ['1k-w60-b50-s4', { phones_per_call: 5 }],
];

export const CHANGING: readonly Change[] = CHANGES.flatMap(([from, limits]) => {
  const cell = CELLS.find(({ name }) => name.startsWith(from));
  const to = Object.entries(limits).map(([limit, value]) => `${limit} ${value}`);
  return cell === undefined ? [] : [{ name: `change-${from} to ${to.join(', ')}`, cell, limits }];
});

/** Plays a cold night, and a warm one during which the limits change. */
export async function playChange({ cell, limits }: Change, seed: number): Promise<Followed> {
  const service = deploy(cell, createFleet(cell.phones, seed, 0.5), { latencyMs: LATENCY_MS });
  await service.night();
  const { calls } = await service.night({ afterMs: AFTER_MS, limits });
  const changedAt = (calls[0]?.at ?? 0) + AFTER_MS;
  const minutes: Followed['minutes'] = [];
  for (const { operation, at, status } of calls) {
    const minute = Math.floor((at - changedAt) / MINUTE);
    if (operation !== 'batch-storage' || minute < 0) continue;
    const { accepted, refused } = minutes[minute] ?? { accepted: 0, refused: 0 };
    minutes[minute] =
      status === 200 ? { accepted: accepted + 1, refused } : { accepted, refused: refused + 1 };
  }
  const later = calls.filter(({ at }) => at >= changedAt + FOLLOWED_MS);
  const late = later.filter(({ status }) => status !== 200).length / Math.max(1, later.length);
  return { minutes, late };
}

/** Returns a line with the accepted calls of each minute after a change, and the refused ones. */
export function changeText({ name }: Change, { minutes, late }: Followed): string {
  const each = Array.from(minutes, (minute) =>
    minute === undefined
      ? '0'
      : `${minute.accepted}${minute.refused > 0 ? ` (${minute.refused} refused)` : ''}`,
  );
  return `${name.padEnd(42)} ${each.slice(0, 8).join(', ')}; refused after 2 minutes: ${(late * 100).toFixed(1)} %`;
}
