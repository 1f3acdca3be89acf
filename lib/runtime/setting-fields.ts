import { BUCKET_NAME, BUCKET_NAME_RULE, RESOURCE_ID, TOPIC_URN } from '../names.ts';
import * as z from 'zod';
import { isLoopback } from '../cloud/request/send.ts';
import { HOUR, parseDuration } from '../policy/schema/duration.ts';
import { zoneProblems } from '../policy/slots/zones.ts';
import { parseTokenEntry } from '../http/tokens.ts';
import { parseWebhookSecret } from '../http/webhooks.ts';

const DAY = 24 * HOUR;

/** Each message says what is allowed; readSettings adds the setting's name and its value. */
export const region = z
  .string()
  .max(32)
  .regex(/^[a-z]+(-[a-z0-9]+)+$/, 'a region id such as cn-north-4');

export const projectId = z.string().regex(RESOURCE_ID, 'the IAM project id of the region');

export const bucket = z.string().regex(BUCKET_NAME, BUCKET_NAME_RULE);

const folders = '"/"-separated names of letters, digits, ".", "_" and "-", at most 200 characters';

/** Always ends in "/". */
export const prefix = z
  .string()
  .transform((value) => (value.endsWith('/') ? value : `${value}/`))
  .pipe(
    z
      .string()
      .regex(/^(?!.*(?:^|\/)\.{1,2}\/)(?:[\w.-]+\/)+$/, folders)
      .max(200, folders),
  );

export const topicUrn = z.string().regex(TOPIC_URN, 'urn:smn:<region>:<project id>:<topic name>');

export const functionUrn = z
  .string()
  .regex(
    /^urn:fss:[\w-]{1,32}:[\w-]{1,64}:function:[\w-]{1,60}:[\w-]{1,60}(?::[\w.-]{1,60})?$/,
    'urn:fss:<region>:<project id>:function:<package>:<name>[:<version>]',
  );

/** `URL.canParse` came with Node.js 18.17; the functions run on 18.15 too. */
function urlOf(value: string): URL | undefined {
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
}

function isAllowedEndpoint(value: string): boolean {
  const url = /^https?:\/\/[^/?#@\s\\]+\/?$/.test(value) ? urlOf(value) : undefined;
  return url !== undefined && (url.protocol === 'https:' || isLoopback(url.hostname));
}

export const endpoint = z
  .string()
  .refine(
    isAllowedEndpoint,
    'https://<host>, without user, password or path; http only for this machine',
  )
  .transform((value) => value.replace(/\/$/, ''));

export const ctsServiceType = z
  .string()
  .regex(/^[A-Za-z][\w -]{0,63}$/, 'a service type as traces show it, such as CPH');

export const flag = z
  .string()
  .regex(/^(?:true|false|1|0)$/i, 'true or false')
  .transform((value) => /^(?:true|1)$/i.test(value));

/** A time of the day in a zone, and the language of the message: `08:00 Asia/Shanghai`, `08:00 Asia/Shanghai zh`. */
export const heartbeat = z.string().transform((value, context) => {
  const [, hour, minute, timezone = '', language = 'en'] =
    /^([01]\d|2[0-3]):([0-5]\d) (\S{1,64})(?: (en|zh))?$/.exec(value) ?? [];
  if (hour === undefined || zoneProblems(timezone).length > 0) {
    context.addIssue('a time and its zone, such as 08:00 Asia/Shanghai, and en or zh after it');
  }
  const cron = `0 ${Number(minute)} ${Number(hour)} * * *`;
  return { cron, timezone, language: language === 'zh' ? ('zh' as const) : ('en' as const) };
});

const keptFor = 'a duration from 2d to 3650d, such as 90d';

/** In ms. */
export const keepRuns = z
  .string()
  .transform((value) => parseDuration(value) ?? 0)
  .pipe(
    z
      .number()
      .min(2 * DAY, keptFor)
      .max(3_650 * DAY, keptFor),
  );

const MAX_ENTRIES = 20;

/** Entries separated by commas or spaces. An error names the position of an entry, never its content. */
const entries = <T extends object>(parse: (text: string) => T | string) =>
  z.string().transform((value, context) => {
    const parts = value.split(/[\s,]+/).filter((part) => part !== '');
    const read = parts.map(parse);
    const error = read.find((entry) => typeof entry === 'string');
    if (parts.length > MAX_ENTRIES) {
      context.addIssue(`at most ${MAX_ENTRIES} entries, separated by commas`);
    } else if (error !== undefined) {
      context.addIssue(`as entry ${read.indexOf(error) + 1}: ${error}`);
    }
    return read.filter((entry) => typeof entry !== 'string');
  });

export const httpTokens = entries(parseTokenEntry);

export const webhookSecrets = entries(parseWebhookSecret);
