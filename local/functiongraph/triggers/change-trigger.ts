import * as z from 'zod';
import type { FgCall, FgResponse } from '../model/call.ts';
import { fss } from '../model/error.ts';
import type { TriggerRecord } from '../model/trigger.ts';
import { checkCanBeDisabled } from './create-trigger.ts';
import type { TriggerDeps } from './deps.ts';
import { describeTrigger } from './describe-trigger.ts';

// functiongraph_06_0124: event_data is a list, and only the polling of a stream can change.
const updateSchema = z.object({
  trigger_status: z.enum(['ACTIVE', 'DISABLED']).nullish(),
  event_data: z
    .array(
      z.object({
        is_serial: z.boolean().nullish(),
        max_fetch_bytes: z.number().int().nullish(),
        polling_interval: z.number().int().nullish(),
        polling_unit: z.enum(['ms', 's']).nullish(),
      }),
    )
    .nullish(),
});

/** GET /triggers/{urn}: a bare list. */
export function listFunctionTriggers(deps: TriggerDeps, { params }: FgCall): FgResponse {
  const triggers = deps.triggers.of(deps.functions.find(params['urn'] ?? ''));
  return { status: 200, body: triggers.map((trigger) => describeTrigger(deps, trigger)) };
}

/** PUT /triggers/{urn}/{type}/{id}: enables or disables a timer; nothing else can change. */
export function updateTrigger(deps: TriggerDeps, { params, body }: FgCall): FgResponse {
  const trigger = find(deps, params);
  const parsed = updateSchema.safeParse(body);
  if (!parsed.success) throw fss('FSS.0400', String(parsed.error.issues[0]?.path[0] ?? 'body'));
  const { trigger_status: status } = parsed.data;
  if (status) {
    if (status === 'DISABLED') checkCanBeDisabled(trigger.type);
    trigger.status = status;
  }
  trigger.updatedAt = deps.time.now();
  return { status: 200, body: describeTrigger(deps, trigger) };
}

/** DELETE /triggers/{urn}/{type}/{id}. */
export function deleteFunctionTrigger(deps: TriggerDeps, { params }: FgCall): FgResponse {
  deps.triggers.remove(find(deps, params));
  return { status: 204 };
}

function find({ functions, triggers }: TriggerDeps, params: Record<string, string>): TriggerRecord {
  const record = functions.find(params['urn'] ?? '');
  return triggers.find(record, params['type'] ?? '', params['id'] ?? '');
}
