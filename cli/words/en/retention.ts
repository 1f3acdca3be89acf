import { common, many } from './common.ts';

/** What retention keeps and deletes. */
export const retention = {
  deletes: (policy: string, deleted: number, all: number, size: string) =>
    `${policy}: ${deleted} of ${common.archives(all)} deleted (${size})`,
  wouldDelete: (policy: string, deleted: number, all: number, size: string) =>
    `${policy}: ${deleted} of ${common.archives(all)} would be deleted (${size})`,
  blocked: (why: string) => `nothing is deleted: ${why}`,
  refused: (count: number, codes: string) =>
    `the bucket refused ${many(count, 'deletion')}: ${codes}`,
  missing: (count: number, keys: string) =>
    `${many(count, 'last good archive')} missing or changed in the bucket, nothing of these phones is deleted: ${keys}`,
  head: ['phone', 'kept', 'deleted', 'size'],
  morePhones: (count: number) => `… and ${many(count, 'more phone')}: --json lists all archives`,
  noRules: 'no policy has retention rules',
  applying: (count: number) =>
    `applying the retention rules of ${count} ${count === 1 ? 'policy' : 'policies'} …`,
  notDone:
    'not done after 3 minutes. Is the timer of the drive function enabled? With --drive this process does the work.',
  explainHead: (zone: string) => [`run of (${zone})`, 'policy', 'size', '', 'because', 'archive'],
  verdicts: { keep: 'keep', delete: 'delete', trash: 'trash' },
  pinned: 'pinned',
  unpinned: 'unpinned',
  undeleted: 'undeleted and pinned',
  checked: (missing: number, unknown: number) =>
    `${common.archives(missing)} missing, ${many(unknown, 'object')} unknown`,
  checks: { missing: 'missing', unknown: 'unknown' },
  moreKeys: (count: number, what: string) => `… and ${count} more ${what}: --json lists them`,
};
