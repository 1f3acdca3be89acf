import { visible } from '../from-lib.js';
import { readMarker } from './marker.js';

/** @import { ActualFunction, Cloud, Desired } from '../types.js' */

const DEFAULT_PREFIX = 'phonevault/';

/**
 * Returns a warning for each other stage whose `drive` works on the ledger of this `drive`, or on one inside or around it. None if
 * functions may not be listed.
 * @param {Cloud} cloud
 * @param {Desired} drive
 * @returns {Promise<string[]>}
 */
export async function sharedLedgers(cloud, drive) {
  const own = ledgerOf(drive.userData);
  const others = await cloud.listFunctions('-drive').catch(() => []);
  return others.flatMap((other) => {
    const marker = readMarker(other.description);
    const ledger = ledgerIn(other);
    if (marker === undefined || marker.stage === drive.stage || ledger === undefined) return [];
    if (!own.startsWith(ledger) && !ledger.startsWith(own)) return [];
    const where = ledger === own ? `the same ledger, ${own}` : `${ledger}, not apart from ${own}`;
    return [
      visible(
        `${other.func_name} works on ${where}: give each stage a PHONEVAULT_PREFIX or PHONEVAULT_BUCKET of its own`,
      ),
    ];
  });
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
