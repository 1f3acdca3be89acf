/**
 * So many changes, in words.
 * @param {number} count
 */
export function changesText(count) {
  return count === 1 ? '1 change' : `${count} changes`;
}

/**
 * What a step does, in words.
 * @param {import('./types.js').Step} step
 * @param {import('./types.js').Wanted} wanted
 */
export function stepText(step, wanted) {
  switch (step.do) {
    case 'create':
      return `create ${wanted.name} (${wanted.runtime}, ${wanted.memorySize} MB, ${wanted.timeout} s)`;
    case 'code':
      return 'send the code';
    case 'config':
      return step.fields.join() === 'description'
        ? 'note what was sent'
        : `settings: ${step.fields.filter((field) => field !== 'description').join(', ')}`;
    case 'instances':
      return `most instances: ${step.from ?? 'default'} -> ${step.to}`;
    case 'async':
      return `asynchronous calls: ${step.to.retries} retries, for ${step.to.maxAge} s${step.to.failureTopicUrn ? ', failures told' : ', failures not told'}`;
    case 'no-async':
      return 'asynchronous calls: back to the defaults';
    case 'add-trigger':
      return `add ${triggerText(step.trigger.type, step.trigger.data)}`;
    case 'remove-trigger':
      return `remove ${triggerText(step.trigger.trigger_type_code, step.trigger.event_data)}${
        step.gap ? '; until its successor is there this function has none of the kind' : ''
      }`;
    case 'trigger-status':
      return `${step.to === 'ACTIVE' ? 'switch on' : 'switch off'} ${triggerText(step.trigger.trigger_type_code, step.trigger.event_data)}`;
  }
}

/** @param {string} type @param {Record<string, unknown>} data */
export function triggerText(type, data) {
  const { name, schedule, path, topic_urn, operations } = data;
  const detail = schedule ?? path ?? topic_urn ?? operations ?? '';
  return [`${type} trigger`, name, detail && `(${String(detail)})`].filter(Boolean).join(' ');
}

/** @param {import('./types.js').ActualTrigger} trigger */
export function foreignText({ trigger_type_code, event_data }) {
  return `${triggerText(trigger_type_code, event_data)} is not in serverless.yml and stays; --prune removes it`;
}
