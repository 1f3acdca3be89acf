import * as z from 'zod';
import { chinaTime } from '../model/china-time.ts';
import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';
import { versionUrn } from '../model/urn.ts';
import type { Found } from '../model/function-store.ts';
import type { AsyncConfig, Destination } from '../model/function.ts';
import { readTarget } from './destination.ts';

const destinationSchema = z.object({
  destination: z.enum(['OBS', 'SMN', 'DIS', 'FunctionGraph']),
  param: z.string().max(4_096),
});

const bodySchema = z.object({
  max_async_event_age_in_seconds: z.number().int().min(1).max(86_400).default(3_600),
  max_async_retry_attempts: z.number().int().min(0).max(3).default(1),
  destination_config: z
    .object({ on_success: destinationSchema.nullish(), on_failure: destinationSchema.nullish() })
    .nullish(),
  enable_async_status_log: z.boolean().default(false),
});

/** PUT /functions/{urn}/async-invoke-config (functiongraph_06_0142): all anew. */
export async function updateFunctionAsyncInvokeConfig(
  deps: FgDeps,
  { params, body }: FgCall,
): Promise<FgAnswer> {
  const found = deps.functions.find(params['urn'] ?? '');
  const parsed = bodySchema.safeParse(body ?? {});
  if (!parsed.success) {
    throw fss('FSS.0400', String(parsed.error.issues[0]?.path[0] ?? 'body'));
  }
  const { destination_config, ...rest } = parsed.data;
  const { on_success, on_failure } = destination_config ?? {};
  for (const target of [on_success, on_failure]) {
    if (target) await checkDestination(deps, found, target);
  }
  const now = deps.time.now();
  const config: AsyncConfig = {
    ...rest,
    destination_config: {
      ...(on_success ? { on_success } : {}),
      ...(on_failure ? { on_failure } : {}),
    },
    createdAt: found.record.asyncConfigs.get(found.qualifier)?.createdAt ?? now,
    lastModified: now,
  };
  found.record.asyncConfigs.set(found.qualifier, config);
  return { status: 200, body: describe(deps, found, found.qualifier, config) };
}

/** GET /functions/{urn}/async-invoke-config: 404 while there is none. */
export function showFunctionAsyncInvokeConfig(deps: FgDeps, { params }: FgCall): FgAnswer {
  const found = deps.functions.find(params['urn'] ?? '');
  const config = found.record.asyncConfigs.get(found.qualifier);
  if (config === undefined) throw fss('FSS.0404');
  return { status: 200, body: describe(deps, found, found.qualifier, config) };
}

/** GET /functions/{urn}/async-invoke-configs: of all versions. */
export function listFunctionAsyncInvokeConfig(deps: FgDeps, { params }: FgCall): FgAnswer {
  const found = deps.functions.find(params['urn'] ?? '');
  const configs = [...found.record.asyncConfigs];
  return {
    status: 200,
    body: {
      async_invoke_configs: configs.map(([qualifier, config]) =>
        describe(deps, found, qualifier, config),
      ),
      count: configs.length,
      page_info: { next_marker: configs.length, previous_marker: 0, current_count: configs.length },
    },
  };
}

/** DELETE /functions/{urn}/async-invoke-config. */
export function deleteFunctionAsyncInvokeConfig(deps: FgDeps, { params }: FgCall): FgAnswer {
  const { record, qualifier } = deps.functions.find(params['urn'] ?? '');
  if (!record.asyncConfigs.delete(qualifier)) throw fss('FSS.0404');
  return { status: 204 };
}

/** The target must be there, be another function, and be reachable with the configuration agency. */
async function checkDestination(
  deps: FgDeps,
  { record, version }: Found,
  target: Destination,
): Promise<void> {
  if (version.config.xrole === '') throw fss('FSS.1121', 'a destination needs an agency');
  const { topic_urn = '', func_urn = '', bucket = '' } = readTarget(target);
  switch (target.destination) {
    case 'SMN':
      if (!deps.hasTopic(topic_urn)) throw fss('FSS.1171');
      return;
    case 'FunctionGraph':
      if (deps.functions.find(func_urn).record === record) throw fss('FSS.0400', 'a cycle');
      return;
    case 'OBS':
      if (!(await deps.backend.hasBucket(bucket))) throw fss('FSS.0400', 'bucket');
      return;
    default:
      throw fss('FSS.0400', `destination ${target.destination}`);
  }
}

function describe(
  { place }: FgDeps,
  { record }: Found,
  qualifier: string,
  { createdAt, lastModified, ...config }: AsyncConfig,
): Record<string, unknown> {
  return {
    func_urn: versionUrn(record, qualifier, place),
    ...config,
    created_time: chinaTime(createdAt),
    last_modified: chinaTime(lastModified),
  };
}
