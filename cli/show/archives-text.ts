import type { ArchiveView } from '../../lib/run/query/schemas/archive.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { size } from '../text/size.ts';
import { table } from '../text/table.ts';
import { ago } from '../text/time.ts';

/** Returns archives as a table, without their keys where the window is too narrow. */
export function archivesText(io: Io, archives: readonly ArchiveView[]): string {
  const rows = visibleAll(archives).map((archive) => [
    archive.phone_name || archive.phone_id,
    archive.policy,
    ago(io.clock.now() - Date.parse(archive.verified_at)),
    size(archive.size),
    archive.image_version ?? '-',
    flagsOf(archive) || '-',
    `obs://${archive.bucket}/${archive.key}`,
  ]);
  const head = ['phone', 'policy', 'age', 'size', 'image', 'flags', 'archive'];
  return table(rows, io.columns, { head, right: [3], whole: [0, 2, 5], spare: [6, 4] });
}

function flagsOf({ suspect, pinned, trigger, trashed_at }: ArchiveView): string {
  const flags = [
    ...[suspect && 'suspect', pinned && 'pinned', trashed_at !== undefined && 'trash'],
    // Both are treated apart: by retention, and when a phone is restored.
    (trigger === 'manual' || trigger === 'restore') && trigger,
  ];
  return flags.filter((flag) => flag !== undefined && flag !== false).join(', ');
}
