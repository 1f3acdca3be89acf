import { DeployError } from './errors.js';
import { readMarker, sameSecrets, short } from './marker.js';
import { isForgetful, isRemembered } from './nameless.js';

/** @typedef {import('./types.js').Step} Step */

/**
 * The calls that make `actual` be as wanted, in their order; none when it is. Most instances at once come before any trigger, a
 * changed timer gets its successor before it goes, and other triggers go before theirs come.
 * @param {import('./types.js').Wanted} wanted
 * @param {import('./types.js').Actual | undefined} actual
 * @param {import('./types.js').Code} code
 * @param {{ adopt?: boolean, prune?: boolean, dropSecrets?: boolean }} [options]
 * @returns {{ steps: Step[], foreign: import('./types.js').ActualTrigger[] }}
 */
export function stepsFor(wanted, actual, code, options = {}) {
  if (actual === undefined) {
    /** @type {Step[]} */
    const steps = [
      { do: 'create' },
      { do: 'config', fields: ['description'] },
      { do: 'instances', from: undefined, to: wanted.maxInstances },
    ];
    if (wanted.async) steps.push({ do: 'async', to: wanted.async });
    for (const trigger of wanted.triggers) steps.push({ do: 'add-trigger', trigger, gap: false });
    return { steps, foreign: [] };
  }
  refuseWhatCannotBe(wanted, actual, options);
  /** @type {Step[]} */
  const steps = [];
  const marker = readMarker(actual.config.description);
  const sameCode =
    marker !== undefined &&
    marker.code === short(code.digest) &&
    marker.serviceDigest === short(actual.config.digest);
  if (!sameCode) steps.push({ do: 'code' });
  const fields = changedFields(wanted, actual.config);
  const remembered = marker?.triggers ?? [];
  if (!sameCode || isForgetful(wanted, remembered)) fields.push('description');
  if (fields.length > 0) steps.push({ do: 'config', fields });
  const instances = actual.config.strategy_config?.concurrency ?? undefined;
  if (instances !== wanted.maxInstances) {
    steps.push({ do: 'instances', from: instances, to: wanted.maxInstances });
  }
  steps.push(...asyncSteps(wanted.async, actual.async));
  const { steps: triggers, foreign } = triggerSteps(
    wanted,
    actual.triggers,
    (trigger) => (options.prune ?? false) || isOurs(trigger) || isRemembered(trigger, remembered),
  );
  steps.push(...triggers);
  return { steps, foreign };
}

/**
 * @param {import('./types.js').Wanted} wanted
 * @param {import('./types.js').Actual} actual
 * @param {{ adopt?: boolean, dropSecrets?: boolean }} options
 */
function refuseWhatCannotBe(wanted, { config }, { adopt, dropSecrets }) {
  const marker = readMarker(config.description);
  if (marker === undefined && !adopt) {
    throw new DeployError(
      'not_ours',
      `the function ${wanted.name} exists and was not deployed from here`,
      {
        hint: 'choose another stage, or take it over with --adopt: its code, settings and limits are replaced',
      },
    );
  }
  if (config.runtime !== wanted.runtime) {
    throw new DeployError(
      'runtime_fixed',
      `${wanted.name} has the runtime ${config.runtime}, and a function keeps its runtime; ${wanted.runtime} is asked for`,
      { hint: `--param runtime=${config.runtime}, or remove the stage and deploy it anew` },
    );
  }
  const kept = Object.keys(parse(config.encrypted_user_data));
  const lost = kept.filter((name) => !(name in wanted.secrets));
  if (lost.length > 0 && !dropSecrets) {
    throw new DeployError(
      'secrets_missing',
      `${wanted.name} has encrypted settings that are not given now: ${lost.join(', ')}`,
      {
        hint: 'put them into the environment, or remove them with --drop-secrets',
      },
    );
  }
}

/**
 * @param {import('./types.js').Wanted} wanted
 * @param {import('./types.js').ActualFunction} config
 */
function changedFields(wanted, config) {
  const marker = readMarker(config.description);
  /** @type {[string, unknown, unknown][]} */
  const pairs = [
    ['handler', config.handler, wanted.handler],
    ['memorySize', config.memory_size, wanted.memorySize],
    ['timeout', config.timeout, wanted.timeout],
    ['agency', config.xrole ?? '', wanted.agency],
    ['executionAgency', config.app_xrole ?? '', wanted.executionAgency],
    ['logs', config.enable_lts_log ?? false, wanted.logs],
    ['summary', (config.description ?? '').replace(/ \[phonevault .*\]$/, ''), wanted.summary],
    ['stage', marker?.stage, wanted.stage],
  ];
  const fields = pairs.filter(([, is, shall]) => is !== shall).map(([name]) => name);
  const is = parse(config.user_data);
  const names = new Set([...Object.keys(is), ...Object.keys(wanted.userData)]);
  for (const name of [...names].sort()) {
    if (is[name] !== wanted.userData[name]) fields.push(`environment.${name}`);
  }
  const kept = Object.keys(parse(config.encrypted_user_data)).sort().join();
  const same =
    sameSecrets(wanted.secrets, marker?.secrets ?? '') &&
    kept === Object.keys(wanted.secrets).sort().join();
  if (!same) fields.push('encryptedEnvironment');
  return fields;
}

/**
 * @param {import('./types.js').WantedAsync | undefined} wanted
 * @param {import('./types.js').ActualAsync | undefined} actual
 * @returns {Step[]}
 */
function asyncSteps(wanted, actual) {
  if (wanted === undefined) return actual === undefined ? [] : [{ do: 'no-async' }];
  const { on_failure, on_success } = actual?.destination_config ?? {};
  const same =
    actual !== undefined &&
    actual.max_async_retry_attempts === wanted.retries &&
    actual.max_async_event_age_in_seconds === wanted.maxAge &&
    !on_success?.destination &&
    (on_failure?.destination === 'SMN' ? parse(on_failure.param)['topic_urn'] : undefined) ===
      wanted.failureTopicUrn;
  return same ? [] : [{ do: 'async', to: wanted }];
}

/**
 * @param {import('./types.js').Wanted} wanted
 * @param {import('./types.js').ActualTrigger[]} actual
 * @param {(trigger: import('./types.js').ActualTrigger) => boolean} mayGo
 * @returns {{ steps: Step[], foreign: import('./types.js').ActualTrigger[] }}
 */
function triggerSteps(wanted, actual, mayGo) {
  const left = new Set(actual);
  /** @type {import('./types.js').WantedTrigger[]} */
  const missing = [];
  /** @type {Step[]} */
  const statuses = [];
  for (const trigger of wanted.triggers) {
    const found = [...left].find((candidate) => isSame(trigger, candidate));
    if (found === undefined) {
      missing.push(trigger);
      continue;
    }
    left.delete(found);
    if ((found.trigger_status ?? 'ACTIVE') !== trigger.status) {
      statuses.push({ do: 'trigger-status', trigger: found, to: trigger.status });
    }
  }
  const old = [...left].filter(mayGo);
  const foreign = [...left].filter((trigger) => !old.includes(trigger));
  /** @param {{ type?: string, trigger_type_code?: string }} trigger */
  const isTimer = (trigger) => (trigger.type ?? trigger.trigger_type_code) === 'TIMER';
  const replaced = (/** @type {string} */ type) =>
    missing.some((trigger) => trigger.type === type) &&
    old.some((trigger) => trigger.trigger_type_code === type);
  /** @param {import('./types.js').WantedTrigger} trigger @returns {Step} */
  const add = (trigger) => ({
    do: 'add-trigger',
    trigger,
    gap: !isTimer(trigger) && replaced(trigger.type),
  });
  /** @param {import('./types.js').ActualTrigger} trigger @returns {Step} */
  const remove = (trigger) => ({
    do: 'remove-trigger',
    trigger,
    gap: !isTimer(trigger) && replaced(trigger.trigger_type_code),
  });
  return {
    steps: [
      ...statuses,
      ...missing.filter(isTimer).map(add),
      ...old.filter(isTimer).map(remove),
      ...old.filter((trigger) => !isTimer(trigger)).map(remove),
      ...missing.filter((trigger) => !isTimer(trigger)).map(add),
    ],
    foreign,
  };
}

/** Names that a deployment gave end with a digest. @param {import('./types.js').ActualTrigger} trigger */
function isOurs({ event_data }) {
  return /[-_]pv[0-9a-f]{8}$/.test(String(event_data['name'] ?? ''));
}

/**
 * The digest in the name stands for all that was given; what has no name is compared.
 * @param {import('./types.js').WantedTrigger} wanted
 * @param {import('./types.js').ActualTrigger} actual
 */
function isSame(wanted, actual) {
  if (wanted.type !== actual.trigger_type_code) return false;
  const name = wanted.data['name'];
  if (name !== undefined) return actual.event_data['name'] === name;
  return Object.entries(wanted.data).every(
    ([key, value]) => JSON.stringify(actual.event_data[key]) === JSON.stringify(value),
  );
}

/**
 * The entries of a JSON text; none where there is no text.
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
