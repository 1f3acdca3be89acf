import { chinaTime } from '../model/china-time.ts';
import type { TriggerRecord } from '../model/trigger.ts';
import type { TriggerDeps } from './deps.ts';

/** The trigger model that the API returns; a trigger at a gateway also has the URL to call. */
export function describeTrigger(
  { apigUrl }: Pick<TriggerDeps, 'apigUrl'>,
  { id, type, status, data, createdAt, updatedAt }: TriggerRecord,
): Record<string, unknown> {
  const isApi = type === 'APIG' || type === 'DEDICATEDGATEWAY';
  const path = String(data['path']);
  return {
    trigger_id: id,
    trigger_type_code: type,
    trigger_status: status,
    event_data: isApi
      ? { ...data, api_name: data['name'], triggerid: id, invoke_url: `${apigUrl()}${path}` }
      : data,
    last_updated_time: chinaTime(updatedAt),
    created_time: chinaTime(createdAt),
  };
}
