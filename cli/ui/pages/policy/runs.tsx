import { meaningOf } from '../../../../lib/meanings/meanings.ts';
import { isBadDrill } from '../../../../lib/run/query/drill-view.ts';
import type { PolicyStatus } from '../../../../lib/run/query/schemas/policy.ts';
import { Fact, Link, type View } from '../../parts/view.tsx';
import { type Props, zoneOf } from './props.ts';

/** The last run, the last good one, and the next slots. */
export function Runs({ view, overview: { status, slots, recent } }: Props) {
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

/** How the last restore drill ended, and when the next one is. */
export function Drill({ view, status }: { view: View; status: PolicyStatus }) {
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
