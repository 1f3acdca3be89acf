import { DeployError } from '../errors.js';
import { readMarker } from '../change/marker.js';

/** @import { Cloud, Desired } from '../types.js' */

/**
 * Removes the triggers and functions of a stage. Bucket, topics and agencies stay.
 * @param {Cloud} cloud
 * @param {Desired[]} functions
 * @param {{ adopt?: boolean }} options
 * @param {(line: string) => void} print
 * @returns {Promise<number>} number of functions removed
 */
export async function remove(cloud, functions, { adopt = false }, print) {
  const found = [];
  for (const desired of functions) {
    const config = await cloud.showFunction(desired.urn);
    if (config === undefined) continue;
    if (readMarker(config.description) === undefined && !adopt) {
      throw new DeployError(
        'not_ours',
        `the function ${desired.name} was not deployed by Phonevault; nothing was removed`,
        {
          hint: 'remove it in the console, or use --adopt',
        },
      );
    }
    found.push(desired);
  }
  for (const { key, urn } of found) {
    for (const trigger of await cloud.listTriggers(urn)) await cloud.deleteTrigger(urn, trigger);
    print(`${key}: triggers removed`);
  }
  for (const { key, urn } of found) {
    await cloud.deleteFunction(urn);
    print(`${key}: function removed`);
  }
  return found.length;
}
