import type * as z from 'zod';
import {
  bucket,
  choice,
  cron,
  duration,
  flag,
  glob,
  id,
  instant,
  listOf,
  mapping,
  objectPath,
  phonePath,
  policyName,
  share,
  tags,
  whole,
  zone,
} from './fields.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
const YEAR = 366 * 24 * HOUR;

const MAX_IDS = 10_000;
const ids = (what: string) => listOf(id, what, 1, MAX_IDS);

const schedule = mapping({
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

const exclusion = mapping({
  phones: ids('phone ids')
    .optional()
    .meta({
      description: 'Phones that are never exported, by id.',
      examples: [['0123456789abcdef0123456789abcdef']],
    }),
  servers: ids('server ids')
    .optional()
    .meta({
      description: 'Servers whose phones are never exported, by server id.',
      examples: [['fedcba9876543210fedcba9876543210']],
    }),
  name: glob.optional().meta({
    description: 'Phones that are never exported, by name pattern.',
    examples: ['game-000[1-3]'],
  }),
});

const select = mapping({
  phones: ids('phone ids')
    .optional()
    .meta({
      description: 'Phones by id. A phone that CPH does not list ends as `failed: not_found`.',
      examples: [['0123456789abcdef0123456789abcdef']],
    }),
  servers: ids('server ids')
    .optional()
    .meta({
      description: 'Phones on these servers, by server id.',
      examples: [['fedcba9876543210fedcba9876543210']],
    }),
  server_tags: tags.optional().meta({
    description:
      'Phones on servers that have all these tags, each with one of the listed values. An empty list matches any value.',
    examples: [{ env: ['prod', 'staging'], team: [] }],
  }),
  name: glob.optional().meta({
    description:
      'Phones by name pattern, case-sensitive: `*` any text, `?` any character, `[a-z]` one of a set, `[!a-z]` one outside it.',
    examples: ['game-*', '*'],
  }),
  exclude: exclusion.optional().meta({
    description: 'Phones that are never exported, even if they meet all conditions.',
    examples: [{ name: 'game-000[1-3]' }],
  }),
  max_phones: whole(1, 100_000)
    .prefault(5000)
    .meta({
      description: 'A run that selects more phones fails before it exports anything.',
      examples: [200],
    }),
}).meta({
  description:
    'The phones to export. A phone must meet every condition; at least one condition is required, and `exclude` wins.',
  examples: [{ server_tags: { env: ['prod'] }, name: 'game-*' }],
});

const exported = mapping({
  include: listOf(phonePath, 'paths', 1, 100).meta({
    description:
      'The paths to export: /data, /cache or below. A `*` at the end matches every path that starts like that.',
    examples: [['/data/data', '/data/media/0']],
  }),
  exclude: listOf(phonePath, 'paths', 0, 100)
    .prefault([])
    .meta({
      description:
        'Paths that are not exported, even below an `include`. Excluding all of an `include` is an error.',
      examples: [['/data/data/com.example.cache', '/data/media/0/Download']],
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

const retry = mapping({
  attempts: whole(1, 5)
    .prefault(2)
    .meta({
      description:
        'The most attempts per phone. Attempts whose response was lost do not count; there may be 3 of those.',
      examples: [3],
    }),
});

const objective = mapping({
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

const notify = mapping({
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
        'The language of e-mails and text messages. Messages for programs do not depend on it.',
      examples: ['zh'],
    }),
});

const fileSchema = mapping({
  name: policyName.meta({
    description: 'The name of the policy: its file name without `.yaml`.',
    examples: ['nightly'],
  }),
  enabled: flag()
    .prefault(true)
    .meta({
      description: 'Whether timers and new phones start runs. Requested runs start anyway.',
      examples: [false],
    }),
  paused_until: instant.optional().meta({
    description: 'Slots before this time never run.',
    examples: ['2026-01-31T08:00:00+08:00'],
  }),
  schedule: schedule.optional(),
  select,
  export: exported,
  deadline: duration(SECOND, WEEK)
    .prefault('2h')
    .meta({
      description: 'How long a run may take in total, from when it is planned.',
      examples: ['90m'],
    }),
  export_timeout: duration(SECOND, WEEK)
    .optional()
    .meta({
      description:
        'How long the export of a phone may take after it is accepted; at most the deadline. Default: 1h, or the deadline if shorter.',
      examples: ['45m'],
    }),
  wait_for_phones: duration(0, WEEK)
    .optional()
    .meta({
      description:
        'How long to wait for phones that are being created, reset, restarted or stopped; less than the deadline. Default: 10m, or half the deadline if shorter.',
      examples: ['0s', '5m'],
    }),
  max_in_flight_per_server: whole(1, 100)
    .prefault(4)
    .meta({
      description:
        'How many phones of a server are exported at the same time, over all runs. Limits the load on the server.',
      examples: [6],
    }),
  retry: retry
    .prefault({})
    .meta({ description: 'How often failed exports are repeated.', examples: [{ attempts: 3 }] }),
  objective: objective.prefault({}).meta({
    description: 'How recent the backups of the phones must be. A policy that misses it is stale.',
    examples: [{ max_age: '26h', phones: '98%' }],
  }),
  on_provisioned: flag()
    .prefault(false)
    .meta({
      description: 'Whether new and reset phones are exported soon after they appear.',
      examples: [true],
    }),
  notify: notify
    .prefault({})
    .meta({ description: 'What is published to the topic.', examples: [{ when: 'problems' }] }),
});

/**
 * The schema of a policy file. Parses the values of the file to the effective policy. `parsePolicy` also checks the rules
 * between fields and the file name.
 */
export const policySchema = fileSchema.transform((policy) => ({
  ...policy,
  export_timeout: policy.export_timeout ?? Math.min(HOUR, policy.deadline),
  wait_for_phones: policy.wait_for_phones ?? Math.min(10 * MINUTE, policy.deadline / 2),
}));

/** A policy with all its defaults; durations in milliseconds. */
export type Policy = z.infer<typeof policySchema>;
