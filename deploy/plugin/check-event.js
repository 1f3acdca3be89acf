import { DeployError } from './errors.js';

/** What `eventData` may hold, by type of trigger; `true` is needed. APIG takes more, which FunctionGraph checks. */
const FIELDS = {
  TIMER: { name: true, scheduleType: true, schedule: true, userEvent: false },
  CTS: { name: true, operations: true },
  SMN: { topicUrn: true },
};
const NEEDED = { APIG: ['name', 'groupId', 'path'], DEDICATEDGATEWAY: ['name', 'groupId', 'path'] };

/** The digest that a deployment adds fits in the 64 characters too. */
const NAME = /^[A-Za-z][\w-]{0,51}$/;

/**
 * Throws a DeployError that names the field of an entry of `events`, before anything is sent.
 * @param {string} key of the function
 * @param {{ triggerTypeCode: string, eventData: Record<string, unknown> }[]} events
 */
export function checkEvents(key, events) {
  const seen = new Set();
  for (const [index, { triggerTypeCode: type, eventData: data }] of events.entries()) {
    const at = `functions.${key}.events[${index}].eventData`;
    const fields = /** @type {Record<string, Record<string, boolean>>} */ (FIELDS)[type];
    const needed = fields
      ? Object.keys(fields).filter((name) => fields[name])
      : (/** @type {Record<string, string[]>} */ (NEEDED)[type] ?? []);
    for (const name of needed) {
      if (data[name] === undefined || data[name] === '') refuse(`${at}.${name}`, 'is missing');
    }
    const unknown = fields && Object.keys(data).find((name) => !(name in fields));
    if (unknown) refuse(`${at}.${unknown}`, `is unknown; one of ${Object.keys(fields).join(', ')}`);
    if ('name' in data && !NAME.test(String(data['name']))) {
      refuse(`${at}.name`, 'has a letter first, then up to 51 of letters, digits, - and _');
    }
    if (type === 'TIMER') checkTimer(at, data);
    const same = JSON.stringify([type, data]);
    if (seen.has(same)) refuse(at, 'is there twice');
    seen.add(same);
  }
}

/** functiongraph_01_0207: Rate is 1 to 60 minutes, 1 to 24 hours or 1 to 30 days. @param {string} at @param {Record<string, unknown>} data */
function checkTimer(at, { scheduleType, schedule }) {
  const text = String(schedule);
  if (scheduleType === 'Rate') {
    const [, count = '0', unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
    const most = { m: 60, h: 24, d: 30 }[unit] ?? 0;
    if (+count < 1 || +count > most) {
      refuse(`${at}.schedule`, `is ${text}; a Rate is 1m to 60m, 1h to 24h or 1d to 30d`);
    }
  } else if (scheduleType === 'Cron') {
    const fields = text.replace(/^CRON_TZ=\S+ /, '').split(/\s+/).length;
    // The last, the day of the week, may be left out.
    if (fields !== 6 && fields !== 5 && !text.startsWith('@')) {
      refuse(`${at}.schedule`, `is ${text}; a Cron has six fields, CRON_TZ=ZONE before them`);
    }
  } else {
    refuse(`${at}.scheduleType`, `is ${String(scheduleType)}; one of Rate, Cron`);
  }
}

/** @param {string} at @param {string} what @returns {never} */
function refuse(at, what) {
  throw new DeployError('event_wrong', `${at} ${what}`, { hint: 'correct it in serverless.yml' });
}
