import type { Counts } from '../../lib/ledger/run/report.ts';
import type { RunPhone, RunSummary, RunView } from '../../lib/run/query/schemas.ts';
import type { Io } from '../io/io.ts';
import { type Colours, colours } from '../text/colour.ts';
import { fold } from '../text/fold.ts';

const NAMES = 10;
const ORDER = ['exported', 'skipped', 'cancelled', 'timed_out', 'failed'];
const COLOURS: Record<string, 'green' | 'yellow'> = {
  exported: 'green',
  completed: 'green',
  skipped: 'yellow',
  cancelled: 'yellow',
  partial: 'yellow',
};

/** An outcome or state as a word in its colour; what is not known to be good is red. */
export function outcomeWord(word: string, paint: Colours): string {
  return paint[COLOURS[word] ?? 'red'](word.replaceAll('_', ' '));
}

/** `61 selected, 57 exported, 1 failed`: what is none is left out. */
export function countsText({ selected, ...rest }: Counts): string {
  const parts = Object.entries(rest).filter(([, number]) => number > 0);
  return [
    `${selected} selected`,
    ...parts.map(([word, number]) => `${number} ${word.replaceAll('_', ' ')}`),
  ].join(', ');
}

/** What became of a run that is over: its phones by outcome, reason and code, and where its report lies. */
export function outcomeText(
  io: Io,
  view: RunView,
  phones: readonly RunPhone[],
  ledger: { bucket: string },
): string {
  const paint = colours(io);
  const word = outcomeWord(view.outcome ?? view.phase, paint);
  return [
    `${paint.bold(`Run ${view.run_id}:`)} ${word}`,
    ...whyText(view),
    ...groupsOf(phones).flatMap(({ outcome, why, names }) => [
      `${outcomeWord(outcome, paint)}${why === '' ? '' : `: ${why}`} (${names.length})`,
      `  ${namesText(names)}`,
    ]),
    ...(view.report === null ? [] : [`Report: obs://${ledger.bucket}/${view.report.key}`]),
  ]
    .map((line) => fold(line, io.columns, line.startsWith(' ') ? '' : '  '))
    .join('\n');
}

/** Why a run never began or was set aside; nothing otherwise. */
export function whyText({
  reason,
  message,
}: RunSummary & { message?: string | undefined }): string[] {
  if (reason === undefined) return message === undefined ? [] : [message];
  return [message === undefined ? reason : `${reason}: ${message}`];
}

type Group = { outcome: string; why: string; names: string[] };

/** What most people look for comes last, next to the prompt. */
function groupsOf(phones: readonly RunPhone[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { phone_name, phone_id, state, reason, code, attempts } of phones) {
    const tries = state === 'exported' && attempts > 1 ? `${attempts} tries` : undefined;
    const why = [reason, code, tries].filter((part) => part !== undefined).join(' ');
    const key = `${state} ${why}`;
    const group = groups.get(key) ?? { outcome: state, why, names: [] };
    group.names.push(phone_name || phone_id);
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (a, b) =>
      ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) ||
      b.names.length - a.names.length ||
      (a.why < b.why ? -1 : 1),
  );
}

function namesText(names: readonly string[]): string {
  const more = names.length - NAMES;
  const shown = [...names].sort().slice(0, NAMES).join(' ');
  return more > 0 ? `${shown} … and ${more} more` : shown;
}
