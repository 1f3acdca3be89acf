import * as z from 'zod';
import {
  bucket,
  choice,
  command,
  cron,
  duration,
  id,
  listOf,
  mapping,
  objectPath,
  phonePath,
  share,
  whole,
  zone,
} from './fields.ts';
import { MINUTE, SECOND, WEEK } from './duration.ts';

const YEAR = 366 * 24 * 60 * MINUTE;

const ANSWER_ALLOWED = '1 to 200 letters, digits, spaces and _ . / : , = + @ # -';
const answer = z.string({ error: ANSWER_ALLOWED }).regex(/^[\w ./:,=+@#-]{1,200}$/, ANSWER_ALLOWED);

// The sections of a policy file besides `select`.

export const schedule = mapping({
  cron: cron.meta({
    description:
      'When to run: second minute hour day-of-month month day-of-week, as in FunctionGraph timers.',
    examples: ['0 30 2 * * *', '0 0 3 ? * Mon-Fri', '0 0/30 * * * *'],
  }),
  timezone: zone.meta({
    description: 'The IANA time zone of the cron expression and of `{date}`.',
    examples: ['Asia/Shanghai', 'UTC'],
  }),
  start_within: duration(SECOND, WEEK)
    .prefault('2h')
    .meta({
      description:
        'How late a slot may start, for example after an outage. An older slot does not run and is reported as missed.',
      examples: ['30m'],
    }),
}).meta({
  description:
    'When the policy runs. Without it, only requests and timers that name the policy start runs.',
  examples: [{ cron: '0 30 2 * * *', timezone: 'Asia/Shanghai' }],
});

export const exported = mapping({
  include: listOf(phonePath('include'), 'paths', 1, 100).meta({
    description:
      'The paths to export: /data, /cache or below. A `*` at the end matches every path that starts like that.',
    examples: [['/data/data', '/data/media/0']],
  }),
  exclude: listOf(phonePath('exclude'), 'paths', 0, 100)
    .prefault([])
    .meta({
      description:
        'Paths that are not exported, even below an `include`. Excluding every `include` is an error, excluding one of several a warning.',
      examples: [['/data/data/com.example.cache', '/data/media/0/Download']],
    }),
  characters: choice(['common', 'wide'])
    .prefault('common')
    .meta({
      description:
        'Which characters paths may have. `wide` adds `~`, as in `/data/app/~~x==`: only for regions with the newer edition of the export API; CPH refuses the path elsewhere.',
      examples: ['wide'],
    }),
  bucket: bucket.meta({
    description: "The OBS bucket for the archives, in the phones' region.",
    examples: ['my-phone-backups'],
  }),
  object_path: objectPath.prefault('{policy}/{date}').meta({
    description:
      'The folder of the archives, with `{policy}`, `{date}` and `{slot}` replaced. Run id, phone id and attempt are added.',
    examples: ['phones/{policy}/{slot}'],
  }),
}).meta({
  description: 'What to export, and where to.',
  examples: [{ include: ['/data/data'], bucket: 'my-phone-backups' }],
});

export const retry = mapping({
  attempts: whole(1, 5)
    .prefault(2)
    .meta({
      description:
        'The most attempts per phone. Attempts whose response was lost do not count; there may be 3 of those.',
      examples: [3],
    }),
});

export const objective = mapping({
  max_age: duration(MINUTE, YEAR)
    .optional()
    .meta({
      description:
        'How old the last verified archive of a phone may be. Default: a phone is late when its archive is older than the last two slots that should have ended.',
      examples: ['26h'],
    }),
  phones: share.prefault('90%').meta({
    description:
      'How many of the phones that can be exported must have a backup that is recent enough. Below 100%, one phone may always be late.',
    examples: ['98%'],
  }),
});

export const verify = mapping({
  read: share.meta({
    description:
      'How many of the new archives of a run drive reads to their end, at least one. Which ones follows from the ids of run and phones.',
    examples: ['5%'],
  }),
}).meta({
  description: 'What is verified of an archive besides its job, size and ETag.',
  examples: [{ read: '5%' }],
});

export const drill = mapping({
  schedule: schedule.meta({
    description: 'When to drill, as in [`schedule`](#schedule).',
    examples: [{ cron: '0 0 6 ? * Sun', timezone: 'Asia/Shanghai' }],
  }),
  phones: whole(1, 50)
    .prefault(1)
    .meta({ description: 'How many archives are restored, each of another phone.', examples: [2] }),
  pick: choice(['random', 'newest'])
    .prefault('random')
    .meta({
      description:
        'Which archives: those of any phones, by a choice that follows from the run id, or the newest. Always the newest good archive of a phone.',
      examples: ['newest'],
    }),
  target: listOf(id, 'phone ids', 1, 50).meta({
    description:
      'The scratch phones that the archives are restored to, at least as many as `phones`. What they hold is lost. The policy must not select them.',
    examples: [['0123456789abcdef0123456789abcdef']],
  }),
  check: command.optional().meta({
    description:
      'A shell command that each phone runs once it runs with its archive. It has to succeed, else the drill has failed. It is tried five times, 30 seconds apart.',
    examples: ['ls /data/data/com.example.game/files'],
  }),
  answer: answer.optional().meta({
    description:
      'A text that the output of `check` has to contain. CPH shows the first 1,024 bytes of an output.',
    examples: ['save.db'],
  }),
}).meta({
  description: 'Restores archives of the policy to scratch phones, to prove that they can be.',
  examples: [
    {
      schedule: { cron: '0 0 6 ? * Sun', timezone: 'Asia/Shanghai' },
      target: ['0123456789abcdef0123456789abcdef'],
    },
  ],
});

export const notify = mapping({
  when: choice(['always', 'problems', 'change'])
    .prefault('always')
    .meta({
      description:
        'Which settled runs are reported: all, those not completed, or those whose outcome differs from the previous run.',
      examples: ['problems'],
    }),
  language: choice(['en', 'zh'])
    .prefault('en')
    .meta({
      description:
        'The language of all messages. Codes and field names for programs do not depend on it.',
      examples: ['zh'],
    }),
});
