/** Returns `1 phone` or `2 phones`. */
export const many = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;

/** What many commands print. */
export const common = {
  colon: ': ',
  comma: ', ',
  space: ' ',
  semicolon: '; ',
  note: (text: string) => ` (${text})`,
  now: 'just now',
  ago: (text: string) => `${text} ago`,
  in: (text: string) => `in ${text}`,
  phones: (count: number) => many(count, 'phone'),
  calls: (count: number) => many(count, 'call'),
  archives: (count: number) => many(count, 'archive'),
  entries: (count: number) => many(count, 'entry', 'entries'),
  andMore: (count: number) => `… and ${count} more`,
  listedBy: (how: string) => `: ${how} lists them`,
  unreadable: { unreadable: 'unreadable', fix: 'fix', since: 'since', next: 'next try' },
  error: 'error:',
  own: { wrong_use: 'wrong use of the command line', unexpected: 'unexpected error' },
  hint: 'hint:',
  warning: 'warning:',
};
