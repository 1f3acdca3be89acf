import { meaningOf } from '../../../lib/meanings/meanings.ts';
import type { Night } from '../../../lib/run/query/page/nights.ts';
import type { TrendDay } from '../../../lib/run/query/page/trend.ts';
import type { PolicyStatus } from '../../../lib/run/query/schemas/policy.ts';
import type { RunOutcome } from '../../../lib/ledger/run/report.ts';
import { size } from '../../text/size.ts';
import type { View } from './view.tsx';

/** Not by colour alone: each outcome has its sign. */
const SIGNS: Record<RunOutcome, readonly [sign: string, tone: string]> = {
  completed: ['✓', 'good'],
  partial: ['!', 'warn'],
  failed: ['×', 'bad'],
  cancelled: ['–', 'calm'],
  skipped: ['○', 'calm'],
};

/** The last nights of a policy as a strip of cells, each a link to its run. */
export function Nights({ view, nights }: { view: View; nights: readonly Night[] }) {
  const { words, language } = view.text;
  return (
    <ol class="nights" aria-label={words.nights(nights.length)}>
      {nights.map(({ date, outcome, run_id, runs }) => {
        if (outcome === undefined || run_id === undefined) {
          const label = `${date}${words.colon}${words.noRun}`;
          return (
            <li>
              <span class="calm soft" role="img" aria-label={label} title={label}>
                ·
              </span>
            </li>
          );
        }
        const [sign, tone] = SIGNS[outcome];
        const says = meaningOf('runOutcome', outcome, language)?.says ?? outcome;
        const label = `${date}${words.colon}${says}${words.comma}${words.runs(runs)}`;
        const href = view.href(['runs', run_id]);
        return (
          <li>
            {href === undefined ? (
              <span class={tone} role="img" aria-label={label} title={label}>
                {sign}
              </span>
            ) : (
              <a class={tone} href={href} aria-label={label} title={label}>
                {sign}
              </a>
            )}
          </li>
        );
      })}
    </ol>
  );
}

const WIDTH = 1_000;

/** The phones of a policy as a bar: fresh, late, never. */
export function PhoneBar({ phones }: { phones: NonNullable<PolicyStatus['phones']> }) {
  if (phones.counted === 0) return null;
  const parts = (['fresh', 'late', 'never'] as const).map((state) => ({
    state,
    width: (phones[state] / phones.counted) * WIDTH,
  }));
  let x = 0;
  return (
    <svg class="bar" viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
      {parts.map(({ state, width }) => {
        const from = x;
        x += width;
        return <rect class={state} x={round(from)} y="0" width={round(width)} height="10" />;
      })}
    </svg>
  );
}

const HEIGHT = 50;

/** The bytes of each day as bars. */
export function Trend({ view, days }: { view: View; days: readonly TrendDay[] }) {
  const most = Math.max(...days.map(({ bytes }) => bytes));
  if (most <= 0) return null;
  const { words } = view.text;
  const step = WIDTH / days.length;
  const label = `${words.trend(days.length)}${words.semicolon}${words.trendMost(size(most))}`;
  return (
    <>
      <svg
        class="chart"
        role="img"
        aria-label={label}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {days.map(({ bytes }, index) => {
          const height = (bytes / most) * HEIGHT;
          return (
            <rect
              x={round(index * step + 3)}
              y={round(HEIGHT - height)}
              width={round(step - 6)}
              height={round(height)}
            />
          );
        })}
      </svg>
      <p class="soft small">{label}</p>
    </>
  );
}

const round = (value: number): string => value.toFixed(1);
