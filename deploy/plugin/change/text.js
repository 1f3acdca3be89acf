import { visible } from '../from-lib.js';

/** @import { ActualTrigger, Step, Desired } from '../types.js' */

/**
 * Returns `1 change`, `2 changes` and so on.
 * @param {number} count
 */
export function changesText(count) {
  return count === 1 ? '1 change' : `${count} changes`;
}

/**
 * Describes a step on one line, without invisible characters.
 * @param {Step} step
 * @param {Desired} desired
 */
export function stepText(step, desired) {
  return visible(rawText(step, desired));
}

/**
 * @param {Step} step
 * @param {Desired} desired
 */
function rawText(step, desired) {
  switch (step.do) {
    case 'create':
      return `create ${desired.name} (${desired.runtime}, ${desired.memorySize} MB, ${desired.timeout} s)`;
    case 'code':
      return 'upload the code';
    case 'config':
      return step.fields.join() === 'description'
        ? 'update the description'
        : `settings: ${step.fields.filter((field) => field !== 'description').join(', ')}`;
    case 'instances':
      return `maximum instances: ${step.from ?? 'default'} -> ${step.to}`;
    case 'async':
      return `asynchronous invocations: ${step.to.retries} retries within ${step.to.maxAge} s, ${step.to.failureTopicUrn ? 'failures to SMN' : 'no failure notifications'}`;
    case 'no-async':
      return 'asynchronous invocations: reset to the defaults';
    case 'add-trigger':
      return `add ${triggerText(step.trigger.type, step.trigger.data)}`;
    case 'remove-trigger':
      return `remove ${triggerText(step.trigger.trigger_type_code, step.trigger.event_data)}${
        step.gap ? '; the function has no such trigger until the new one is created' : ''
      }`;
    case 'trigger-status':
      return `${step.to === 'ACTIVE' ? 'enable' : 'disable'} ${triggerText(step.trigger.trigger_type_code, step.trigger.event_data)}`;
  }
}

/** Describes a trigger on one line, without invisible characters. @param {string} type @param {Record<string, unknown>} data */
export function triggerText(type, data) {
  const { name, schedule, path, topic_urn, operations } = data;
  const detail = schedule ?? path ?? topic_urn ?? operations ?? '';
  return visible(
    [`${type} trigger`, name, detail && `(${String(detail)})`].filter(Boolean).join(' '),
  );
}

/** @param {ActualTrigger} trigger */
export function foreignText({ trigger_type_code, event_data }) {
  return `${triggerText(trigger_type_code, event_data)} is not in serverless.yml; --prune removes it`;
}
