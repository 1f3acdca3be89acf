import type { Pruned } from '../../../lib/ledger/retention/state.ts';
import type { JudgedArchive, Preview } from '../../../lib/run/retention/preview.ts';
import { archiveOf } from '../../support/archives.ts';
import { T0 } from '../../support/runs.ts';

/** Returns an archive with its verdict. */
export function judged(
  key: string,
  { phone = 'p1', ...changes }: Partial<JudgedArchive> & { phone?: string } = {},
): JudgedArchive {
  const archive = archiveOf(phone, T0, { key });
  return { archive, keep: true, reasons: [], pinned: false, ...changes };
}

/** Returns what applying the rules would do with archives. */
export function previewOf(archives: JudgedArchive[], changes: Partial<Preview> = {}): Preview {
  const due = archives.filter(({ keep }) => !keep).length;
  return {
    ...{ policy: 'nightly', block: undefined, standing: archives.length, due, most: 100 },
    archives: async function* () {
      yield* archives;
    },
    ...changes,
  };
}

const last: Pruned = {
  ...{ at: T0, standing: 0, due: 0, deleted: 0, bytes: 0, trashed: 0 },
  ...{ refused: 0, refusals: [], missing: 0, missing_keys: [] },
};

/** Returns what drive reports after the bucket refused to delete an archive. */
export const refusedAnd = (key: string, code: string): Pruned => ({
  ...last,
  refused: 1,
  refusals: [{ key, code }],
});

/** What drive reports of last good archives that are missing in the bucket. */
export const missingAnd = (...keys: string[]) => ({
  missing: keys.length,
  missing_keys: keys,
});
