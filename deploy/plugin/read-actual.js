/**
 * A function as it is; undefined when there is none.
 * @param {import('./types.js').Cloud} cloud
 * @param {string} urn
 * @returns {Promise<import('./types.js').Actual | undefined>}
 */
export async function readActual(cloud, urn) {
  const config = await cloud.showFunction(urn);
  if (config === undefined) return undefined;
  return { config, async: await cloud.showAsync(urn), triggers: await cloud.listTriggers(urn) };
}
