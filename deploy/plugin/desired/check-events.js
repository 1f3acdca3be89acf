import { DeployError } from '../errors.js';
import { cronError } from './cron-error.js';

/** Fields of `eventData` by type of trigger; `true` marks required ones. FunctionGraph checks the others of APIG. */
const FIELDS = {
  TIMER: { name: true, scheduleType: true, schedule: true, userEvent: false },
  CTS: { name: true, operations: true },
  SMN: { topicUrn: true },
};
const REQUIRED = {
  APIG: ['name', 'groupId', 'path'],
  DEDICATEDGATEWAY: ['name', 'groupId', 'path'],
};

/** With the digest that a deployment adds, at most 64 characters. */
const NAME = /^[A-Za-z][\w-]{0,51}$/;

/**
 * Throws a DeployError that names an invalid field of `events`, before anything is sent.
 * @param {string} key of the function
 * @param {{ triggerTypeCode: string, eventData: Record<string, unknown> }[]} events
 */
export function checkEvents(key, events) {
  const seen = new Set();
  for (const [index, { triggerTypeCode: type, eventData: data }] of events.entries()) {
    const at = `functions.${key}.events[${index}].eventData`;
    const fields = /** @type {Record<string, Record<string, boolean>>} */ (FIELDS)[type];
    const required = fields
      ? Object.keys(fields).filter((name) => fields[name])
      : (/** @type {Record<string, string[]>} */ (REQUIRED)[type] ?? []);
    for (const name of required) {
      if (data[name] === undefined || data[name] === '') reject(`${at}.${name}`, 'is missing');
    }
    const unknown = fields && Object.keys(data).find((name) => !(name in fields));
    if (unknown)
      reject(`${at}.${unknown}`, `is unknown; allowed: ${Object.keys(fields).join(', ')}`);
    if ('name' in data && !NAME.test(String(data['name']))) {
      reject(
        `${at}.name`,
        'must start with a letter, followed by at most 51 letters, digits, - and _',
      );
    }
    if (type === 'TIMER') checkTimer(at, data);
    const same = JSON.stringify([type, data]);
    if (seen.has(same)) reject(at, 'is a duplicate');
    seen.add(same);
  }
}

/** functiongraph_01_0207: Rate is 1 to 60 minutes, 1 to 24 hours or 1 to 30 days. @param {string} at @param {Record<string, unknown>} data */
function checkTimer(at, { scheduleType, schedule }) {
  const text = String(schedule);
  if (scheduleType === 'Rate') {
    const [, count = '0', unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
    const maximum = { m: 60, h: 24, d: 30 }[unit] ?? 0;
    if (+count < 1 || +count > maximum) {
      reject(`${at}.schedule`, `is ${text}; a Rate is 1m to 60m, 1h to 24h or 1d to 30d`);
    }
  } else if (scheduleType === 'Cron') {
    const error = cronError(text);
    if (error !== undefined) reject(`${at}.schedule`, `is ${text}; ${error}`);
  } else {
    reject(`${at}.scheduleType`, `is ${String(scheduleType)}; allowed: Rate, Cron`);
  }
}

/** @param {string} at @param {string} what @returns {never} */
function reject(at, what) {
  throw new DeployError('trigger_invalid', `${at} ${what}`, {
    hint: 'correct it in serverless.yml',
  });
}
