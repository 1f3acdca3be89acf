import { nameValue } from './option-values.ts';
import { wrongUse } from './command.ts';

export const policyValue = nameValue('the name of a policy');

export const runIdValue = nameValue('the id of a run');

/** Reads the id or the name of a phone. A name has up to 65 characters (cph_api_0515). */
export function phoneValue(value: string): string {
  if (/^[^\p{C}]{1,65}$/u.test(value)) return value;
  throw wrongUse(`${JSON.stringify(value.slice(0, 64))} is neither the id nor the name of a phone`);
}

/** Reads an idempotency key. Throws wrong use for a key that the ledger cannot hold. */
export function tokenValue(value: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(value)) return value;
  throw wrongUse('a token has 1 to 255 visible ASCII characters');
}
