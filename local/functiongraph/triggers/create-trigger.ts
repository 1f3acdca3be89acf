import * as z from 'zod';
import { hexId } from '../../simulation/random.ts';
import { readApig } from '../event-data/apig.ts';
import { readCts } from '../event-data/cts.ts';
import { readObs } from '../event-data/obs.ts';
import { readTimer } from '../event-data/timer.ts';
import type { FgCall, FgResponse } from '../model/call.ts';
import { fss } from '../model/error.ts';
import type { TriggerRecord, TriggerType } from '../model/trigger.ts';
import type { TriggerDeps } from './deps.ts';
import { describeTrigger } from './describe-trigger.ts';

const MAX_TRIGGERS = 10;
const TYPES: readonly string[] = ['TIMER', 'APIG', 'DEDICATEDGATEWAY', 'CTS', 'SMN', 'OBS'];

const bodySchema = z.object({
  trigger_type_code: z.string(),
  trigger_status: z.enum(['ACTIVE', 'DISABLED']).nullish(),
  event_data: z.looseObject({}),
});

const topicSchema = z.object({ topic_urn: z.string().min(1).max(255) });

/** POST /triggers/{urn} (functiongraph_06_0122). */
export async function createFunctionTrigger(
  deps: TriggerDeps,
  { params, body }: FgCall,
): Promise<FgResponse> {
  const record = deps.functions.find(params['urn'] ?? '');
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw fss('FSS.0400', String(parsed.error.issues[0]?.path[0] ?? 'body'));
  const { trigger_type_code: type, trigger_status, event_data } = parsed.data;
  if (!isType(type)) throw fss('FSS.1101');
  const status = trigger_status ?? 'ACTIVE';
  if (status === 'DISABLED') checkCanBeDisabled(type);
  // The only wait comes first: no other call may run between the checks and the insert.
  const hasBucket = await deps.backend.hasBucket(String(event_data['bucket']));
  const siblings = deps.triggers.of(record);
  if (siblings.length >= MAX_TRIGGERS) throw fss('FSS.1306');
  const now = deps.time.now();
  const trigger: TriggerRecord = {
    id: hexId(deps.random),
    type,
    status,
    data: readData(deps, type, event_data, { siblings, hasBucket }),
    function: record,
    createdAt: now,
    updatedAt: now,
  };
  deps.triggers.add(trigger);
  deps.onTriggerCreated(trigger);
  return { status: 201, body: describeTrigger(deps, trigger) };
}

/** Of the supported types, only timers can be disabled. Throws FSS.0400. */
export function checkCanBeDisabled(type: TriggerType): void {
  if (type !== 'TIMER') throw fss('FSS.0400', `a trigger of type ${type} cannot be disabled`);
}

/** Reads event_data of a type. Throws FssError. */
function readData(
  deps: TriggerDeps,
  type: TriggerType,
  data: unknown,
  { siblings, hasBucket }: { siblings: TriggerRecord[]; hasBucket: boolean },
): Record<string, unknown> {
  const sameType = siblings.filter((sibling) => sibling.type === type);
  switch (type) {
    case 'TIMER': {
      const timer = readTimer(data);
      if (sameType.some((other) => other.data['name'] === timer.name)) throw fss('FSS.1148');
      return timer;
    }
    case 'APIG':
    case 'DEDICATEDGATEWAY': {
      const apis = [...deps.triggers.all('APIG'), ...deps.triggers.all('DEDICATEDGATEWAY')];
      const apig = readApig(data, type, apis);
      if (apis.some((other) => other.data['name'] === apig.name)) throw fss('FSS.1146');
      const domain = `${apig.group_id}.apic.${deps.place.region}.huaweicloudapis.com`;
      return { ...apig, sl_domain: apig.sl_domain ?? domain, api_id: hexId(deps.random) };
    }
    case 'CTS':
      return readCts(data, deps.triggers.all('CTS'));
    case 'SMN': {
      const topic = topicSchema.safeParse(data);
      if (!topic.success) throw fss('FSS.1102');
      const { topic_urn } = topic.data;
      if (!deps.hasTopic(topic_urn)) throw fss('FSS.1171');
      if (sameType.some((other) => other.data['topic_urn'] === topic_urn)) throw fss('FSS.1141');
      return { topic_urn };
    }
    case 'OBS':
      return readObs(data, hasBucket, deps.triggers.all('OBS'));
  }
}

function isType(text: string): text is TriggerType {
  return TYPES.includes(text);
}
