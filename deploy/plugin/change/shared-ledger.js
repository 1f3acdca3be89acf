import { visible } from '../from-lib.js';
import { readMarker } from './marker.js';

/** @import { ActualFunction, Cloud, Desired } from '../types.js' */

const DEFAULT_PREFIX = 'phonevault/';

/**
 * Returns a warning for each other stage whose `drive` works on the ledger of this `drive`. None if functions may not be listed.
 * @param {Cloud} cloud
 * @param {Desired} drive
 * @returns {Promise<string[]>}
 */
export async function sharedLedgers(cloud, drive) {
  const own = ledgerOf(drive.userData);
  const others = await cloud.listFunctions('-drive').catch(() => []);
  return others
    .filter((other) => {
      const marker = readMarker(other.description);
      return marker !== undefined && marker.stage !== drive.stage && ledgerIn(other) === own;
    })
    .map(
      ({ func_name }) =>
        `${visible(func_name)} works on the same ledger, ${own}: give each stage a PHONEVAULT_PREFIX or PHONEVAULT_BUCKET of its own`,
    );
}

/** @param {Record<string, string>} settings */
function ledgerOf({ PHONEVAULT_BUCKET: bucket = '', PHONEVAULT_PREFIX: prefix = DEFAULT_PREFIX }) {
  return `obs://${bucket}/${prefix.replace(/\/?$/, '/')}`;
}

/** @param {ActualFunction} other */
function ledgerIn({ user_data }) {
  try {
    return ledgerOf(JSON.parse(user_data ?? '{}') ?? {});
  } catch {
    return undefined;
  }
}
