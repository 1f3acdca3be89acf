import { HOUR, WEEK } from './duration.ts';
import { duration, flag, mapping, share, whole, zone } from './fields.ts';

const MAX = 99_999;

const count = (description: string, example: number) =>
  whole(1, MAX)
    .optional()
    .meta({ description, examples: [example] });

/** The rules of a policy file that say which archives are deleted. The names of the counts are those of Huawei CBR. */
export const retention = mapping({
  retention_duration_days: count(
    'Deletes archives that are older than this many days. Not together with the counts.',
    30,
  ),
  max_backups: count('Keeps this many of the newest archives of a phone.', 3),
  day_backups: count(
    'Keeps the newest archive of each of the last days, as many days, that have one.',
    7,
  ),
  week_backups: count('The same by week, from Monday.', 4),
  month_backups: count('The same by month.', 6),
  year_backups: count('The same by year.', 2),
  timezone: zone.optional().meta({
    description: 'The IANA time zone in which days begin. Required for the counts by period.',
    examples: ['Asia/Shanghai'],
  }),
  trash: duration(HOUR, 52 * WEEK)
    .optional()
    .meta({
      description:
        'How long an archive that falls under the rules stays marked before it is deleted. `phonevault archives undelete game-0010` takes it back.',
      examples: ['7d'],
    }),
  manual: flag()
    .prefault(false)
    .meta({
      description:
        'Whether the rules also cover archives of runs that a person started at the command line. Otherwise these never expire.',
      examples: [true],
    }),
  max_delete: share.prefault('20%').meta({
    description:
      "How much of a policy's archives may be deleted at once, but at least 100. More, and nothing is deleted.",
    examples: ['5%'],
  }),
}).meta({
  description:
    'Which archives are deleted. Without it, none are. At least one rule is required: `retention_duration_days`, or counts, which add up.',
  examples: [{ day_backups: 7, week_backups: 4, timezone: 'Asia/Shanghai' }],
});
