import { checkEvents } from './check-events.js';
import { DeployError } from '../errors.js';
import { sha256 } from '../change/marker.js';

/** @import { Desired, DesiredTrigger } from '../types.js' */

/**
 * @typedef {{ region: string, projectId: string, runtime?: string, agency: string, executionAgency?: string, logs?: boolean,
 *   environment?: Record<string, string>, failureTopicUrn?: string }} Provider
 * @typedef {{ triggerTypeCode: string, status?: 'ACTIVE' | 'DISABLED', when?: string, eventData: Record<string, unknown> }} Event
 * @typedef {{ handler: string, description?: string, memorySize: number, timeout: number, maxInstances?: number,
 *   environment?: Record<string, string>, encryptedEnvironment?: Record<string, string>,
 *   async?: { retries: number, maxAge: number }, events?: Event[] }} Definition
 */

// functiongraph_01_0150, functiongraph_06_0108
const MAX_SETTINGS = 20;
const MAX_CHARACTERS = 4_096;
const NAME = /^[A-Za-z](?:[\w-]{0,58}[A-Za-z0-9])?$/;
const MAX_TRIGGERS = 10;
const UNLIMITED = 400;

/**
 * Returns a function as serverless.yml describes it. Throws a DeployError if FunctionGraph would reject it.
 * @param {{ service: string, stage: string, provider: Provider, key: string, definition: Definition }} given
 * @returns {Desired}
 */
export function desiredFunction({ service, stage, provider, key, definition }) {
  const name = nameOf(service, stage, key);
  const { region, projectId } = provider;
  const userData = withoutEmpty({ ...provider.environment, ...definition.environment });
  if (key !== 'drive' && userData['PHONEVAULT_DRIVE_URN'] === undefined) {
    userData['PHONEVAULT_DRIVE_URN'] = urnOf(region, projectId, nameOf(service, stage, 'drive'));
  }
  const secrets = withoutEmpty(definition.encryptedEnvironment ?? {});
  checkSettings(key, userData, secrets);
  const events = (definition.events ?? []).filter(({ when }) => when !== '');
  checkEvents(key, events);
  const triggers = events.map((event) => desiredTrigger(event));
  if (triggers.length > MAX_TRIGGERS) {
    throw new DeployError(
      'too_many_triggers',
      `functions.${key}.events has ${triggers.length} entries; FunctionGraph allows ${MAX_TRIGGERS}`,
    );
  }
  const failureTopicUrn = provider.failureTopicUrn || undefined;
  if (failureTopicUrn !== undefined && failureTopicUrn === userData['PHONEVAULT_TOPIC_URN']) {
    throw new DeployError(
      'same_topic',
      'provider.failureTopicUrn is the topic of the notifications (PHONEVAULT_TOPIC_URN)',
      {
        hint: 'use a separate topic for failures of the functions',
      },
    );
  }
  return {
    key,
    name,
    stage,
    urn: urnOf(region, projectId, name),
    summary: definition.description ?? `Phonevault ${key}`,
    runtime: provider.runtime ?? 'Node.js20.15',
    handler: definition.handler,
    memorySize: definition.memorySize,
    timeout: definition.timeout,
    agency: provider.agency,
    executionAgency: provider.executionAgency || provider.agency,
    userData,
    secrets,
    logs: provider.logs ?? false,
    maxInstances: definition.maxInstances ?? UNLIMITED,
    async: definition.async && { ...definition.async, failureTopicUrn },
    triggers,
  };
}

/** @param {string} service @param {string} stage @param {string} key */
function nameOf(service, stage, key) {
  const name = `${service}-${stage}-${key}`;
  if (!NAME.test(name)) {
    throw new DeployError(
      'name_invalid',
      `the function name ${name} is invalid (${name.length} characters)`,
      {
        hint: 'at most 60 letters, digits, - and _; a letter first, a letter or digit last: choose a shorter stage',
      },
    );
  }
  return name;
}

/** @param {string} region @param {string} projectId @param {string} name */
function urnOf(region, projectId, name) {
  return `urn:fss:${region}:${projectId}:function:default:${name}`;
}

/**
 * Returns the trigger as the API expects it. Its name ends with a digest of its fields, so a changed trigger is a new trigger.
 * @param {Event} event
 * @returns {DesiredTrigger}
 */
function desiredTrigger({ triggerTypeCode: type, status = 'ACTIVE', eventData }) {
  if (status === 'DISABLED' && type !== 'TIMER') {
    throw new DeployError(
      'cannot_disable',
      `a trigger of type ${type} cannot be DISABLED; only a TIMER can`,
      {
        hint: 'remove it from events',
      },
    );
  }
  const { name, ...rest } = snakeCase(eventData);
  if (name === undefined) return { type, status, data: rest };
  const digest = sha256(JSON.stringify([type, sorted(rest)])).slice(0, 8);
  const full = `${String(name)}-pv${digest}`;
  // CTS and APIG allow letters, digits and underscores only.
  return {
    type,
    status,
    data: { name: type === 'TIMER' ? full : full.replaceAll('-', '_'), ...rest },
  };
}

/**
 * @param {Record<string, unknown>} data
 * @returns {Record<string, unknown>}
 */
function snakeCase(data) {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? snakeCase(/** @type {Record<string, unknown>} */ (value))
        : value,
    ]),
  );
}

/** @param {unknown} value @returns {unknown} */
function sorted(value) {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Removes empty settings: their variables were not set. @param {Record<string, string>} settings */
function withoutEmpty(settings) {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * @param {string} key
 * @param {Record<string, string>} userData
 * @param {Record<string, string>} secrets
 */
function checkSettings(key, userData, secrets) {
  const entries = [...Object.entries(userData), ...Object.entries(secrets)];
  const wrong = entries.find(([name]) => !/^[A-Za-z]\w*$/.test(name));
  if (wrong !== undefined) {
    throw new DeployError(
      'setting_name_invalid',
      `functions.${key}: the name of the setting ${wrong[0]} must start with a letter, followed by letters, digits and _`,
    );
  }
  const twice = Object.keys(secrets).find((name) => name in userData);
  if (twice !== undefined) {
    throw new DeployError(
      'setting_duplicate',
      `functions.${key}: ${twice} is in environment and in encryptedEnvironment`,
    );
  }
  if (entries.length > MAX_SETTINGS) {
    throw new DeployError(
      'too_many_settings',
      `functions.${key} has ${entries.length} settings; FunctionGraph allows ${MAX_SETTINGS}`,
      {
        hint: 'remove settings that have a default',
      },
    );
  }
  const characters = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (characters > MAX_CHARACTERS) {
    throw new DeployError(
      'settings_too_long',
      `the settings of functions.${key} have ${characters} characters; FunctionGraph allows ${MAX_CHARACTERS}`,
      {
        hint: 'use fewer HTTP tokens or webhook secrets; base64url digests are shorter than hex',
      },
    );
  }
}
