import { meaningOf } from '../../../lib/meanings/meanings.ts';
import { formatDuration } from '../../../lib/policy/schema/duration.ts';
import type { FailureGroup } from '../../../lib/run/query/page/failures.ts';
import { isBadDrill } from '../../../lib/run/query/drill-view.ts';
import { NIGHTS, type PolicyOverview } from '../../../lib/run/query/page/overview.ts';
import { trendOf } from '../../../lib/run/query/page/trend.ts';
import type { PolicyStatus } from '../../../lib/run/query/schemas/policy.ts';
import { needsAttention } from '../../show/status-text.ts';
import { size } from '../../text/size.ts';
import { Nights, PhoneBar, Trend } from '../parts/charts.tsx';
import { Failures } from '../parts/failures.tsx';
import { OpenRun } from '../parts/open-run.tsx';
import { causeOf, Fact, Link, type View } from '../parts/view.tsx';

type Props = { view: View; overview: PolicyOverview };

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

export const zoneOf = ({ schedule }: PolicyStatus): string => schedule?.timezone ?? 'UTC';

function stateTone(status: PolicyStatus): string {
  if (status.state === 'invalid' || status.state === 'unreadable') return 'bad';
  return 'calm';
}

function freshnessTone(status: PolicyStatus): string {
  if (status.freshness === 'fresh') return 'good';
  return needsAttention(status) || status.freshness === 'unknown' ? 'bad' : 'warn';
}

const STATES = ['fresh', 'late', 'never', 'not_exportable', 'unknown'] as const;

function Phones({ view, overview: { status, oldest } }: Props) {
  const { words, ago } = view.text;
  const { phones, objective, policy } = status;
  return (
    <Fact title={words.phones}>
      {phones === null ? (
        <p>{words.none}</p>
      ) : (
        <>
          <PhoneBar phones={phones} />
          <ul class="counts">
            {STATES.filter((state) => phones[state] > 0 || state === 'fresh').map((state) => (
              <li>
                <Link href={view.href(['policies', policy], { state })}>
                  {phones[state]} {words.filterStates[state]}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      {objective === undefined || status.freshness === 'unscheduled' ? null : (
        <p class="soft small">
          {words.objective(
            objective.phones_percent,
            objective.max_age_seconds === null
              ? words.lastTwoSlots
              : formatDuration(objective.max_age_seconds * 1_000),
          )}
        </p>
      )}
      {oldest.length === 0 ? null : (
        <>
          <h4>{words.oldest}</h4>
          <ul>
            {oldest.map(({ phone_id, phone_name, verified_at, outcome, reason, code }) => {
              const cause = outcome === 'exported' ? '' : causeOf(view, { outcome, reason, code });
              return (
                <li>
                  <Link href={view.href(['phones', phone_id])}>{phone_name || phone_id}</Link>
                  {words.colon}
                  {verified_at === undefined ? words.filterStates.never : ago(verified_at)}
                  {cause === '' ? null : (
                    <span class="soft">
                      {words.comma}
                      {cause}
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
        </>
      )}
    </Fact>
  );
}

function Runs({ view, overview: { status, slots, recent } }: Props) {
  const { words, language, time, ago, duration } = view.text;
  const { last_run: last, last_good_run: good } = status;
  const zone = zoneOf(status);
  const counted = recent.find(({ run_id }) => run_id === last?.run_id);
  return (
    <div>
      <Fact title={words.lastRun}>
        {last === null ? (
          <p>{words.none}</p>
        ) : (
          <p>
            <Link href={view.href(['runs', last.run_id])}>
              {meaningOf('runOutcome', last.outcome, language)?.says ?? last.outcome}
            </Link>
            {words.comma}
            {time(last.settled_at, zone)}
            {words.note(ago(last.settled_at))}
            {counted === undefined
              ? null
              : `${words.comma}${words.took(duration(counted.settled_at - counted.started_at))}`}
          </p>
        )}
      </Fact>
      <Fact title={words.lastGood}>
        <p>
          {good === null
            ? words.none
            : `${time(good.settled_at, zone)}${words.note(ago(good.settled_at))}`}
        </p>
      </Fact>
      {slots.length === 0 ? null : (
        <Fact title={words.next}>
          <ul>
            {slots.map((slot, index) => (
              <li>
                {time(slot, zone)}
                {index === 0 ? ` ${zone}${words.note(ago(slot))}` : null}
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </div>
  );
}

function Archives({ view, overview: { status, archives, recent } }: Props) {
  const { words } = view.text;
  const days = trendOf(recent, { zone: zoneOf(status), days: NIGHTS, now: view.now });
  return (
    <Fact title={words.archives}>
      <p>
        {archives?.all === true
          ? words.archivesOf(archives.archives, size(archives.bytes))
          : words.notCounted}
      </p>
      <Trend view={view} days={days} />
    </Fact>
  );
}

function Retention({ view, overview: { pruned } }: Props) {
  const { words, language, ago } = view.text;
  if (pruned === undefined) {
    return (
      <Fact title={words.retention}>
        <p>{words.retentionNever}</p>
      </Fact>
    );
  }
  const { at, blocked, deleted, bytes } = pruned;
  const text =
    blocked === undefined
      ? words.retentionDid(deleted, size(bytes), ago(at))
      : words.retentionBlocked(meaningOf('prune', blocked, language)?.says ?? blocked, ago(at));
  return (
    <Fact title={words.retention}>
      <p class={blocked === undefined ? undefined : 'banner warn'}>{text}</p>
    </Fact>
  );
}

function Drill({ view, status }: { view: View; status: PolicyStatus }) {
  const { words, ago, time } = view.text;
  const { drill } = status;
  if (drill === undefined) return null;
  const { state, last, next_slot } = drill;
  const isBad = isBadDrill(status);
  return (
    <Fact title={words.drill}>
      <p class={isBad ? 'banner bad' : undefined}>
        {words.drillStates[state]}
        {last === null ? null : (
          <>
            {words.comma}
            <Link href={view.href(['runs', last.run_id])}>{ago(last.settled_at)}</Link>
          </>
        )}
      </p>
      {next_slot === null ? null : (
        <p class="soft small">
          {words.next}
          {words.colon}
          {time(next_slot, zoneOf(status))}
        </p>
      )}
    </Fact>
  );
}
