import { nameValue } from './option-values.ts';
import { wrongUse } from './command.ts';

export const policyValue = nameValue('the name of a policy');

export const runIdValue = nameValue('the id of a run');

/** Reads the id of a phone. Throws wrong use for anything that a request cannot hold. */
export function phoneValue(value: string): string {
  if (/^[\w-]{1,32}$/.test(value)) return value;
  throw wrongUse(`${JSON.stringify(value.slice(0, 64))} is not the id of a phone`);
}

/** Reads an idempotency key. Throws wrong use for a key that the ledger cannot hold. */
export function tokenValue(value: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(value)) return value;
  throw wrongUse('a token has 1 to 255 visible ASCII characters');
}
