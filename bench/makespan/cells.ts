/** What the service allows, and hides. Calls a minute, phones a call, exports at once. */
export type CellLimits = {
  writes: number;
  phones_per_call: number;
  per_server: number;
  per_account: number | 'none';
  reads: number;
  window: 'fixed' | 'sliding';
  /** Whether a 429 names its limit. */
  hint: boolean;
};

export type Cell = { name: string; phones: number; limits: CellLimits };

export const PHONES_PER_SERVER = 60;

/** phones, writes, phones a call, at once a server, account, reads, window, number in a 429. */
type Row = [
  ...[number, number, number, number, number | 'none'],
  ...[number, CellLimits['window'], boolean],
];

const ROWS: Row[] = [
  [1_000, 10, 5, 4, 'none', 60, 'sliding', true],
  [1_000, 10, 10, 4, 'none', 140, 'fixed', false],
  [1_000, 10, 50, 4, 'none', 60, 'sliding', false],
  [1_000, 10, 10, 16, 'none', 140, 'sliding', true],
  [1_000, 10, 200, 1, 'none', 60, 'fixed', true],
  [1_000, 60, 5, 4, 'none', 140, 'fixed', true],
  [1_000, 60, 10, 1, 'none', 60, 'sliding', false],
  [1_000, 60, 10, 4, 50, 140, 'sliding', true],
  [1_000, 60, 10, 16, 'none', 600, 'fixed', false],
  [1_000, 60, 50, 4, 'none', 60, 'fixed', false],
  [1_000, 60, 200, 16, 50, 140, 'sliding', true],
  [1_000, 600, 5, 4, 'none', 600, 'sliding', false],
  [1_000, 600, 10, 16, 'none', 140, 'fixed', true],
  [1_000, 600, 10, 1, 50, 60, 'sliding', true],
  [1_000, 600, 50, 4, 50, 600, 'fixed', false],
  [1_000, 600, 200, 16, 'none', 600, 'sliding', true],
  [10_000, 10, 50, 4, 'none', 140, 'sliding', true],
  [10_000, 10, 200, 4, 500, 60, 'fixed', false],
  [10_000, 60, 10, 4, 'none', 140, 'sliding', false],
  [10_000, 60, 50, 16, 500, 600, 'fixed', true],
  [10_000, 600, 10, 16, 'none', 600, 'sliding', true],
  [10_000, 600, 5, 4, 'none', 140, 'fixed', false],
  [100_000, 60, 200, 16, 'none', 600, 'sliding', true],
  [100_000, 600, 50, 4, 'none', 600, 'fixed', false],
];

export const CELLS: readonly Cell[] = ROWS.map(
  ([phones, writes, phones_per_call, per_server, per_account, reads, window, hint]) => ({
    name: [
      `${phones / 1_000}k`,
      `w${writes}`,
      `b${phones_per_call}`,
      `s${per_server}`,
      `a${per_account}`,
      `r${reads}`,
      window,
      hint ? 'hint' : 'plain',
    ].join('-'),
    phones,
    limits: { writes, phones_per_call, per_server, per_account, reads, window, hint },
  }),
);

/** Returns the cells whose names begin so. If there is none, prints all names and makes the process end with 2. */
export function cellsNamed<T extends { name: string }>(prefix: string, all: readonly T[]): T[] {
  const found = all.filter(({ name }) => name.startsWith(prefix));
  if (found.length === 0) {
    console.error(`no cell ${prefix}. Cells:\n${all.map(({ name }) => name).join('\n')}`);
    process.exitCode = 2;
  }
  return found;
}
