import type { PhoneBackup } from '../../../lib/run/query/schemas/policy.ts';
import { size } from '../../text/size.ts';
import { causeOf, Link, Table, type View } from '../parts/view.tsx';

const PAGE = 50;
export const FILTERS = ['all', 'never', 'late', 'unknown', 'not_exportable', 'fresh'] as const;
export type PhoneFilter = { state: (typeof FILTERS)[number]; q: string; page: number };

/** Returns the phones of a filter: of a state, with a text in their name or id. Pure. */
export function filtered(
  phones: readonly PhoneBackup[],
  { state, q }: Pick<PhoneFilter, 'state' | 'q'>,
): PhoneBackup[] {
  const wanted = q.trim().toLowerCase();
  return phones.filter(
    (phone) =>
      (state === 'all' || phone.state === state) &&
      (phone.phone_name.toLowerCase().includes(wanted) ||
        phone.phone_id.toLowerCase().includes(wanted)),
  );
}

/** Returns how many phones have each state. */
function countsOf(
  phones: readonly PhoneBackup[],
): Map<PhoneFilter['state'] | PhoneBackup['state'], number> {
  const counts = new Map<PhoneFilter['state'] | PhoneBackup['state'], number>([
    ['all', phones.length],
  ]);
  for (const { state } of phones) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/** A list of phones with their ages. */
export function PhoneTable({
  view,
  phones,
  label = view.text.words.phones,
  id,
}: {
  view: View;
  phones: readonly PhoneBackup[];
  label?: string;
  id?: string;
}) {
  const { words, ago, time } = view.text;
  const head = [words.name, words.backup, words.age, words.size, words.why];
  return (
    <Table label={label} head={head} {...(id === undefined ? {} : { id })}>
      {phones.map(({ phone_id, phone_name, state, verified_at, reason, code, ...archive }) => (
        <tr>
          <td>
            <Link href={view.href(['phones', phone_id])}>{phone_name || phone_id}</Link>
          </td>
          <td class="whole">{words.filterStates[state]}</td>
          <td class="whole" title={verified_at === null ? '' : `${time(verified_at, 'UTC')} UTC`}>
            {verified_at === null ? '–' : ago(verified_at)}
          </td>
          <td class="number">{archive.size === undefined ? '–' : size(archive.size)}</td>
          <td>{causeOf(view, { outcome: 'failed', reason, code })}</td>
        </tr>
      ))}
    </Table>
  );
}

/** The phones of a policy, a page at a time, with a filter. */
export function PhoneList({
  view,
  policy,
  phones,
  filter,
}: {
  view: View;
  policy: string;
  phones: readonly PhoneBackup[];
  filter: PhoneFilter;
}) {
  const { words, language } = view.text;
  const found = filtered(phones, filter);
  const counts = countsOf(phones);
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(Math.max(1, filter.page), pages);
  const from = (page - 1) * PAGE;
  const shown = found.slice(from, from + PAGE);
  const to = (other: number): string | undefined =>
    view.href(['policies', policy], {
      ...{ state: filter.state, q: filter.q, page: String(other) },
    });
  return (
    <div data-phones="">
      <h2>{words.phones}</h2>
      <form
        method="get"
        action={view.href(['policies', policy])}
        role="search"
        aria-label={words.filterPhones}
      >
        <input type="hidden" name="lang" value={language} />
        <label>
          {words.state}
          <br />
          <select name="state">
            {FILTERS.map((state) => (
              <option value={state} selected={state === filter.state}>
                {words.filterStates[state]} ({counts.get(state) ?? 0})
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.search}
          <br />
          <input type="search" name="q" value={filter.q} maxlength={128} />
        </label>
        <button type="submit">{words.filter}</button>
      </form>
      {found.length === 0 ? (
        <p>{words.nothingFound}</p>
      ) : (
        <>
          <PhoneTable view={view} phones={shown} />
          <nav class="pages" aria-label={words.pages}>
            {page > 1 ? (
              <a href={to(page - 1)} rel="prev">
                {words.previous}
              </a>
            ) : null}
            <span>{words.shown(from + 1, from + shown.length, found.length)}</span>
            {page < pages ? (
              <a href={to(page + 1)} rel="next">
                {words.nextPage}
              </a>
            ) : null}
          </nav>
        </>
      )}
    </div>
  );
}
