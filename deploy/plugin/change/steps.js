import { DeployError } from '../errors.js';
import { visible } from '../from-lib.js';
import { readMarker, sameSecrets, short } from './marker.js';
import { isRecorded, needsRecord } from './smn-triggers.js';
import { triggerSteps } from './trigger-steps.js';

/** @import { Actual, ActualAsync, ActualFunction, ActualTrigger, Code, Desired, DesiredAsync, Step } from '../types.js' */

/**
 * Returns the calls that turn `actual` into `desired`, in order. The instance limit is set before any trigger is created. `foreign`
 * are triggers that neither serverless.yml nor a deployment knows.
 * @param {Desired} desired
 * @param {Actual | undefined} actual
 * @param {Code} code
 * @param {{ adopt?: boolean, prune?: boolean, dropSecrets?: boolean }} [options]
 * @returns {{ steps: Step[], foreign: ActualTrigger[] }}
 */
export function stepsFor(desired, actual, code, options = {}) {
  if (actual === undefined) {
    /** @type {Step[]} */
    const steps = [
      { do: 'create' },
      { do: 'config', fields: ['description'] },
      { do: 'instances', from: undefined, to: desired.maxInstances },
    ];
    if (desired.async) steps.push({ do: 'async', to: desired.async });
    for (const trigger of desired.triggers) steps.push({ do: 'add-trigger', trigger, gap: false });
    return { steps, foreign: [] };
  }
  checkPossible(desired, actual, options);
  /** @type {Step[]} */
  const steps = [];
  const marker = readMarker(actual.config.description);
  const sameCode =
    marker !== undefined &&
    marker.code === short(code.digest) &&
    marker.serviceDigest === short(actual.config.digest);
  if (!sameCode) steps.push({ do: 'code' });
  const fields = changedFields(desired, actual.config);
  const recorded = marker?.triggers ?? [];
  if (!sameCode || needsRecord(desired, recorded)) fields.push('description');
  if (fields.length > 0) steps.push({ do: 'config', fields });
  const instances = actual.config.strategy_config?.concurrency ?? undefined;
  if (instances !== desired.maxInstances) {
    steps.push({ do: 'instances', from: instances, to: desired.maxInstances });
  }
  steps.push(...asyncSteps(desired.async, actual.async));
  const { steps: triggers, foreign } = triggerSteps(
    desired,
    actual.triggers,
    (trigger) => options.prune === true || isRecorded(trigger, recorded),
  );
  steps.push(...triggers);
  return { steps, foreign };
}

/**
 * @param {Desired} desired
 * @param {Actual} actual
 * @param {{ adopt?: boolean, dropSecrets?: boolean }} options
 */
function checkPossible(desired, { config }, { adopt, dropSecrets }) {
  const marker = readMarker(config.description);
  if (marker === undefined && !adopt) {
    throw new DeployError(
      'not_ours',
      `the function ${desired.name} exists and was not deployed by Phonevault`,
      {
        hint: 'choose another stage, or use --adopt to replace its code, settings and limits',
      },
    );
  }
  if (config.runtime !== desired.runtime) {
    throw new DeployError(
      'runtime_immutable',
      `${desired.name} has the runtime ${visible(config.runtime)}; FunctionGraph cannot change it to ${desired.runtime}`,
      {
        hint: `use --param runtime=${visible(config.runtime)}, or remove the stage and deploy it again`,
      },
    );
  }
  const kept = Object.keys(parse(config.encrypted_user_data));
  const lost = kept.filter((name) => !(name in desired.secrets));
  if (lost.length > 0 && !dropSecrets) {
    throw new DeployError(
      'secrets_missing',
      `${desired.name} has encrypted settings that are not set now: ${visible(lost.join(', '))}`,
      {
        hint: 'set them in the environment, or remove them with --drop-secrets',
      },
    );
  }
}

/**
 * @param {Desired} desired
 * @param {ActualFunction} config
 */
function changedFields(desired, config) {
  const marker = readMarker(config.description);
  /** @type {[string, unknown, unknown][]} */
  const pairs = [
    ['handler', config.handler, desired.handler],
    ['memorySize', config.memory_size, desired.memorySize],
    ['timeout', config.timeout, desired.timeout],
    ['agency', config.xrole ?? '', desired.agency],
    ['executionAgency', config.app_xrole ?? '', desired.executionAgency],
    ['logs', config.enable_lts_log ?? false, desired.logs],
    ['summary', (config.description ?? '').replace(/ \[phonevault .*\]$/, ''), desired.summary],
    ['stage', marker?.stage, desired.stage],
  ];
  const fields = pairs.filter(([, before, after]) => before !== after).map(([name]) => name);
  const before = parse(config.user_data);
  const names = new Set([...Object.keys(before), ...Object.keys(desired.userData)]);
  for (const name of [...names].sort()) {
    if (before[name] !== desired.userData[name]) fields.push(`environment.${name}`);
  }
  const kept = Object.keys(parse(config.encrypted_user_data)).sort().join();
  const same =
    sameSecrets(desired.secrets, marker?.secrets ?? '') &&
    kept === Object.keys(desired.secrets).sort().join();
  if (!same) fields.push('encryptedEnvironment');
  return fields;
}

/**
 * @param {DesiredAsync | undefined} desired
 * @param {ActualAsync | undefined} actual
 * @returns {Step[]}
 */
function asyncSteps(desired, actual) {
  if (desired === undefined) return actual === undefined ? [] : [{ do: 'no-async' }];
  const { on_failure, on_success } = actual?.destination_config ?? {};
  const same =
    actual !== undefined &&
    actual.max_async_retry_attempts === desired.retries &&
    actual.max_async_event_age_in_seconds === desired.maxAge &&
    !on_success?.destination &&
    (on_failure?.destination === 'SMN' ? parse(on_failure.param)['topic_urn'] : undefined) ===
      desired.failureTopicUrn;
  return same ? [] : [{ do: 'async', to: desired }];
}

/**
 * Returns the entries of a JSON object, or none if the text is empty or invalid.
 * @param {string | null | undefined} text
 * @returns {Record<string, string>}
 */
function parse(text) {
  if (!text) return {};
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
