import * as z from 'zod';
import { hexId } from '../../simulation/random.ts';
import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';
import type { TriggerRecord, TriggerType } from '../model/function.ts';
import { readApig } from '../event-data/apig.ts';
import { readCts } from '../event-data/cts.ts';
import { describeTrigger } from './describe-trigger.ts';
import { readObs } from '../event-data/obs.ts';
import { readTimer } from '../event-data/timer.ts';

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
  deps: FgDeps,
  { params, body }: FgCall,
): Promise<FgAnswer> {
  const { record, qualifier } = deps.functions.find(params['urn'] ?? '');
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw fss('FSS.0400', String(parsed.error.issues[0]?.path[0] ?? 'body'));
  const { trigger_type_code, trigger_status, event_data } = parsed.data;
  if (!isType(trigger_type_code)) throw fss('FSS.1101');
  const status = trigger_status ?? 'ACTIVE';
  if (status === 'DISABLED') checkCanRest(trigger_type_code);
  // Asked for first: from here on nothing else may come in between.
  const hasBucket = await deps.backend.hasBucket(String(event_data['bucket']));
  const siblings = deps.triggers.of(record, qualifier);
  if (siblings.length >= MAX_TRIGGERS) throw fss('FSS.1306');
  const now = deps.time.now();
  const trigger: TriggerRecord = {
    id: hexId(deps.random),
    type: trigger_type_code,
    status,
    data: readData(deps, trigger_type_code, event_data, { siblings, hasBucket }),
    function: record,
    qualifier,
    createdAt: now,
    updatedAt: now,
  };
  deps.triggers.add(trigger);
  deps.onTrigger(trigger);
  return { status: 201, body: describeTrigger(deps, trigger) };
}

/** Only timers can rest, of the types that are here. Throws FSS.0400. */
export function checkCanRest(type: TriggerType): void {
  if (type !== 'TIMER') throw fss('FSS.0400', `a trigger of type ${type} cannot be disabled`);
}

function readData(
  deps: FgDeps,
  type: TriggerType,
  data: unknown,
  { siblings, hasBucket }: { siblings: TriggerRecord[]; hasBucket: boolean },
): Record<string, unknown> {
  const alike = siblings.filter((other) => other.type === type);
  switch (type) {
    case 'TIMER': {
      const timer = readTimer(data);
      if (alike.some((other) => other.data['name'] === timer.name)) throw fss('FSS.1148');
      return timer;
    }
    case 'APIG':
    case 'DEDICATEDGATEWAY': {
      const all = [...deps.triggers.all('APIG'), ...deps.triggers.all('DEDICATEDGATEWAY')];
      const apig = readApig(data, type, all);
      if (all.some((other) => other.data['name'] === apig.name)) throw fss('FSS.1146');
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
      if (alike.some((other) => other.data['topic_urn'] === topic_urn)) throw fss('FSS.1141');
      return { topic_urn };
    }
    case 'OBS':
      return readObs(data, hasBucket, deps.triggers.all('OBS'));
  }
}

function isType(text: string): text is TriggerType {
  return TYPES.includes(text);
}
