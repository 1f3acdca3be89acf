import type { Tally } from './tally.ts';
import { elapsed } from './text.ts';

const SHORTEST_BAR = 8;
const LONGEST_BAR = 30;

/** `12 s  61 phones: 8 waiting, ...`: one plain line. */
export function plainLine(tally: Tally, ms: number): string {
  return `${elapsed(ms).padStart(5)}  ${tally.verified + tally.ended} of ${tally.total} done: ${legendOf(tally)}`;
}

/** A bar with as much beside it as a line of `width` characters holds; never longer than that. */
export function barLine(tally: Tally, ms: number, width: number): string {
  const done = tally.verified + tally.ended;
  const count = `${done}/${tally.total}`;
  const time = elapsed(ms);
  const tails = [`${count}  ${time}  ${legendOf(tally)}`, `${count}  ${time}`, count];
  const tail = tails.find((text) => text.length + 1 + SHORTEST_BAR <= width) ?? '';
  const room = Math.max(1, Math.min(LONGEST_BAR, width - (tail === '' ? 0 : tail.length + 1)));
  const filled = tally.total === 0 ? room : Math.floor((room * done) / tally.total);
  return `${'█'.repeat(filled)}${'░'.repeat(room - filled)} ${tail}`.trimEnd();
}

function legendOf({ waiting, exporting, verified, ended }: Tally): string {
  return `${waiting} waiting, ${exporting} exporting, ${verified} verified, ${ended} ended`;
}
