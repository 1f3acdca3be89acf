import type { ArchiveView } from '../../lib/run/query/schemas/archive.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { size } from '../text/size.ts';
import { table } from '../text/table.ts';
import { ago } from '../text/time.ts';
import { wordsOf, type Words } from '../words/words.ts';

/** Returns archives as a table, without their keys where the window is too narrow. */
export function archivesText(io: Io, archives: readonly ArchiveView[]): string {
  const words = wordsOf(io);
  const rows = visibleAll(archives).map((archive) => [
    archive.phone_name || archive.phone_id,
    archive.policy,
    ago(io.clock.now() - Date.parse(archive.verified_at), io.language),
    size(archive.size),
    archive.image_version ?? '-',
    flagsOf(archive, words) || '-',
    `obs://${archive.bucket}/${archive.key}`,
  ]);
  const head = words.policy.archivesHead;
  return table(rows, io.columns, { head, right: [3], whole: [0, 2, 5], spare: [6, 4] });
}

function flagsOf(
  { suspect, pinned, trigger, trashed_at }: ArchiveView,
  { policy: { flags: words }, common }: Words,
): string {
  const flags = [
    ...[suspect && words.suspect, pinned && words.pinned, trashed_at !== undefined && words.trash],
    // Both are treated apart: by retention, and when a phone is restored.
    (trigger === 'manual' || trigger === 'restore') && words[trigger],
  ];
  return flags.filter((flag) => flag !== undefined && flag !== false).join(common.comma);
}
