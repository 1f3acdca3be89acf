/** Returns `1 phone` or `2 phones`; give `plural` where an added s is wrong. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
