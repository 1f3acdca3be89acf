import type { MakespanRow } from './measure.ts';

const MINUTE_S = 60;
/** While the limits of a cold night are learned: so many calls at the hidden rate, and a minute. */
const LEARNING_CALLS = 12;

const COLUMNS: [title: string, of: (row: MakespanRow) => number, digits: number][] = [
  ['oracle s', ({ oracle_s }) => oracle_s, 0],
  ['makespan', ({ phonevault_s }) => phonevault_s, 0],
  ['ratio', ({ ratio }) => ratio, 3],
  ['p95', ({ p95_s, p95_oracle_s }) => p95_s / p95_oracle_s, 3],
  ['span s', ({ span_s }) => span_s, 0],
  ['refused', ({ refused }) => refused, 0],
  ['late', ({ refused_late }) => refused_late, 0],
  ['size', ({ oversized }) => oversized, 0],
  ['CPH', ({ calls, phones }) => calls / phones, 3],
  ['OBS', ({ obs_calls, phones }) => obs_calls / phones, 3],
  ['CPU s', ({ cpu_s }) => cpu_s, 1],
];

export const headerOf = (): string =>
  `${'cell'.padEnd(42)} state${COLUMNS.map(([title]) => title.padStart(9)).join('')}  spread of ratio, missed`;

/** Returns a line with the medians of one cell and state, the spread of its ratio, and the bounds that its median misses. */
export function rowText(rows: MakespanRow[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const cells = COLUMNS.map(([, of, digits]) => medianOf(rows.map(of)).toFixed(digits).padStart(9));
  const ratios = rows.map(({ ratio }) => ratio);
  const spread = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
  const missed = rows.flatMap(missedBy);
  return `${first.cell.padEnd(42)} ${first.state.padEnd(5)}${cells.join('')}  ${spread} ${[...new Set(missed)].join(' ')}`;
}

/** The bounds: 1.08 of the oracle for makespan and p95, 1.05 and a minute for the span; on cold nights some time to learn. */
function missedBy(row: MakespanRow): string[] {
  const isCold = row.state === 'cold';
  const learning = isCold ? (LEARNING_CALLS * MINUTE_S) / row.limits.writes + MINUTE_S : 0;
  const bounds: [string, number, number][] = [
    ['makespan', row.phonevault_s, row.oracle_s * 1.08 + learning],
    ['p95', row.p95_s, row.p95_oracle_s * 1.08 + learning],
    [
      'span',
      row.span_s,
      isCold ? row.span_oracle_s * 1.08 + learning : row.span_oracle_s * 1.05 + MINUTE_S,
    ],
    ['refused', row.refused_late, row.calls * 0.02],
  ];
  return bounds.flatMap(([name, found, most]) => (found > most ? [name] : []));
}

function medianOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
