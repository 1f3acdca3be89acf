import { readMarker, sha256 } from './marker.js';

/** @import { Actual, ActualTrigger, Desired } from '../types.js' */

/**
 * Returns the id under which the marker records an SMN trigger. SMN triggers have no name that shows who created them.
 * @param {Record<string, unknown>} data
 */
function idOf(data) {
  return sha256(`SMN ${String(data['topic_urn'])}`).slice(0, 8);
}

/** @param {Desired} desired */
function desiredIds({ triggers }) {
  return triggers.filter(({ type }) => type === 'SMN').map(({ data }) => idOf(data));
}

/** @param {ActualTrigger} trigger @param {readonly string[]} recorded */
export function isRecorded({ trigger_type_code, event_data }, recorded) {
  return trigger_type_code === 'SMN' && recorded.includes(idOf(event_data));
}

/** True if the marker does not contain all desired SMN triggers. @param {Desired} desired @param {readonly string[]} recorded */
export function needsRecord(desired, recorded) {
  return desiredIds(desired).some((id) => !recorded.includes(id));
}

/**
 * Returns the SMN triggers for the marker: the desired ones, and those of earlier deployments that still exist.
 * @param {Desired} desired
 * @param {Actual | undefined} actual
 */
export function triggersToRecord(desired, actual) {
  const recorded = readMarker(actual?.config.description)?.triggers ?? [];
  const left = (actual?.triggers ?? [])
    .filter((trigger) => isRecorded(trigger, recorded))
    .map(({ event_data }) => idOf(event_data));
  return [...new Set([...desiredIds(desired), ...left])].sort();
}
