import { inOneUnit } from '../../../../lib/amounts.ts';
import { PhoneBar } from '../../parts/charts.tsx';
import { causeOf, Fact, Link } from '../../parts/view.tsx';
import type { Props } from './props.ts';

const STATES = ['fresh', 'late', 'never', 'not_exportable', 'unknown'] as const;

/** How many phones have a recent backup, and those with the oldest ones. */
export function Phones({ view, overview: { status, oldest } }: Props) {
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
              : inOneUnit(objective.max_age_seconds * 1_000, view.text.language),
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
