import * as z from 'zod';
import type { FgCall, FgResponse } from '../model/call.ts';
import { chinaTime } from '../model/china-time.ts';
import { fss } from '../model/error.ts';
import type { AsyncConfig, Destination, FunctionRecord } from '../model/function.ts';
import { functionUrn } from '../model/urn.ts';
import type { InvocationDeps } from './deps.ts';
import { parseTarget } from './destination.ts';

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

/** PUT /functions/{urn}/async-invoke-config (functiongraph_06_0142): replaces the whole policy. */
export async function updateFunctionAsyncInvokeConfig(
  deps: InvocationDeps,
  { params, body }: FgCall,
): Promise<FgResponse> {
  const record = deps.functions.find(params['urn'] ?? '');
  const parsed = bodySchema.safeParse(body ?? {});
  if (!parsed.success) {
    throw fss('FSS.0400', String(parsed.error.issues[0]?.path[0] ?? 'body'));
  }
  const { destination_config, ...rest } = parsed.data;
  const { on_success, on_failure } = destination_config ?? {};
  for (const target of [on_success, on_failure]) {
    if (target) await checkDestination(deps, record, target);
  }
  const now = deps.time.now();
  const config: AsyncConfig = {
    ...rest,
    destination_config: {
      ...(on_success ? { on_success } : {}),
      ...(on_failure ? { on_failure } : {}),
    },
    createdAt: record.asyncConfig?.createdAt ?? now,
    lastModified: now,
  };
  record.asyncConfig = config;
  return { status: 200, body: describe(deps, record, config) };
}

/** GET /functions/{urn}/async-invoke-config: 404 if there is no policy. */
export function showFunctionAsyncInvokeConfig(
  deps: InvocationDeps,
  { params }: FgCall,
): FgResponse {
  const record = deps.functions.find(params['urn'] ?? '');
  if (record.asyncConfig === undefined) throw fss('FSS.0404');
  return { status: 200, body: describe(deps, record, record.asyncConfig) };
}

/** DELETE /functions/{urn}/async-invoke-config. */
export function deleteFunctionAsyncInvokeConfig(
  deps: InvocationDeps,
  { params }: FgCall,
): FgResponse {
  const record = deps.functions.find(params['urn'] ?? '');
  if (record.asyncConfig === undefined) throw fss('FSS.0404');
  record.asyncConfig = undefined;
  return { status: 204 };
}

/** The target must exist and be another function, and the function needs a configuration agency to reach it. */
async function checkDestination(
  deps: InvocationDeps,
  record: FunctionRecord,
  target: Destination,
): Promise<void> {
  if (record.config.xrole === '') throw fss('FSS.1121', 'a destination needs an agency');
  const { topic_urn = '', func_urn = '', bucket = '' } = parseTarget(target);
  switch (target.destination) {
    case 'SMN':
      if (!deps.hasTopic(topic_urn)) throw fss('FSS.1171');
      return;
    case 'FunctionGraph':
      if (deps.functions.find(func_urn) === record) throw fss('FSS.0400', 'a cycle');
      return;
    case 'OBS':
      if (!(await deps.backend.hasBucket(bucket))) throw fss('FSS.0400', 'bucket');
      return;
    default:
      throw fss('FSS.0400', `destination ${target.destination}`);
  }
}

function describe(
  { place }: InvocationDeps,
  record: FunctionRecord,
  { createdAt, lastModified, ...config }: AsyncConfig,
): Record<string, unknown> {
  return {
    func_urn: functionUrn(record, place),
    ...config,
    created_time: chinaTime(createdAt),
    last_modified: chinaTime(lastModified),
  };
}
