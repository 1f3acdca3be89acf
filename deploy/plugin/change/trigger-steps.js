/** @import { ActualTrigger, Desired, DesiredTrigger, Step } from '../types.js' */

/**
 * Returns the steps for the triggers of a function. A changed timer is created before the old one is removed; other triggers are
 * removed first, since two of a kind may conflict.
 * @param {Desired} desired
 * @param {ActualTrigger[]} actual
 * @param {(trigger: ActualTrigger) => boolean} mayRemove
 * @returns {{ steps: Step[], foreign: ActualTrigger[] }}
 */
export function triggerSteps(desired, actual, mayRemove) {
  const left = new Set(actual);
  /** @type {DesiredTrigger[]} */
  const missing = [];
  /** @type {Step[]} */
  const statuses = [];
  for (const trigger of desired.triggers) {
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
  const old = [...left].filter((trigger) => isOurs(trigger) || mayRemove(trigger));
  const foreign = [...left].filter((trigger) => !old.includes(trigger));
  /** @param {{ type?: string, trigger_type_code?: string }} trigger */
  const isTimer = (trigger) => (trigger.type ?? trigger.trigger_type_code) === 'TIMER';
  const replaced = (/** @type {string} */ type) =>
    missing.some((trigger) => trigger.type === type) &&
    old.some((trigger) => trigger.trigger_type_code === type);
  /** @param {DesiredTrigger} trigger @returns {Step} */
  const add = (trigger) => ({
    do: 'add-trigger',
    trigger,
    gap: !isTimer(trigger) && replaced(trigger.type),
  });
  /** @param {ActualTrigger} trigger @returns {Step} */
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

/** A deployment ends the names of its triggers with a digest. @param {ActualTrigger} trigger */
function isOurs({ event_data }) {
  return /[-_]pv[0-9a-f]{8}$/.test(String(event_data['name'] ?? ''));
}

/**
 * Compares names, whose digest covers all fields, or the fields of triggers without a name.
 * @param {DesiredTrigger} desired
 * @param {ActualTrigger} actual
 */
function isSame(desired, actual) {
  if (desired.type !== actual.trigger_type_code) return false;
  const name = desired.data['name'];
  if (name !== undefined) return actual.event_data['name'] === name;
  return Object.entries(desired.data).every(
    ([key, value]) => JSON.stringify(actual.event_data[key]) === JSON.stringify(value),
  );
}
