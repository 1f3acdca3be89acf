import { parseArgs } from 'node:util';
import * as z from 'zod';
import { DEFAULT_USER_NAME } from './account.ts';
import { isLoopback } from './object-server/client.ts';
import { limitsSchema, switchesSchema } from './cph/world/settings.ts';

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** The URL of a server's root; plain http only on this machine. */
const serverUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => /^https?:\/\/[^/?#@]+\/?$/.test(text), 'must be a URL without a path')
  .refine((text) => text.startsWith('https:') || isLoopback(new URL(text).hostname), {
    error: 'must be https unless it is on this machine',
  })
  .transform((text) => text.replace(/\/$/, ''));

const key = z.string().regex(/^[\x21-\x7e]+$/, 'must not contain spaces');

const optionsSchema = z.object({
  port: integer(0, 65_530).default(0),
  phones: integer(0, 100_000).default(60),
  servers: integer(1, 10_000).default(3),
  seed: integer(0, 999_999_999).default(1),
  speed: z.coerce.number().positive().max(1_000_000).default(1),
  data: z.string().min(1).optional(),
  'ready-file': z.string().min(1).optional(),
  region: z
    .string()
    .regex(/^[a-z]+(-[a-z0-9]+)+$/)
    .default('cn-north-4'),
  user: z.string().min(1).max(64).default(DEFAULT_USER_NAME),
  obs: serverUrl.optional(),
  'obs-access-key': key.optional(),
  functions: z.enum(['on', 'off']).default('on'),
  node: z.string().min(1).optional(),
  'conditional-put': z.enum(['honoured', 'ignored', 'refused']).default('ignored'),
  switch: z.array(z.string()).default([]),
  limit: z.array(z.string()).default([]),
});

/** Every user of the machine can list the command line of a process, so secrets come from the environment. */
const secretsSchema = z.object({
  PHONEVAULT_LOCAL_PASSWORD: z.string().min(8).max(128).optional(),
  PHONEVAULT_LOCAL_OBS_SECRET_KEY: key.optional(),
  PHONEVAULT_LOCAL_OBS_SECURITY_TOKEN: key.optional(),
});

const settingsSchema = optionsSchema.extend(secretsSchema.shape).superRefine(checkObjectOptions);

const SECRETS = Object.keys(secretsSchema.shape);

export type LocalOptions = Omit<z.infer<typeof settingsSchema>, 'switch' | 'limit'> & {
  switches: Partial<z.infer<typeof switchesSchema>>;
  limits: Partial<z.infer<typeof limitsSchema>>;
};

export const USAGE = `Usage: npm run local -- [options]
  --port N           port of CPH; the other services use the next five (0: any free ports)
  --phones N         phones in the fleet (60)
  --servers N        servers in the fleet (3)
  --seed N           seed of the fleet and the hidden limits (1)
  --speed N          speed of jobs, throttling windows and passing states (1)
  --data DIR         keep objects as files in DIR/obs/<bucket>/<key> (default: in memory)
  --obs URL          keep objects on this S3 server instead; needs its keys
  --obs-access-key   keys for that server, with PHONEVAULT_LOCAL_OBS_SECRET_KEY in the environment: CPH uses them;
                     functions get session keys if its STS issues them
  --ready-file FILE  keep the ready line in FILE while the cloud runs, for deployments to it
  --region ID        region (cn-north-4)
  --user NAME        user of POST /v3/auth/tokens (${DEFAULT_USER_NAME})
  --functions        on or off: off creates no functions, so that no code runs (on)
  --node PATH        Node.js binary that runs functions (default: the one that runs the cloud)
  --conditional-put  honoured, ignored or refused: If-None-Match on an OBS PUT (ignored)
  --switch NAME=V    a behaviour of CPH; may be repeated. Names: ${Object.keys(switchesSchema.shape).join(', ')}
  --limit NAME=N     a hidden limit (default: drawn from the seed); may be repeated. Names: ${Object.keys(limitsSchema.shape).join(', ')}
Secrets come from the environment:
  PHONEVAULT_LOCAL_PASSWORD            password of the user (default: a random one, in the ready file)
  PHONEVAULT_LOCAL_OBS_SECRET_KEY      secret key for --obs
  PHONEVAULT_LOCAL_OBS_SECURITY_TOKEN  if the keys for --obs are temporary`;

/** Parses the command line and the secrets of the environment. Returns the errors as text if they are invalid. */
export function parseOptions(
  args: string[],
  env: Record<string, string | undefined>,
): { ok: true; options: LocalOptions } | { ok: false; errors: string } {
  const given = secretOption(args);
  if (given !== undefined) {
    const errors = `--${given.option}: a secret is not an option, other users could read it. Set ${given.name} in the environment`;
    return { ok: false, errors };
  }
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
    const {
      switch: switches,
      limit: limits,
      ...rest
    } = settingsSchema.parse({
      ...values,
      ...secretsOf(env),
    });
    return {
      ok: true,
      options: {
        ...rest,
        switches: withoutUndefined(switchesSchema.partial().parse(parsePairs(switches))),
        limits: withoutUndefined(limitsSchema.partial().parse(parsePairs(limits))),
      },
    };
  } catch (error) {
    if (error instanceof z.ZodError) return { ok: false, errors: z.prettifyError(error) };
    if (error instanceof TypeError) return { ok: false, errors: error.message };
    throw error;
  }
}

/** Returns the first secret that is given as an option, such as `--password`. */
function secretOption(args: readonly string[]): { option: string; name: string } | undefined {
  const known = SECRETS.map((name) => ({
    option: name.replace('PHONEVAULT_LOCAL_', '').toLowerCase().replaceAll('_', '-'),
    name,
  }));
  return known.find(({ option }) => args.some((arg) => arg.split('=')[0] === `--${option}`));
}

/** An empty variable counts as not set. */
function secretsOf(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    SECRETS.flatMap((name) => (env[name] ? [[name, env[name]] as const] : [])),
  );
}

/** Parses a list of NAME=VALUE; a numeric value becomes a number. */
function parsePairs(list: string[]): Record<string, string | number> {
  return Object.fromEntries(
    list.map((text) => {
      const equals = text.indexOf('=');
      const [name, value] =
        equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
      return [name, value !== '' && !Number.isNaN(Number(value)) ? Number(value) : value];
    }),
  );
}

/** `--data` and `--obs` exclude each other, and `--obs` needs its keys. */
function checkObjectOptions(
  {
    data,
    obs,
    ...rest
  }: {
    [Name in 'data' | 'obs' | 'obs-access-key' | 'PHONEVAULT_LOCAL_OBS_SECRET_KEY']?:
      | string
      | undefined;
  },
  context: z.RefinementCtx,
): void {
  const keys = ['obs-access-key', 'PHONEVAULT_LOCAL_OBS_SECRET_KEY'] as const;
  const addIssue = (name: string, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  if (obs !== undefined && data !== undefined) addIssue('data', 'cannot be combined with --obs');
  if (obs === undefined && rest['obs-access-key'] !== undefined)
    addIssue('obs-access-key', 'needs --obs');
  if (obs === undefined) return;
  for (const name of keys) {
    if (rest[name] === undefined) addIssue(name, 'is required with --obs');
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, entry]) => entry !== undefined),
  ) as Defined<T>;
}
