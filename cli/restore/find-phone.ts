import { PhonevaultError } from '../../lib/errors.ts';
import { findArchivedPhones } from '../../lib/ledger/catalogue/find-phones.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import { wrongUse } from '../program/command.ts';

type Deps = Pick<RunDeps, 'cph' | 'store'>;

const PAGE = 100;
const LONG_PAGE = 200;
/** More ids are looked up in the list of all phones. */
const FEW = 5;
/** A name that is contained in the names of more phones than these pages hold must be given as an id. */
const MAX_PAGES = 20;
/** CPH's ids have 32 hexadecimal digits. */
const PHONE_ID = /^[0-9a-f]{32}$/;

/**
 * Returns the id of the phone that has this id or name: a phone of CPH, else one that has archives. Throws wrong use for a name
 * that several phones have, and `not_found`.
 */
export async function findPhone(deps: Deps, idOrName: string): Promise<string> {
  return (await find(deps, idOrName)).id;
}

/**
 * Returns the ids of existing phones that have these ids or names. Throws wrong use for a name that several phones have, and
 * `not_found` for what CPH does not know.
 */
export async function findExisting(deps: Deps, idsOrNames: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const wanted = new Set(idsOrNames);
  const listed = wanted.size > FEW ? await listedIds(deps.cph, wanted.size) : new Set<string>();
  for (const given of wanted) {
    if (listed.has(given)) {
      found.add(given);
      continue;
    }
    const { id, isListed } = await find(deps, given);
    if (!isListed && (await deps.cph.showPhone(id)) === undefined) {
      throw new PhonevaultError('not_found', `CPH has no phone ${given}`, {
        hint: '`phonevault status --phones` lists the phones of the policies',
      });
    }
    found.add(id);
  }
  return [...found];
}

/**
 * Returns the ids that CPH lists, when that takes fewer calls than `calls`; else those of the first page. What is not listed may exist all
 * the same: the list moves while phones are deleted.
 */
async function listedIds(cph: RunDeps['cph'], calls: number): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let offset = 0, isLast = false; !isLast; offset += LONG_PAGE) {
    const { count, phones } = await cph.listPhones({ offset, limit: LONG_PAGE });
    for (const { phone_id } of phones) ids.add(phone_id);
    const isLong = count > calls * LONG_PAGE;
    isLast = isLong || phones.length === 0 || offset + LONG_PAGE >= count;
  }
  return ids;
}

/** `isListed`: CPH has listed the phone. */
async function find(
  { cph, store }: Deps,
  idOrName: string,
): Promise<{ id: string; isListed: boolean }> {
  if (PHONE_ID.test(idOrName)) return { id: idOrName, isListed: false };
  const listed = await idsOf(cph, idOrName);
  const isListed = listed.length > 0;
  const found = isListed ? listed : [...(await findArchivedPhones(store, idOrName)).ids];
  const [id] = found;
  if (id === undefined) {
    throw new PhonevaultError('not_found', `no phone has the id or the name ${idOrName}`, {
      hint: '`phonevault archives` lists the phones that have archives.',
    });
  }
  if (found.length === 1) return { id, isListed };
  throw wrongUse(
    `several phones have the name ${idOrName}: ${found.slice(0, 5).join(' ')}`,
    'name one by its id',
  );
}

/** Returns the ids of the phones that have exactly this name: CPH finds all that contain it. */
async function idsOf(cph: RunDeps['cph'], name: string): Promise<string[]> {
  const ids: string[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { count, phones } = await cph.listPhones({ offset: page * PAGE, limit: PAGE, name });
    ids.push(...phones.filter((one) => one.phone_name === name).map((one) => one.phone_id));
    if (phones.length === 0 || (page + 1) * PAGE >= count) break;
  }
  return [...new Set(ids)];
}
