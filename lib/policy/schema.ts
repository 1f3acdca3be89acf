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
import type { PathEdition } from './paths.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;

const MOST_IDS = 10_000;
const ids = (what: string) => listOf(id, what, 1, MOST_IDS);

const schedule = mapping({
  cron: cron.describe(
    'When to run, in the syntax of FunctionGraph timers: second minute hour day-of-month month day-of-week.',
  ),
  timezone: zone.describe(
    'The zone that the cron expression and `{date}` are read in, by its IANA name.',
  ),
  start_within: duration(SECOND, WEEK)
    .prefault('2h')
    .describe(
      'How late a slot may still be started, after an outage for example. An older one is reported as missed.',
    ),
}).describe(
  'When the policy runs by itself. Without it runs are asked for over HTTP or by `on_provisioned`.',
);

const exclusion = mapping({
  phones: ids('phone ids').optional().describe('Phones never to export, by id.'),
  servers: ids('server ids').optional().describe('Servers whose phones are never exported, by id.'),
  name: glob.optional().describe('Phones never to export, by a pattern for their name.'),
});

const select = mapping({
  phones: ids('phone ids').optional().describe('Phones by id.'),
  servers: ids('server ids').optional().describe('Phones on these servers, by server id.'),
  server_tags: tags
    .optional()
    .describe(
      'Phones on servers that carry all these tags, each with one of the values given; an empty list takes any value. Phones have no tags of their own.',
    ),
  name: glob
    .optional()
    .describe(
      'Phones whose name fits a pattern: `*` any text, `?` any character, `[a-z]` one of a set. Case counts.',
    ),
  exclude: exclusion.optional().describe('Phones to leave out, whatever else holds.'),
  max_phones: whole(1, 100_000)
    .prefault(5000)
    .describe('A selection larger than this fails the run before it starts.'),
}).describe(
  'The phones to export: all conditions given must hold, `exclude` wins, and at least one condition is needed.',
);

const exportOf = (edition: PathEdition) =>
  mapping({
    include: listOf(phonePath(edition), 'paths', 1, 100).describe(
      'What to export: absolute paths below /data or /cache; a `*` at the end takes every path that starts so.',
    ),
    exclude: listOf(phonePath(edition), 'paths', 0, 100)
      .prefault([])
      .describe('What to leave out of it; wins over `include`.'),
    bucket: bucket.describe("The OBS bucket for the archives, in the phones' region."),
    object_path: objectPath
      .prefault('{policy}/{date}')
      .describe(
        'The folder of the archives, from `{policy}`, `{date}` and `{slot}`. Run id, phone and try are added to it.',
      ),
  }).describe('What is exported, and where to.');

const retry = mapping({
  attempts: whole(1, 5).prefault(2).describe('How often a phone is tried in all.'),
});

const notify = mapping({
  when: choice(['always', 'problems', 'change'])
    .prefault('always')
    .describe(
      'Which settled runs are told: all, those not completed, or those that ended otherwise than the run before.',
    ),
  language: choice(['en', 'zh'])
    .prefault('en')
    .describe('The language of e-mails and text messages.'),
});

const written = (edition: PathEdition) =>
  mapping({
    name: policyName.describe("The policy's name, the same as its file's."),
    enabled: flag().prefault(true).describe('Whether the policy runs by itself.'),
    paused_until: instant
      .optional()
      .describe('No slot before this moment is run; nothing is caught up.'),
    schedule: schedule.optional(),
    select,
    export: exportOf(edition),
    deadline: duration(SECOND, WEEK).prefault('2h').describe('How long a run may take in all.'),
    export_timeout: duration(SECOND, WEEK)
      .optional()
      .describe(
        "How long one phone's export may take. Default: 1h, or the deadline if that is shorter.",
      ),
    wait_for_phones: duration(0, WEEK)
      .optional()
      .describe(
        'How long to wait for phones that are starting, stopping or being reset. Default: 10m, or half the deadline if that is shorter.',
      ),
    max_in_flight_per_server: whole(1, 100)
      .prefault(4)
      .describe(
        'How many phones of one server are exported at a time, out of courtesy to its users.',
      ),
    retry: retry.prefault({}).describe('What happens to exports that fail.'),
    on_provisioned: flag()
      .prefault(false)
      .describe('Whether new and reset phones are exported soon after they appear.'),
    notify: notify.prefault({}).describe('What the topic is told.'),
  });

/** The schema of a policy file for an edition of the export API: text comes in, the effective policy goes out. */
export function policySchemaFor(edition: PathEdition) {
  return written(edition).transform((policy) => ({
    ...policy,
    export_timeout: policy.export_timeout ?? Math.min(HOUR, policy.deadline),
    wait_for_phones: policy.wait_for_phones ?? Math.min(10 * MINUTE, policy.deadline / 2),
  }));
}

/** The schema that holds in every region. Rules that join fields or need the file's name are `parsePolicy`'s. */
export const policySchema = policySchemaFor('narrow');

/** A policy as it takes effect: every default filled in, times in milliseconds. */
export type Policy = z.infer<typeof policySchema>;
