import * as z from 'zod';
import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';
import type { TriggerRecord } from '../model/function.ts';
import { checkCanRest } from './create-trigger.ts';
import { describeTrigger } from './describe-trigger.ts';

// functiongraph_06_0124: of event_data only how a stream is pulled can change, and it is a list.
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
export function listFunctionTriggers(deps: FgDeps, { params }: FgCall): FgAnswer {
  const { record, qualifier } = deps.functions.find(params['urn'] ?? '');
  const triggers = deps.triggers.of(record, qualifier);
  return { status: 200, body: triggers.map((trigger) => describeTrigger(deps, trigger)) };
}

/** GET /triggers/{urn}/{type}/{id}. */
export function showFunctionTrigger(deps: FgDeps, { params }: FgCall): FgAnswer {
  return { status: 200, body: describeTrigger(deps, find(deps, params)) };
}

/** PUT /triggers/{urn}/{type}/{id}: switches a timer on and off; nothing else of it can change. */
export function updateTrigger(deps: FgDeps, { params, body }: FgCall): FgAnswer {
  const trigger = find(deps, params);
  const parsed = updateSchema.safeParse(body);
  if (!parsed.success) throw fss('FSS.0400', String(parsed.error.issues[0]?.path[0] ?? 'body'));
  const { trigger_status: status } = parsed.data;
  if (status) {
    if (status === 'DISABLED') checkCanRest(trigger.type);
    trigger.status = status;
  }
  trigger.updatedAt = deps.time.now();
  return { status: 200, body: describeTrigger(deps, trigger) };
}

/** DELETE /triggers/{urn}/{type}/{id}. */
export function deleteFunctionTrigger(deps: FgDeps, { params }: FgCall): FgAnswer {
  deps.triggers.remove(find(deps, params));
  return { status: 204 };
}

/** DELETE /triggers/{urn}: all of them. */
export function batchDeleteFunctionTriggers(deps: FgDeps, { params }: FgCall): FgAnswer {
  const { record, qualifier } = deps.functions.find(params['urn'] ?? '');
  deps.triggers.removeAll(record, qualifier);
  return { status: 204 };
}

function find({ functions, triggers }: FgDeps, params: Record<string, string>): TriggerRecord {
  const { record } = functions.find(params['urn'] ?? '');
  return triggers.find(record, params['type'] ?? '', params['id'] ?? '');
}
