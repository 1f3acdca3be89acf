import type { Report } from './run-folder.ts';
import { wrap } from './text.ts';

type ReportedPhone = Report['phones'][number];
type Group = { title: string; outcome: string; phones: string[] };

const ORDER = ['exported', 'failed', 'timed_out', 'cancelled', 'skipped'];

/** Phones by what became of them and why; best outcome first, names in order. */
export function groupOutcomes(
  phones: readonly ReportedPhone[],
  nameOf: (phone: ReportedPhone) => string,
): Group[] {
  const groups = new Map<string, Group>();
  for (const phone of phones) {
    const title = titleOf(phone);
    const group = groups.get(title) ?? { title, outcome: phone.outcome, phones: [] };
    group.phones.push(nameOf(phone));
    groups.set(title, group);
  }
  for (const group of groups.values()) group.phones.sort();
  return [...groups.values()].sort(
    (a, b) =>
      ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) ||
      b.phones.length - a.phones.length ||
      (a.title < b.title ? -1 : 1),
  );
}

/** The groups as lines of at most `width` characters: a heading with the number, below it the phones. */
export function outcomeLines(
  groups: readonly Group[],
  width: number,
  heading: (title: string, outcome: string) => string,
): string[] {
  return groups.flatMap(({ title, outcome, phones }) => [
    ...wrap(`${title} (${phones.length})`.split(' '), width).map((line) => heading(line, outcome)),
    ...wrap(phones.join(' ').split(' '), width, '  '),
  ]);
}

function titleOf({ outcome, reason, code, attempts }: ReportedPhone): string {
  const why = [reason, code].filter((word) => word !== undefined).join(' ');
  const tries = attempts > 1 ? `, ${attempts} tries` : '';
  return `${outcome.replace('_', ' ')}${why === '' ? '' : `: ${why}`}${tries}`;
}
