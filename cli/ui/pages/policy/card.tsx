import type { FailureGroup } from '../../../../lib/run/query/page/failures.ts';
import type { PolicyStatus } from '../../../../lib/run/query/schemas/policy.ts';
import { needsAttention } from '../../../show/status-text.ts';
import { Nights } from '../../parts/charts.tsx';
import { Failures } from '../../parts/failures.tsx';
import { OpenRun } from '../../parts/open-run.tsx';
import { Link } from '../../parts/view.tsx';
import { Archives, Retention } from './archives.tsx';
import { Phones } from './phones.tsx';
import { type Props, zoneOf } from './props.ts';
import { Drill, Runs } from './runs.tsx';

/** What the page shows of a policy. `failures` are of its last run. */
export function PolicyCard({
  view,
  overview,
  failures,
}: Props & { failures: readonly FailureGroup[] }) {
  const { words } = view.text;
  const { status, open } = overview;
  const { policy, state, freshness, errors = [], unreadable = [] } = status;
  // Of a policy that was never valid there is nothing to show.
  const hasFacts = state !== 'invalid' || status.last_run !== null || open.length > 0;
  return (
    <section class="card" aria-label={`${words.policy} ${policy}`} data-policy={policy}>
      <div class="head">
        <h3>
          <Link href={view.href(['policies', policy])}>{policy}</Link>
        </h3>
        <span class={`badge ${stateTone(status)}`}>{words.states[state]}</span>
        {words.freshness[freshness] === '' ? null : (
          <span class={`badge ${freshnessTone(status)}`}>{words.freshness[freshness]}</span>
        )}
        {status.paused_until === undefined ? null : (
          <span class="soft">
            {words.pausedUntil(view.text.time(status.paused_until, zoneOf(status)))}
          </span>
        )}
      </div>
      {[...errors, ...unreadable.map(({ message }) => message)].map((message) => (
        <p class="banner bad" lang="en">
          {message}
        </p>
      ))}
      {hasFacts ? <Facts view={view} overview={overview} /> : null}
      {failures.length === 0 ? null : (
        <div>
          <h4>{words.failures}</h4>
          <Failures view={view} groups={failures} />
        </div>
      )}
    </section>
  );
}

function Facts({ view, overview }: Props) {
  const { words } = view.text;
  const { nights, open } = overview;
  return (
    <>
      <h4>{words.nights(nights.length)}</h4>
      <Nights view={view} nights={nights} />
      {open.length === 0 ? null : (
        <div class="banner calm">
          <h4>{words.openRun}</h4>
          {open.map((run) => (
            <OpenRun view={view} run={run} />
          ))}
        </div>
      )}
      <div class="grid">
        <Phones view={view} overview={overview} />
        <Runs view={view} overview={overview} />
        <Archives view={view} overview={overview} />
        <Retention view={view} overview={overview} />
        <Drill view={view} status={overview.status} />
      </div>
    </>
  );
}

function stateTone(status: PolicyStatus): string {
  if (status.state === 'invalid' || status.state === 'unreadable') return 'bad';
  return 'calm';
}

function freshnessTone(status: PolicyStatus): string {
  if (status.freshness === 'fresh') return 'good';
  return needsAttention(status) || status.freshness === 'unknown' ? 'bad' : 'warn';
}
