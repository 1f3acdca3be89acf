import type * as z from 'zod';
import { HOUR, MINUTE, SECOND, WEEK } from './duration.ts';
import { drill, exported, notify, objective, retry, schedule, verify } from './sections.ts';
import { hooks } from './hooks.ts';
import { duration, flag, instant, mapping, policyName, wholeOrAuto } from './fields.ts';
import { retention } from './retention.ts';
import { select } from './select.ts';

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
  hooks: hooks.optional(),
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
  max_in_flight_per_server: wholeOrAuto(1, 100)
    .prefault('auto')
    .meta({
      description:
        'How many phones of a server are exported at the same time, over all runs. Limits the load on the server. `auto` starts at 4 and grows while exports take no longer and do not fail more.',
      examples: ['auto', 6],
    }),
  retry: retry
    .prefault({})
    .meta({ description: 'How often failed exports are repeated.', examples: [{ attempts: 3 }] }),
  objective: objective.prefault({}).meta({
    description: 'How recent the backups of the phones must be. A policy that misses it is stale.',
    examples: [{ max_age: '26h', phones: '98%' }],
  }),
  verify: verify.optional(),
  retention: retention.optional(),
  drill: drill.optional(),
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
