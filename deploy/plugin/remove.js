import { DeployError } from './errors.js';
import { readMarker } from './marker.js';

/**
 * Removes the functions of a stage with their triggers, those that start work first. Bucket, topics and agencies stay.
 * @param {import('./types.js').Cloud} cloud
 * @param {import('./types.js').Wanted[]} functions
 * @param {{ adopt?: boolean }} options
 * @param {(line: string) => void} say
 * @returns {Promise<number>} how many functions were removed
 */
export async function remove(cloud, functions, { adopt = false }, say) {
  const found = [];
  for (const wanted of functions) {
    const config = await cloud.showFunction(wanted.urn);
    if (config === undefined) continue;
    if (readMarker(config.description) === undefined && !adopt) {
      throw new DeployError(
        'not_ours',
        `the function ${wanted.name} was not deployed from here; nothing was removed`,
        {
          hint: 'remove it in the console, or take it over with --adopt',
        },
      );
    }
    found.push(wanted);
  }
  for (const { key, urn } of found) {
    for (const trigger of await cloud.listTriggers(urn)) await cloud.deleteTrigger(urn, trigger);
    say(`${key}: triggers removed`);
  }
  for (const { key, urn } of found) {
    await cloud.deleteFunction(urn);
    say(`${key}: function removed`);
  }
  return found.length;
}
