import { chinaTime } from '../model/china-time.ts';
import type { FgDeps } from '../deps.ts';
import type { TriggerRecord } from '../model/function.ts';

/** A trigger as the calls answer it; of one at a gateway also where it is called. */
export function describeTrigger(
  { apigUrl }: Pick<FgDeps, 'apigUrl'>,
  { id, type, status, data, createdAt, updatedAt }: TriggerRecord,
): Record<string, unknown> {
  const called = type === 'APIG' || type === 'DEDICATEDGATEWAY';
  const path = String(data['path']);
  return {
    trigger_id: id,
    trigger_type_code: type,
    trigger_status: status,
    event_data: called
      ? { ...data, api_name: data['name'], triggerid: id, invoke_url: `${apigUrl()}${path}` }
      : data,
    last_updated_time: chinaTime(updatedAt),
    created_time: chinaTime(createdAt),
  };
}
