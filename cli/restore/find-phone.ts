import { PhonevaultError } from '../../lib/errors.ts';
import { findArchivedPhones } from '../../lib/ledger/catalogue/find-phones.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import { wrongUse } from '../program/command.ts';

const PAGE = 100;
/** CPH's ids have 32 hexadecimal digits. */
const PHONE_ID = /^[0-9a-f]{32}$/;

/**
 * Returns the id of the phone that has this id or name: a phone of CPH, else one that has archives. Throws wrong use for a name
 * that several phones have, and `not_found`.
 */
export async function findPhone(
  { cph, store }: Pick<RunDeps, 'cph' | 'store'>,
  idOrName: string,
): Promise<string> {
  if (PHONE_ID.test(idOrName)) return idOrName;
  const { phones } = await cph.listPhones({ offset: 0, limit: PAGE, name: idOrName });
  const named = phones.filter(({ phone_name }) => phone_name === idOrName);
  const ids = named.map(({ phone_id }) => phone_id);
  const found = ids.length > 0 ? ids : [...(await findArchivedPhones(store, idOrName)).ids];
  const [first] = found;
  if (first === undefined) {
    throw new PhonevaultError('not_found', `no phone has the id or the name ${idOrName}`, {
      hint: '`phonevault archives` lists the phones that have archives.',
    });
  }
  if (found.length === 1) return first;
  throw wrongUse(
    `several phones have the name ${idOrName}: ${found.slice(0, 5).join(' ')}`,
    'name one by its id',
  );
}
