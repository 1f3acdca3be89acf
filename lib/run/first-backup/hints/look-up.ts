import { hasCode, ServiceError } from '../../../errors.ts';
import type { Phone } from '../../../cloud/cph/phone.ts';
import type { RunDeps } from '../../deps.ts';
import { contain } from '../../state/failures/contain-failure.ts';

const PAGE = 100;
const MAX_CALLS = 20;
/** Calls reserved for phones, so that orders without phones do not use them all. */
const CALLS_FOR_PHONES = 8;
const ROUND_MS = 30_000;
/** For this many phones it pays to read the head of the list, where new phones are. */
const LIST_FROM = 4;

/** The phones and servers of hints, as CPH shows them. */
export type FetchedPhones = {
  /** Null for an id that no phone has. Without an entry for an id that was not fetched this time. */
  phones: Map<string, Phone | null>;
  /** The phones of a server; empty for an id that no server has. */
  servers: Map<string, Phone[]>;
};

/** Ids to fetch; `others` may be the id of a phone, a server or an order. */
export type IdsToFetch = { phones: Set<string>; servers: Set<string>; others: Set<string> };

/**
 * Fetches the phones of hints, with at most 20 calls. The remaining ids wait for the next time, and so does one whose call fails.
 * A call that is throttled or gets no response ends the others.
 */
export async function lookUp(
  deps: Pick<RunDeps, 'cph' | 'clock' | 'log'>,
  ids: IdsToFetch,
  until: number,
): Promise<FetchedPhones> {
  const fetched: FetchedPhones = { phones: new Map(), servers: new Map() };
  const { phones, others } = ids;
  const servers = new Set(ids.servers);
  let calls = MAX_CALLS;
  const takeCall = (reserved = 0): boolean =>
    calls > reserved && deps.clock.now() < until && (calls -= 1) >= 0;
  const attempt = async (id: string, work: () => Promise<unknown>): Promise<void> => {
    const failure = await contain(deps, { event: 'phone_lookup_failed', id }, work);
    if (hasCode(failure, 'throttled') || hasCode(failure, 'unreachable')) calls = 0;
  };
  const round = Math.floor(deps.clock.now() / ROUND_MS);

  const left = (): string[] => [...phones].filter((id) => !fetched.phones.has(id));
  await attempt('all', async () => {
    for (let offset = 0; left().length >= LIST_FROM && takeCall(); offset += PAGE) {
      const before = left().length;
      const page = await deps.cph.listPhones({ offset, limit: PAGE });
      for (const phone of page.phones) fetched.phones.set(phone.phone_id, phone);
      if (before - left().length < LIST_FROM || offset + PAGE >= page.count) break;
    }
  });
  const show = (id: string): Promise<void> =>
    attempt(id, async () => {
      fetched.phones.set(id, (await deps.cph.showPhone(id)) ?? null);
    });
  const reserve = phones.size === 0 ? 0 : CALLS_FOR_PHONES;
  for (const id of rotated([...others], round)) {
    if (!fetched.phones.has(id) && takeCall(reserve)) await show(id);
    if (fetched.phones.get(id) === null) servers.add(id);
  }
  for (const id of rotated([...servers], round)) {
    if (!takeCall(reserve)) continue;
    await attempt(id, async () => {
      fetched.servers.set(id, await phonesOf(deps, id, () => takeCall(reserve)));
    });
  }
  for (const id of rotated(left(), round)) if (takeCall()) await show(id);
  return fetched;
}

async function phonesOf(
  deps: Pick<RunDeps, 'cph'>,
  serverId: string,
  takeCall: () => boolean,
): Promise<Phone[]> {
  const phones = new Map<string, Phone>();
  try {
    for (let offset = 0; ; offset += PAGE) {
      const page = await deps.cph.listPhones({ offset, limit: PAGE, serverId });
      for (const phone of page.phones) phones.set(phone.phone_id, phone);
      if (offset + PAGE >= page.count || !takeCall()) break;
    }
  } catch (error) {
    // How CPH responds to a filter by an unknown server is not documented.
    const isRefused = error instanceof ServiceError && [400, 404].includes(error.status ?? 0);
    if (!isRefused) throw error;
  }
  return [...phones.values()];
}

/** Returns the ids from another one in each round, so that ids without phones do not use all calls. */
function rotated(ids: string[], round: number): string[] {
  const from = ids.length === 0 ? 0 : (round * (CALLS_FOR_PHONES / 2)) % ids.length;
  return [...ids.slice(from), ...ids.slice(0, from)];
}
