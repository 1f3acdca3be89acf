import type * as z from 'zod';
import { type Endpoints, endpointsOf } from '../cloud/endpoints.ts';
import { scrub } from '../cloud/request/redact.ts';
import { PhonevaultError } from '../errors.ts';
import type { TokenEntry } from '../http/tokens.ts';
import type { WebhookSecret } from '../http/webhooks.ts';
import type { Heartbeat } from '../run/schedule/heartbeat.ts';
import type { FgContext } from './context.ts';
import * as fields from './setting-fields.ts';

export type Settings = {
  region: string;
  projectId: string;
  /** Where the ledger lies. */
  bucket: string;
  /** Where in it; ends in "/". */
  prefix: string;
  topicUrn: string | undefined;
  driveUrn: string | undefined;
  /** How long runs are kept whole, in ms. */
  keepRuns: number | undefined;
  /** When the daily message is sent; none while unset. */
  heartbeat: Heartbeat | undefined;
  /** Who may call the HTTP API; nobody while both are empty. */
  httpTokens: TokenEntry[];
  webhookSecrets: WebhookSecret[];
  /** Without a slash at the end. */
  endpoints: Endpoints;
  obsPathStyle: boolean;
  /** How CTS spells CPH, if in none of the usual ways. */
  ctsServiceType: string | undefined;
};

type Env = Record<string, string | undefined>;

const DEFAULT_PREFIX = 'phonevault/';
const DEFAULT_KEEP_RUNS = '90d';
const MAX_LENGTH = 4_096;

/** Says what an invalid value is, unless it may be a secret or contain one. No valid setting that is shown has an "@". */
function shown(value: string, isSecret = false): string {
  if (isSecret) return 'is invalid';
  if (value.includes('@')) return 'has an "@", so it may contain a password and is not shown';
  return `is "${scrub(value, 80)}"`;
}

/** Reads single settings and collects their errors. */
function reader(lookUp: (name: string) => string | undefined) {
  const errors: string[] = [];

  const read = <T>(
    shortName: string,
    field: z.ZodType<T>,
    options: { secret?: boolean; missing?: string; fallback?: string | undefined } = {},
  ): T | undefined => {
    const name = `PHONEVAULT_${shortName}`;
    const value = lookUp(name) ?? options.fallback;
    if (value === undefined) {
      if (options.missing) errors.push(`${name} is missing; set it to ${options.missing}`);
      return undefined;
    }
    const result = value.length <= MAX_LENGTH ? field.safeParse(value) : undefined;
    if (result?.success) return result.data;
    const allowed = result?.error.issues[0]?.message ?? `at most ${MAX_LENGTH} characters`;
    errors.push(`${name} ${shown(value, options.secret)}; allowed: ${allowed}`);
    return undefined;
  };
  return { errors, read };
}

const SERVICES = ['cph', 'iam', 'obs', 'smn', 'functiongraph'] as const;

function readEndpoints(
  { errors, read }: ReturnType<typeof reader>,
  region: string | undefined,
): Endpoints {
  const given = SERVICES.map(
    (service) => [service, read(`${service.toUpperCase()}_ENDPOINT`, fields.endpoint)] as const,
  );
  const explicit = Object.fromEntries(given.filter(([, url]) => url !== undefined));
  if (region === undefined || SERVICES.every((service) => explicit[service] !== undefined)) {
    return explicit as Endpoints;
  }
  try {
    return { ...endpointsOf(region), ...explicit };
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    errors.push(`PHONEVAULT_REGION: ${error.message}; ${error.hint}`);
    return explicit as Endpoints;
  }
}

/**
 * Returns all settings, from the function's user data (`context`) or else from `env`. An empty value counts as unset. Throws
 * one setting_invalid with every invalid or missing setting, its value (unless that may be secret) and what is allowed.
 */
export function readSettings(
  context: FgContext,
  options: { env?: Env; needsTopic?: boolean } = {},
): Settings {
  const env = options.env ?? process.env;
  const settings = reader((name) => {
    const value = context.getUserData?.(name)?.trim() || env[name]?.trim();
    return value === '' ? undefined : value;
  });
  const { read, errors } = settings;

  const region = read('REGION', fields.region, {
    missing: 'the region of the phones, such as cn-north-4',
  });
  const projectId = read('PROJECT_ID', fields.projectId, {
    missing: 'the IAM project id of the region',
    fallback: context.getProjectID?.() || env.RUNTIME_PROJECT_ID || undefined,
  });
  const bucket = read('BUCKET', fields.bucket, { missing: 'the bucket that holds the policies' });
  const prefix = read('PREFIX', fields.prefix, { fallback: DEFAULT_PREFIX });
  const topicUrn = read('TOPIC_URN', fields.topicUrn, {
    ...(options.needsTopic ? { missing: 'the URN of the SMN topic for notifications' } : {}),
  });
  const keepRuns = read('KEEP_RUNS', fields.keepRuns, { fallback: DEFAULT_KEEP_RUNS });
  const heartbeat = read('HEARTBEAT', fields.heartbeat);
  const driveUrn = read('DRIVE_URN', fields.functionUrn);
  const httpTokens = read('HTTP_TOKENS', fields.httpTokens, { secret: true }) ?? [];
  const webhookSecrets = read('WEBHOOK_SECRETS', fields.webhookSecrets, { secret: true }) ?? [];
  const obsPathStyle = read('OBS_PATH_STYLE', fields.flag) ?? false;
  const ctsServiceType = read('CTS_SERVICE_TYPE', fields.ctsServiceType);
  const endpoints = readEndpoints(settings, region);

  if (errors.length > 0 || !region || !projectId || !bucket || !prefix) {
    throw new PhonevaultError('setting_invalid', errors.join('\n'), {
      hint: "fix these in the function's environment variables",
    });
  }
  return {
    region,
    projectId,
    bucket,
    prefix,
    topicUrn,
    driveUrn,
    keepRuns,
    heartbeat,
    httpTokens,
    webhookSecrets,
    endpoints,
    obsPathStyle,
    ctsServiceType,
  };
}
