import { parseArgs } from 'node:util';
import * as z from 'zod';
import { DEFAULT_USER } from './cloud.ts';
import { isLoopback } from './object-server/client.ts';
import { limitsSchema, switchesSchema } from './cph/world/settings.ts';

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(z.number().min(least).max(most));

/** The URL of a server's root; plain http on this machine only. */
const serverUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => /^https?:\/\/[^/?#@]+\/?$/.test(text), 'must be an address without a path')
  .refine((text) => text.startsWith('https:') || isLoopback(new URL(text).hostname), {
    error: 'must be https unless it is on this machine',
  })
  .transform((text) => text.replace(/\/$/, ''));

const word = z.string().regex(/^[\x21-\x7e]+$/, 'must be a word');

const optionsSchema = z
  .object({
    port: whole(0, 65_530).default(0),
    phones: whole(0, 100_000).default(60),
    servers: whole(1, 10_000).default(3),
    seed: whole(0, 999_999_999).default(1),
    speed: z.coerce.number().positive().max(1_000_000).default(1),
    data: z.string().min(1).optional(),
    'ready-file': z.string().min(1).optional(),
    region: z
      .string()
      .regex(/^[a-z]+(-[a-z0-9]+)+$/)
      .default('cn-north-4'),
    user: z.string().min(1).max(64).default(DEFAULT_USER.name),
    password: z.string().min(8).max(128).default(DEFAULT_USER.password),
    obs: serverUrl.optional(),
    'obs-access-key': word.optional(),
    'obs-secret-key': word.optional(),
    'obs-security-token': word.optional(),
    node: z.string().min(1).optional(),
    'conditional-put': z.enum(['honoured', 'ignored', 'refused']).default('ignored'),
    switch: z.array(z.string()).default([]),
    limit: z.array(z.string()).default([]),
  })
  .superRefine(checkObjects);

export type LocalOptions = Omit<z.infer<typeof optionsSchema>, 'switch' | 'limit'> & {
  switches: Partial<z.infer<typeof switchesSchema>>;
  limits: Partial<z.infer<typeof limitsSchema>>;
};

export const USAGE = `Usage: npm run local -- [options]
  --port N           port of CPH, the other services take the next five (0: any free ones)
  --phones N         phones in the fleet (60)
  --servers N        servers they are on (3)
  --seed N           what everything random is drawn from (1)
  --speed N          how many times faster jobs, throttle windows and passing states run (1)
  --data DIR         keep objects as files in DIR/obs/<bucket>/<key> (default: in memory)
  --obs URL          keep objects on this S3 server instead, as functions then do too; with the next two
  --obs-access-key   its keys, with which CPH writes; functions get session keys where its STS gives them
  --obs-secret-key
  --obs-security-token  for keys that are of a session already
  --ready-file FILE  keep what is printed when ready in FILE while the cloud runs, for deployments to it
  --region ID        (cn-north-4)
  --user NAME        user for POST /v3/auth/tokens (${DEFAULT_USER.name})
  --password TEXT    and its password (default: DEFAULT_USER in local/cloud.ts)
  --node PATH        the Node.js that runs functions (this one)
  --conditional-put  honoured, ignored or refused: If-None-Match on an OBS PUT (ignored)
  --switch NAME=V    how CPH behaves; may be repeated. Names: ${Object.keys(switchesSchema.shape).join(', ')}
  --limit NAME=N     a hidden limit, else drawn from the seed; may be repeated. Names: ${Object.keys(limitsSchema.shape).join(', ')}`;

/** Reads the command line; the faults found, in words, when it is wrong. */
export function parseOptions(
  args: string[],
): { ok: true; options: LocalOptions } | { ok: false; faults: string } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        ...Object.fromEntries(
          Object.keys(optionsSchema.shape).map((name) => [name, { type: 'string' as const }]),
        ),
        switch: { type: 'string', multiple: true },
        limit: { type: 'string', multiple: true },
      },
    });
    const { switch: switches, limit: limits, ...rest } = optionsSchema.parse(values);
    return {
      ok: true,
      options: {
        ...rest,
        switches: withoutUndefined(switchesSchema.partial().parse(pairs(switches))),
        limits: withoutUndefined(limitsSchema.partial().parse(pairs(limits))),
      },
    };
  } catch (error) {
    if (error instanceof z.ZodError) return { ok: false, faults: z.prettifyError(error) };
    if (error instanceof TypeError) return { ok: false, faults: error.message };
    throw error;
  }
}

function pairs(list: string[]): Record<string, string | number> {
  return Object.fromEntries(
    list.map((text) => {
      const equals = text.indexOf('=');
      const [name, value] =
        equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
      return [name, value !== '' && !Number.isNaN(Number(value)) ? Number(value) : value];
    }),
  );
}

/** Where objects lie is said once, and a server comes with its keys. */
function checkObjects(
  options: {
    [Name in 'data' | 'obs' | 'obs-access-key' | 'obs-secret-key' | 'obs-security-token']?:
      string | undefined;
  },
  context: z.RefinementCtx,
): void {
  const { data, obs, ...rest } = options;
  const keys = ['obs-access-key', 'obs-secret-key', 'obs-security-token'] as const;
  const fault = (name: string, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  if (obs !== undefined && data !== undefined) fault('data', 'cannot be given together with --obs');
  for (const name of keys) {
    if (obs === undefined && rest[name] !== undefined) fault(name, 'needs --obs');
    const isNeeded = name !== 'obs-security-token';
    if (obs !== undefined && isNeeded && rest[name] === undefined)
      fault(name, 'must be given with --obs');
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, entry]) => entry !== undefined),
  ) as Defined<T>;
}
