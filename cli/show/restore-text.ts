import type { PlannedRestore, RestorePreview } from '../../lib/run/query/schemas/restore.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { colours } from '../text/colour.ts';
import { fold } from '../text/fold.ts';
import { count } from '../text/plural.ts';
import { size } from '../text/size.ts';
import { table } from '../text/table.ts';
import { ago } from '../text/time.ts';
import { minuteOf } from '../text/when.ts';
import { whyPhone } from './why-text.ts';

const SHOWN = 50;

/** Describes what a restore would do, and what it cannot bring back. `to`: the output that shows it. */
export function restoreText(io: Io, preview: RestorePreview, to: 'out' | 'err' = 'out'): string {
  const { counts, failure, phones } = visibleAll(preview);
  const paint = colours(io, to);
  const columns = to === 'out' ? io.columns : io.errColumns;
  const now = io.clock.now();
  if (failure !== undefined) {
    return fold(`${paint.red('cannot restore')}: ${failure.message} (${failure.code})`, columns);
  }
  const ready = counts.restore + counts.wait;
  const rest = phones.length - SHOWN;
  const lines = [
    paint.bold(`Restores ${count(ready, 'phone')} of ${counts.selected}`),
    table(
      phones.slice(0, SHOWN).map((phone) => rowOf(io, phone, now)),
      columns,
      {
        head: ['phone', 'plan', 'archive of', `taken (${io.zone})`, 'age', 'size'],
        right: [5],
        whole: [0],
      },
    ),
    ...(rest > 0 ? [`… and ${rest} more`] : []),
    '',
    ...(ready === 0 ? [] : effects(preview)),
  ];
  return lines.map((line) => (line.includes('\n') ? line : fold(line, columns, '  '))).join('\n');
}

function rowOf(io: Io, phone: PlannedRestore, now: number): string[] {
  const { phone_name, phone_id, plan, reason, thaw, source } = phone;
  const planned = thaw === undefined ? plan : `thaw, ${plan}`;
  const what = reason === undefined ? planned : `${plan}: ${whyPhone({ state: plan, reason })}`;
  if (source === undefined) return [phone_name || phone_id, what, '', '', '', ''];
  return [
    phone_name || phone_id,
    what,
    `${source.phone_name || source.phone_id} (${source.policy})`,
    minuteOf(io, source.verified_at),
    ago(now - Date.parse(source.verified_at)),
    size(source.size),
  ];
}

function effects({ safety_export, restart, reset_first, phones }: RestorePreview): string[] {
  const isOther = phones.some(
    ({ phone_id, source }) => source !== undefined && source.phone_id !== phone_id,
  );
  return [
    ...(phones.some(({ thaw }) => thaw !== undefined)
      ? [
          'Makes the archives in a cold storage class readable first, for two days, which OBS charges for: minutes, or hours with --thaw standard.',
        ]
      : []),
    'Overwrites what the phones hold under the paths of the archives: what changed since an archive was taken is lost.',
    reset_first
      ? 'Resets each phone first: everything else on it is deleted too.'
      : 'Files that a phone has and its archive lacks may stay: CPH does not say. They are listed where they can be seen; --reset-first removes them.',
    safety_export
      ? 'Exports each phone first; `phonevault archives` lists that archive. --no-safety-export leaves it out.'
      : 'Does not export the phones first: what they hold now cannot be brought back.',
    restart
      ? 'Restarts each phone afterwards.'
      : 'Does not restart the phones: apps may crash until you do.',
    'No archive holds shared apps, files that were pushed to a server, or the identity of a phone (IMEI, Android id, keystore): apps may ask to sign in again.',
    ...(isOther
      ? [
          'An app has another owner (uid) on another phone: its data is given to it where that can be seen. Check that each app opens, else reinstall it and restore again.',
        ]
      : []),
  ].map((text) => `- ${text}`);
}
