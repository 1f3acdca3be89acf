/** @import { Actual, Cloud } from '../types.js' */

/**
 * Returns a deployed function, or undefined if it does not exist.
 * @param {Cloud} cloud
 * @param {string} urn
 * @returns {Promise<Actual | undefined>}
 */
export async function readActual(cloud, urn) {
  const config = await cloud.showFunction(urn);
  if (config === undefined) return undefined;
  return { config, async: await cloud.showAsync(urn), triggers: await cloud.listTriggers(urn) };
}
