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
  tags,
  whole,
  zone,
} from './fields.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;

const MAX_IDS = 10_000;
const ids = (what: string) => listOf(id, what, 1, MAX_IDS);

const schedule = mapping({
  cron: cron.meta({
    description:
      'When to run, in the six fields of FunctionGraph timers: second minute hour day-of-month month day-of-week.',
    examples: ['0 30 2 * * *', '0 0 3 ? * Mon-Fri', '0 0/30 * * * *'],
  }),
  timezone: zone.meta({
    description:
      'The zone that the cron expression and `{date}` are read in, by its IANA name; no offsets.',
    examples: ['Asia/Shanghai', 'UTC'],
  }),
  start_within: duration(SECOND, WEEK)
    .prefault('2h')
    .meta({
      description:
        'How late a slot may still be started, after an outage for example. An older one is reported as missed, not run.',
      examples: ['30m'],
    }),
}).meta({
  description:
    'When the policy runs by itself. Without it a run is asked for by hand, or by a timer that names the policy.',
  examples: [{ cron: '0 30 2 * * *', timezone: 'Asia/Shanghai' }],
});

const exclusion = mapping({
  phones: ids('phone ids')
    .optional()
    .meta({
      description: 'Phones never to export, by id.',
      examples: [['0123456789abcdef0123456789abcdef']],
    }),
  servers: ids('server ids')
    .optional()
    .meta({
      description: 'Servers whose phones are never exported, by id.',
      examples: [['fedcba9876543210fedcba9876543210']],
    }),
  name: glob.optional().meta({
    description: 'Phones never to export, by a pattern for their name.',
    examples: ['game-000[1-3]'],
  }),
});

const select = mapping({
  phones: ids('phone ids')
    .optional()
    .meta({
      description: 'Phones by id. One that CPH does not list ends as `failed: not_found`.',
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
      'Phones on servers that carry all these tags, each with one of the values given; an empty list takes any value. Phones have no tags of their own.',
    examples: [{ env: ['prod', 'staging'], team: [] }],
  }),
  name: glob.optional().meta({
    description:
      'Phones whose name fits a pattern: `*` any text, `?` any character, `[a-z]` and `[!a-z]` one of a set. Case counts.',
    examples: ['game-*', '*'],
  }),
  exclude: exclusion.optional().meta({
    description: 'Phones to leave out, whatever else holds.',
    examples: [{ name: 'game-000[1-3]' }],
  }),
  max_phones: whole(1, 100_000)
    .prefault(5000)
    .meta({
      description: 'A larger selection fails the run before anything is exported.',
      examples: [200],
    }),
}).meta({
  description:
    'The phones to export: all conditions given must hold, `exclude` wins, and at least one condition is needed.',
  examples: [{ server_tags: { env: ['prod'] }, name: 'game-*' }],
});

const exported = mapping({
  include: listOf(phonePath, 'paths', 1, 100).meta({
    description:
      'What to export: absolute paths below /data or /cache. A `*` at the end takes every path that starts so.',
    examples: [['/data/data', '/data/media/0']],
  }),
  exclude: listOf(phonePath, 'paths', 0, 100)
    .prefault([])
    .meta({
      description:
        'What to leave out of it; wins over `include`. An include that is wholly excluded is a fault.',
      examples: [['/data/data/com.example.cache', '/data/media/0/Download']],
    }),
  bucket: bucket.meta({
    description: "The OBS bucket for the archives, in the phones' region.",
    examples: ['my-phone-backups'],
  }),
  object_path: objectPath.prefault('{policy}/{date}').meta({
    description:
      'The folder of the archives, from `{policy}`, `{date}` and `{slot}`. Run id, phone and try are added to it.',
    examples: ['phones/{policy}/{slot}'],
  }),
}).meta({
  description: 'What is exported, and where to.',
  examples: [{ include: ['/data/data'], bucket: 'my-phone-backups' }],
});

const retry = mapping({
  attempts: whole(1, 5)
    .prefault(2)
    .meta({
      description:
        'How often a phone is tried in all. A try whose answer was lost does not count; there may be 3 of those.',
      examples: [3],
    }),
});

const notify = mapping({
  when: choice(['always', 'problems', 'change'])
    .prefault('always')
    .meta({
      description:
        'Which settled runs are told: all, those not completed, or those that ended otherwise than the run before.',
      examples: ['problems'],
    }),
  language: choice(['en', 'zh'])
    .prefault('en')
    .meta({
      description: 'The language of e-mails and text messages. What programs get has no language.',
      examples: ['zh'],
    }),
});

const written = mapping({
  name: policyName.meta({
    description: "The policy's name, the same as its file's.",
    examples: ['nightly'],
  }),
  enabled: flag()
    .prefault(true)
    .meta({
      description:
        'Whether timers ask for runs. Runs that are asked for by hand go on all the same.',
      examples: [false],
    }),
  paused_until: instant.optional().meta({
    description: 'No slot before this moment is run, and none is caught up.',
    examples: ['2026-01-31T08:00:00+08:00'],
  }),
  schedule: schedule.optional(),
  select,
  export: exported,
  deadline: duration(SECOND, WEEK)
    .prefault('2h')
    .meta({
      description: 'How long a run may take in all, from the moment it is planned.',
      examples: ['90m'],
    }),
  export_timeout: duration(SECOND, WEEK)
    .optional()
    .meta({
      description:
        "How long one phone's export may take, from the moment it is accepted; at most the deadline. Unless given: 1h, or the deadline if that is shorter.",
      examples: ['45m'],
    }),
  wait_for_phones: duration(0, WEEK)
    .optional()
    .meta({
      description:
        'How long to wait for phones that are starting, stopping or being reset; less than the deadline. Unless given: 10m, or half the deadline if that is shorter.',
      examples: ['0s', '5m'],
    }),
  max_in_flight_per_server: whole(1, 100)
    .prefault(4)
    .meta({
      description:
        'How many phones of one server are exported at a time, over all runs, out of courtesy to its users.',
      examples: [6],
    }),
  retry: retry
    .prefault({})
    .meta({ description: 'What happens to exports that fail.', examples: [{ attempts: 3 }] }),
  on_provisioned: flag()
    .prefault(false)
    .meta({
      description: 'Whether new and reset phones are exported soon after they appear.',
      examples: [true],
    }),
  notify: notify
    .prefault({})
    .meta({ description: 'What the topic is told.', examples: [{ when: 'problems' }] }),
});

/**
 * The schema of a policy file. Parses the values of the file to the effective policy. `parsePolicy` also checks the rules
 * between fields and the file name.
 */
export const policySchema = written.transform((policy) => ({
  ...policy,
  export_timeout: policy.export_timeout ?? Math.min(HOUR, policy.deadline),
  wait_for_phones: policy.wait_for_phones ?? Math.min(10 * MINUTE, policy.deadline / 2),
}));

/** A policy with all its defaults; durations in milliseconds. */
export type Policy = z.infer<typeof policySchema>;
