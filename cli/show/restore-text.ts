import type { PlannedRestore, RestorePreview } from '../../lib/run/query/schemas/restore.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { colours } from '../text/colour.ts';
import { fold } from '../text/fold.ts';
import { size } from '../text/size.ts';
import { table } from '../text/table.ts';
import { ago } from '../text/time.ts';
import { minuteOf } from '../text/when.ts';
import { wordsOf, type Words } from '../words/words.ts';
import { whyPhone } from './why-text.ts';

const SHOWN = 50;

/** Describes what a restore would do, and what it cannot bring back. `to`: the output that shows it. */
export function restoreText(io: Io, preview: RestorePreview, to: 'out' | 'err' = 'out'): string {
  const { counts, failure, phones } = visibleAll(preview);
  const paint = colours(io, to);
  const columns = to === 'out' ? io.columns : io.errColumns;
  const now = io.clock.now();
  const { restore: words, common } = wordsOf(io);
  if (failure !== undefined) {
    return fold(
      paint.red(words.cannotRestore) + words.cannot(failure.message, failure.code),
      columns,
    );
  }
  const ready = counts.restore + counts.wait;
  const rest = phones.length - SHOWN;
  const lines = [
    paint.bold(words.title(common.phones(ready), counts.selected)),
    table(
      phones.slice(0, SHOWN).map((phone) => rowOf(io, phone, now)),
      columns,
      {
        head: words.head(io.zone),
        right: [5],
        whole: [0, 1],
      },
    ),
    ...(rest > 0 ? [common.andMore(rest)] : []),
    '',
    ...(ready === 0 ? [] : effects(words, preview)),
  ];
  return lines.map((line) => (line.includes('\n') ? line : fold(line, columns, '  '))).join('\n');
}

function rowOf(io: Io, phone: PlannedRestore, now: number): string[] {
  const { phone_name, phone_id, plan, reason, thaw, source } = phone;
  const { restore: words, common } = wordsOf(io);
  const word = words.plans[plan];
  const planned = thaw === undefined ? word : words.thawFirst(word);
  const why = whyPhone({ state: plan, reason }, io.language);
  const what = reason === undefined ? planned : word + common.colon + why;
  if (source === undefined) return [phone_name || phone_id, what, '', '', '', ''];
  return [
    phone_name || phone_id,
    what,
    (source.phone_name || source.phone_id) + common.note(source.policy),
    minuteOf(io, source.verified_at),
    ago(now - Date.parse(source.verified_at), io.language),
    size(source.size),
  ];
}

function effects(
  words: Words['restore'],
  { safety_export, restart, reset_first, phones }: RestorePreview,
): string[] {
  const isOther = phones.some(
    ({ phone_id, source }) => source !== undefined && source.phone_id !== phone_id,
  );
  return [
    ...(phones.some(({ thaw }) => thaw !== undefined) ? [words.thaws] : []),
    words.overwrites,
    reset_first ? words.resets : words.leavesFiles,
    safety_export ? words.saves : words.savesNot,
    restart ? words.restarts : words.restartsNot,
    words.lacks,
    ...(isOther ? [words.otherPhone] : []),
  ].map((text) => `- ${text}`);
}
