import type { Actual, ActualTrigger, Cloud, Desired } from '../../../deploy/plugin/types.js';
import { hashSecrets, withMarker } from '../../../deploy/plugin/change/marker.js';

export type Call = [operation: string, ...args: unknown[]];

/** A management API that records its calls. It has no function unless `answers` says so. */
export function fakeCloud(answers: Partial<Cloud> = {}): { cloud: Cloud; calls: Call[] } {
  const calls: Call[] = [];
  const cloud = new Proxy({} as Cloud, {
    get:
      (_, operation: string) =>
      async (...args: unknown[]): Promise<unknown> => {
        calls.push([operation, ...args]);
        const answer = answers[operation as keyof Cloud] as
          | ((...given: unknown[]) => Promise<unknown>)
          | undefined;
        return answer?.(...args);
      },
  });
  return { cloud, calls };
}

export const CODE = { zip: Buffer.from('zip'), digest: 'a1b2c3d4e5f60718'.repeat(4) };
/** FunctionGraph's own digest of the code. */
export const SERVICE_DIGEST = '99aabbccddeeff00'.repeat(4);

/** Returns a trigger as FunctionGraph lists it. */
export const trigger = (
  type: string,
  event_data: { name?: string; [field: string]: unknown },
): ActualTrigger => ({
  trigger_id: `id-${event_data.name ?? type}`,
  trigger_type_code: type,
  trigger_status: 'ACTIVE',
  event_data,
});

/** Returns a function as a finished deployment leaves it. */
export function deployed(desired: Desired, change: Partial<Actual['config']> = {}): Actual {
  const { name, urn, runtime, handler, memorySize, timeout, summary, stage } = desired;
  const secrets = Object.keys(desired.secrets).length === 0 ? {} : desired.secrets;
  return {
    config: {
      ...{ func_urn: urn, func_name: name, runtime, handler, memory_size: memorySize, timeout },
      description: withMarker(summary, {
        ...{ stage, code: CODE.digest.slice(0, 16), serviceDigest: SERVICE_DIGEST.slice(0, 16) },
        ...{ secrets: hashSecrets(desired.secrets), triggers: [] },
      }),
      ...{ xrole: desired.agency, app_xrole: desired.executionAgency },
      user_data: JSON.stringify(desired.userData),
      encrypted_user_data: JSON.stringify(secrets),
      ...{ enable_lts_log: desired.logs, digest: SERVICE_DIGEST },
      strategy_config: { concurrency: desired.maxInstances },
      ...change,
    },
    async: desired.async && {
      max_async_retry_attempts: desired.async.retries,
      max_async_event_age_in_seconds: desired.async.maxAge,
      destination_config: {
        on_failure: {
          destination: 'SMN',
          param: JSON.stringify({ topic_urn: desired.async.failureTopicUrn }),
        },
      },
    },
    triggers: desired.triggers.map(({ type, data }) => trigger(type, data)),
  };
}
