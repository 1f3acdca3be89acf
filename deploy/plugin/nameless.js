import { readMarker, sha256 } from './marker.js';

/**
 * Triggers on a topic have no name that could tell who made them: a deployment remembers them in its marker.
 * @param {Record<string, unknown>} data
 */
function identityOf(data) {
  return sha256(`SMN ${String(data['topic_urn'])}`).slice(0, 8);
}

/** @param {import('./types.js').Wanted} wanted */
function wantedOnes({ triggers }) {
  return triggers.filter(({ type }) => type === 'SMN').map(({ data }) => identityOf(data));
}

/** @param {import('./types.js').ActualTrigger} trigger @param {readonly string[]} remembered */
export function isRemembered({ trigger_type_code, event_data }, remembered) {
  return trigger_type_code === 'SMN' && remembered.includes(identityOf(event_data));
}

/** True when triggers are wanted that the marker does not tell of. @param {import('./types.js').Wanted} wanted @param {readonly string[]} remembered */
export function isForgetful(wanted, remembered) {
  return wantedOnes(wanted).some((identity) => !remembered.includes(identity));
}

/**
 * What the marker is to tell of: the triggers that are wanted, and those that a deployment made and that are still there.
 * @param {import('./types.js').Wanted} wanted
 * @param {import('./types.js').Actual | undefined} actual
 */
export function toRemember(wanted, actual) {
  const remembered = readMarker(actual?.config.description)?.triggers ?? [];
  const left = (actual?.triggers ?? [])
    .filter((trigger) => isRemembered(trigger, remembered))
    .map(({ event_data }) => identityOf(event_data));
  return [...new Set([...wantedOnes(wanted), ...left])].sort();
}
