import {
  BUCKET_NAME,
  BUCKET_NAME_RULE,
  COMMAND,
  COMMAND_RULE,
  POLICY_NAME,
  RESTORE,
} from '../../names.ts';
import * as z from 'zod';
import { everFires, parseCron, tooOftenProblems } from '../slots/cron.ts';
import { DURATION_PATTERN, formatDuration, parseDuration } from './duration.ts';
import { type Problem, show } from '../parse/validation-error.ts';
import { globProblems } from '../selection/glob.ts';
import { objectPathProblems } from '../keys/object-path.ts';
import { pathProblems, withoutSlash } from './paths.ts';
import { tagCountProblems, tagKeyProblems, tagValueProblems } from '../selection/tags.ts';
import { ZONE_ALLOWED, zoneProblems } from '../slots/zones.ts';

// The message of a zod issue says what is allowed; a custom issue has its problem in `params`. `findings.ts` makes errors
// of both.

type Report = { addIssue: (issue: { code: 'custom'; message: string; params: Problem }) => void };

/** Returns a zod refinement that adds the problems of a value as issues. */
const refined =
  <T>(problemsOf: (value: T) => Problem[]) =>
  (value: T, context: Report) => {
    for (const problem of problemsOf(value)) {
      context.addIssue({ code: 'custom', message: problem.allowed, params: problem });
    }
  };

const text = (allowed: string) => z.string({ error: allowed });

export const flag = () => z.boolean({ error: 'true or false' });

export const choice = <const T extends readonly [string, ...string[]]>(options: T) =>
  z.enum(options, { error: `one of ${options.join(', ')}` });

export function whole(min: number, max: number) {
  const allowed = `a whole number from ${min} to ${max}`;
  return z.int({ error: allowed }).min(min, allowed).max(max, allowed);
}

/** `auto`, or a whole number. */
export function wholeOrAuto(min: number, max: number) {
  const allowed = `auto, or a whole number from ${min} to ${max}`;
  const number = z.int({ error: allowed }).min(min, allowed).max(max, allowed);
  return z.union([z.literal('auto'), number], { error: allowed });
}

export function listOf<T extends z.ZodType>(item: T, what: string, min: number, max: number) {
  const allowed = `a list of ${min} to ${max} ${what}`;
  return z.array(item, { error: allowed }).min(min, allowed).max(max, allowed);
}

export function mapping<T extends z.ZodRawShape>(shape: T) {
  const fields = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? fields : `a mapping with ${fields}`),
  });
}

const NAME_ALLOWED = '1 to 32 characters from a-z, 0-9 and -';
export const policyName = text(NAME_ALLOWED)
  .regex(POLICY_NAME, NAME_ALLOWED)
  .refine(
    (name) => name !== RESTORE,
    `${NAME_ALLOWED}, but not ${RESTORE}: restores have that name`,
  );

const ID_ALLOWED = 'an id of 1 to 32 characters from A-Z, a-z, 0-9, _ and -';
export const id = text(ID_ALLOWED).regex(/^[A-Za-z0-9_-]{1,32}$/, ID_ALLOWED);

const INSTANT_ALLOWED = 'a date and time with a UTC offset, such as 2026-01-31T08:00:00+08:00';
export const instant = z.iso.datetime({ offset: true, error: INSTANT_ALLOWED });

/** A duration: text in the file, milliseconds in the policy. */
export function duration(min: number, max: number) {
  const allowed = `a duration from ${formatDuration(min)} to ${formatDuration(max)}, such as 90s, 10m, 1h30m or 1d`;
  const problemsOf = (value: string): Problem[] => {
    const ms = parseDuration(value);
    if (ms !== undefined && ms >= min && ms <= max) return [];
    return [{ message: `found ${show(value)}, expected ${allowed}`, allowed }];
  };
  return text(allowed)
    .meta({ pattern: DURATION_PATTERN.source })
    .superRefine(refined(problemsOf))
    .transform((value) => parseDuration(value) ?? 0);
}

const SHARE_ALLOWED = 'a percentage from 1% to 100%, such as 90%';
const SHARE_PATTERN = /^(?:100|[1-9]\d?(?:\.\d{1,2})?)%$/;

/** A share: a percentage in the file, a number from 1 to 100 in the policy. */
export const share = text(SHARE_ALLOWED)
  .meta({ pattern: SHARE_PATTERN.source })
  .superRefine(
    refined((value) => {
      if (SHARE_PATTERN.test(value)) return [];
      return [
        { message: `found ${show(value)}, expected ${SHARE_ALLOWED}`, allowed: SHARE_ALLOWED },
      ];
    }),
  )
  .transform((value) => Number.parseFloat(value));

const NEVER_FIRES: Problem = {
  message: 'the cron expression never fires',
  allowed: 'days that exist in the given months',
};

export const cron = text('a cron expression with six fields').superRefine(
  refined((value) => {
    const parsed = parseCron(value);
    if (!parsed.ok) return parsed.problems;
    return everFires(parsed.pattern) ? tooOftenProblems(value, parsed.pattern) : [NEVER_FIRES];
  }),
);

export const zone = text(ZONE_ALLOWED).superRefine(refined(zoneProblems));

export const glob = text('a name pattern such as "game-*"').superRefine(refined(globProblems));

export const tags = z
  .record(
    text('a tag key').superRefine(refined(tagKeyProblems)),
    listOf(
      text('a tag value').superRefine(refined(tagValueProblems)),
      'tag values (empty: any value)',
      0,
      10,
    ),
    { error: 'a mapping from tag keys to lists of values' },
  )
  .superRefine(refined(tagCountProblems));

/** A path on a phone. A slash at its end is left out of the policy. */
export const phonePath = (use: 'include' | 'exclude') =>
  text('an absolute path on the phone')
    .meta({ pattern: '^/(data|cache)(/|$)', maxLength: 4096 })
    .superRefine(refined((path) => pathProblems(withoutSlash(path), use)))
    .transform(withoutSlash);

const COMMAND_ALLOWED = `one shell command of ${COMMAND_RULE}`;

/** A shell command for a phone. CPH takes one plain command a call (cph_api_0532). */
export const command = text(COMMAND_ALLOWED)
  .meta({ pattern: COMMAND.source })
  .superRefine(
    refined((value) => {
      const isBlank = value.trim() === '';
      if (COMMAND.test(value) && !isBlank) return [];
      const [odd] = /[^A-Za-z0-9_./: -]/u.exec(value) ?? [];
      const found = isBlank ? 'an empty command' : `found ${show(odd ?? value)} in the command`;
      return [{ message: `${found}, expected ${COMMAND_ALLOWED}`, allowed: COMMAND_ALLOWED }];
    }),
  )
  .transform((value) => value.trim());

export const objectPath = text('a folder such as "{policy}/{date}"').superRefine(
  refined(objectPathProblems),
);

export const bucket = text('an OBS bucket name')
  .meta({ pattern: BUCKET_NAME.source })
  .superRefine(
    refined((value) => {
      if (BUCKET_NAME.test(value)) return [];
      return [{ message: `${show(value)} is not a valid bucket name`, allowed: BUCKET_NAME_RULE }];
    }),
  );
