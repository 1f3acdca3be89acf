/** `1 phone`, `2 phones`; `plural` where adding an s is wrong. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
