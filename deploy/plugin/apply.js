import { body as configBody } from './config-body.js';
import { toRemember } from './nameless.js';
import { hashSecrets, readMarker, sameSecrets, short, withMarker } from './marker.js';

/**
 * Carries out the steps of one function, in their order. A step that fails ends it; what was done stays and is not done again.
 * @param {import('./types.js').Cloud} cloud
 * @param {import('./types.js').Wanted} wanted
 * @param {import('./types.js').Actual | undefined} actual
 * @param {import('./types.js').Code} code
 * @param {import('./types.js').Step[]} steps
 * @param {(step: import('./types.js').Step) => void} onDone
 */
export async function apply(cloud, wanted, actual, code, steps, onDone) {
  const { urn } = wanted;
  const before = readMarker(actual?.config.description);
  const secrets =
    before !== undefined && sameSecrets(wanted.secrets, before.secrets)
      ? before.secrets
      : hashSecrets(wanted.secrets);
  /** @param {string} serviceDigest */
  const description = (serviceDigest) =>
    withMarker(wanted.summary, {
      stage: wanted.stage,
      code: serviceDigest === '' ? '' : short(code.digest),
      serviceDigest: short(serviceDigest),
      secrets: serviceDigest === '' ? '' : secrets,
      triggers: toRemember(wanted, actual),
    });
  let config = actual?.config;
  for (const step of steps) {
    switch (step.do) {
      case 'create':
        config = await cloud.createFunction({
          ...configBody(wanted, undefined, description('')),
          package: 'default',
          code_type: 'zip',
          code_filename: 'code.zip',
          func_code: { file: code.zip.toString('base64') },
        });
        break;
      case 'code':
        await cloud.updateCode(urn, code.zip);
        // What FunctionGraph calls this code is written down with the settings that follow.
        config = (await cloud.showFunction(urn)) ?? config;
        break;
      case 'config':
        await cloud.updateConfig(
          urn,
          configBody(wanted, config, description(config?.digest ?? '')),
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

/** @param {import('./types.js').WantedAsync} wanted */
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
