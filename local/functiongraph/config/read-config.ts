import * as z from 'zod';
import { fss, type FssCode } from '../model/error.ts';
import { isRuntime } from './runtimes.ts';
import { checkUserData, readUserData } from './user-data.ts';
import type { FunctionConfig } from '../model/function.ts';

// functiongraph_06_0108
const MEMORY = [
  128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 8192, 10_240,
];

const text = z.string().nullish();
// The API returns 0 for a hook that is not set, so a client may send it back.
const seconds = (max: number) => z.number().int().min(0).max(max).nullish();
// A path below the code's root, and the name of an export.
const handler = z.string().regex(/^(?=.{3,128}$)(?!.*\.\.\/)[\w./-]+\.[\w$]+$/);

const configSchema = z.object({
  func_name: z.string().regex(/^[A-Za-z](?:[\w-]{0,58}[A-Za-z0-9])?$/),
  package: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,59}$/)
    .default('default'),
  runtime: z.string().refine(isRuntime),
  handler,
  memory_size: z.number().refine((size) => MEMORY.includes(size)),
  timeout: z.number().int().min(3).max(259_200),
  description: z.string().max(512).nullish(),
  xrole: text,
  app_xrole: text,
  user_data: text,
  encrypted_user_data: text,
  type: z.enum(['v1', 'v2']).nullish(),
  enterprise_project_id: text,
  initializer_handler: handler.or(z.literal('')).nullish(),
  initializer_timeout: seconds(300),
  pre_stop_handler: handler.or(z.literal('')).nullish(),
  pre_stop_timeout: seconds(90),
  log_config: z
    .object({ group_id: text, group_name: text, stream_id: text, stream_name: text })
    .nullish(),
  enable_lts_log: z.boolean().nullish(),
  lts_custom_tag: z.record(z.string(), z.string()).nullish(),
  strategy_config: z
    .object({
      concurrency: z.number().int().min(-1).max(1_000).nullish(),
      // Only HTTP and image functions may serve several requests at once.
      concurrent_num: z.literal(1).nullish(),
    })
    .nullish(),
  ephemeral_storage: z.union([z.literal(512), z.literal(10_240)]).nullish(),
  func_vpc: z.looseObject({ vpc_id: text }).nullish(),
  depend_version_list: z.array(z.string()).nullish(),
  domain_names: text,
  network_controller: z.looseObject({}).nullish(),
  enable_dynamic_memory: z.boolean().nullish(),
  tags: text,
});

const MAX_TAGS = 20;
const tagsSchema = z.record(z.string().min(1).max(128), z.string().max(255));

type Given = z.infer<typeof configSchema>;

const CODES: Record<string, FssCode> = {
  func_name: 'FSS.1002',
  handler: 'FSS.1003',
  package: 'FSS.1004',
  runtime: 'FSS.1005',
  memory_size: 'FSS.1007',
  timeout: 'FSS.1008',
  user_data: 'FSS.1009',
  encrypted_user_data: 'FSS.1009',
  description: 'FSS.1019',
  strategy_config: 'FSS.1026',
  initializer_handler: 'FSS.1404',
  initializer_timeout: 'FSS.1405',
};

/** Checks the fields of a create or config update. Throws FssError with the code of the first invalid field. */
export function readConfig(body: unknown): {
  name: string;
  package: string;
  config: FunctionConfig;
  concurrency: number | undefined;
} {
  const parsed = configSchema.safeParse(body);
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? 'body');
    throw fss(CODES[field] ?? 'FSS.0400', CODES[field] === undefined ? field : undefined);
  }
  const given = parsed.data;
  if ((given.func_vpc?.vpc_id ?? '') !== '') throw fss('FSS.1036');
  if ((given.depend_version_list ?? []).length > 0) throw fss('FSS.1056');
  const userData = readUserData(given.user_data);
  const encryptedUserData = readUserData(given.encrypted_user_data);
  checkUserData(userData, encryptedUserData);
  checkTags(given.tags ?? '');
  const { lts_custom_tag, network_controller } = given;
  return {
    name: given.func_name,
    package: given.package,
    concurrency: given.strategy_config?.concurrency ?? undefined,
    config: {
      handler: given.handler,
      runtime: given.runtime,
      memory_size: given.memory_size,
      timeout: given.timeout,
      ...(lts_custom_tag === undefined ? {} : { lts_custom_tag }),
      ...(network_controller === undefined ? {} : { network_controller }),
      description: given.description ?? '',
      xrole: given.xrole ?? '',
      app_xrole: given.app_xrole ?? '',
      userData,
      encryptedUserData,
      type: given.type ?? 'v2',
      enterprise_project_id: given.enterprise_project_id ?? '0',
      initializer: hookOf(given.initializer_handler, given.initializer_timeout, 'FSS.1405'),
      preStop: hookOf(given.pre_stop_handler, given.pre_stop_timeout, 'FSS.0400'),
      log: logOf(given),
      ephemeral_storage: given.ephemeral_storage ?? 512,
      domain_names: given.domain_names ?? '',
      enable_dynamic_memory: given.enable_dynamic_memory ?? false,
    },
  };
}

/** A hook needs a time limit, and a time limit needs a hook. */
function hookOf(
  handlerName: string | null | undefined,
  timeout: number | null | undefined,
  code: FssCode,
): { handler: string; timeout: number } | undefined {
  if (!handlerName && !timeout) return undefined;
  if (!handlerName) throw fss('FSS.1404');
  if (!timeout) throw fss(code);
  return { handler: handlerName, timeout };
}

// With enable_lts_log and no group, FunctionGraph creates one.
function logOf({ log_config, enable_lts_log, func_name }: Given): FunctionConfig['log'] {
  const { group_id, group_name, stream_id, stream_name } = log_config ?? {};
  if (group_id && stream_id) {
    return {
      group_id,
      stream_id,
      group_name: group_name ?? '',
      stream_name: stream_name ?? '',
    };
  }
  if (enable_lts_log !== true) return undefined;
  return {
    group_id: '',
    stream_id: '',
    group_name: 'functiongraph.log.group',
    stream_name: `${func_name}-stream`,
  };
}

/** Tags are a JSON text of an object with at most 20 texts. Throws FSS.0400. */
function checkTags(text: string): void {
  if (text === '') return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fss('FSS.0400', 'tags');
  }
  const parsed = tagsSchema.safeParse(value);
  if (!parsed.success || Object.keys(parsed.data).length > MAX_TAGS) throw fss('FSS.0400', 'tags');
}
