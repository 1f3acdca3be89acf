import { body as configBody } from './config-body.js';
import { triggersToRecord } from './smn-triggers.js';
import { hashSecrets, readMarker, sameSecrets, short, withMarker } from './marker.js';

/** @import { Actual, Cloud, Code, Step, Desired, DesiredAsync } from '../types.js' */

/**
 * Carries out the steps of one function in order. A step that fails ends the deployment; a repeated deployment goes on from there.
 * @param {Cloud} cloud
 * @param {{ desired: Desired, actual: Actual | undefined, code: Code, steps: Step[] }} change
 * @param {(step: Step) => void} onDone
 */
export async function apply(cloud, { desired, actual, code, steps }, onDone) {
  const { urn } = desired;
  const before = readMarker(actual?.config.description);
  const secrets =
    before !== undefined && sameSecrets(desired.secrets, before.secrets)
      ? before.secrets
      : hashSecrets(desired.secrets);
  /** @param {string} serviceDigest */
  const description = (serviceDigest) =>
    withMarker(desired.summary, {
      stage: desired.stage,
      code: serviceDigest === '' ? '' : short(code.digest),
      serviceDigest: short(serviceDigest),
      secrets: serviceDigest === '' ? '' : secrets,
      triggers: triggersToRecord(desired, actual),
    });
  let config = actual?.config;
  for (const step of steps) {
    switch (step.do) {
      case 'create':
        config = await cloud.createFunction({
          ...configBody(desired, undefined, description('')),
          package: 'default',
          code_type: 'zip',
          code_filename: 'code.zip',
          func_code: { file: code.zip.toString('base64') },
        });
        break;
      case 'code':
        await cloud.updateCode(urn, code.zip);
        // The next settings record the digest that FunctionGraph computed for this code.
        config = (await cloud.showFunction(urn)) ?? config;
        break;
      case 'config':
        await cloud.updateConfig(
          urn,
          configBody(desired, config, description(config?.digest ?? '')),
        );
        break;
      case 'instances':
        await cloud.setMaxInstances(urn, step.to);
        break;
      case 'async':
        await cloud.putAsync(urn, asyncBody(step.to));
        break;
      case 'no-async':
        await cloud.deleteAsync(urn);
        break;
      case 'add-trigger':
        await cloud.createTrigger(urn, {
          trigger_type_code: step.trigger.type,
          ...(step.trigger.type === 'TIMER' ? { trigger_status: step.trigger.status } : {}),
          event_data: step.trigger.data,
        });
        break;
      case 'remove-trigger':
        await cloud.deleteTrigger(urn, step.trigger);
        break;
      case 'trigger-status':
        await cloud.setTriggerStatus(urn, step.trigger, step.to);
        break;
    }
    onDone(step);
  }
}

/** @param {DesiredAsync} desired */
function asyncBody({ retries, maxAge, failureTopicUrn }) {
  return {
    max_async_event_age_in_seconds: maxAge,
    max_async_retry_attempts: retries,
    ...(failureTopicUrn === undefined
      ? {}
      : {
          destination_config: {
            on_failure: {
              destination: 'SMN',
              param: JSON.stringify({ topic_urn: failureTopicUrn }),
            },
          },
        }),
  };
}
