import { nextSlot } from '../slots/slots.ts';
import { formatDuration } from './duration.ts';
import type { Policy } from './schema.ts';

const SLOTS = 50;

/** Returns what is allowed in a policy but hardly meant, in sentences. `now` is epoch ms: intervals may differ over the year. */
export function policyWarnings({ schedule, deadline, objective }: Policy, now: number): string[] {
  const { max_age } = objective;
  if (schedule === undefined || max_age === undefined) return [];
  const needed = longestInterval(schedule, now) + deadline;
  if (max_age >= needed) return [];
  return [
    `objective.max_age: ${formatDuration(max_age)} is shorter than the longest interval of the schedule plus the deadline (${formatDuration(needed)}): phones become late although every run succeeds`,
  ];
}

/** Returns the longest time between two of the next slots in ms. */
function longestInterval(rule: NonNullable<Policy['schedule']>, now: number): number {
  let longest = 0;
  let slot = nextSlot(rule, now);
  for (let count = 0; count < SLOTS && slot !== undefined; count += 1) {
    const next = nextSlot(rule, slot);
    if (next !== undefined) longest = Math.max(longest, next - slot);
    slot = next;
  }
  return longest;
}
