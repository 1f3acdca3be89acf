import { ServiceError } from '../../errors.ts';
import type { Phone } from '../../cloud/cph/phone.ts';
import type { RunDeps } from '../deps.ts';

const PAGE = 100;
const CALLS_A_LOOK = 20;
/** So many of them are kept for phones, so that orders that never show do not keep phones from being looked at. */
const CALLS_FOR_PHONES = 8;
const TURN_MS = 30_000;
/** From here on it is worth looking for phones at the head of the list, where new ones are. */
const LIST_FROM = 4;

/** What CPH shows of the phones, servers and orders that hints name. */
export type Seen = {
  /** Null for an id that no phone has. Nothing for one that was not looked at this time. */
  phones: Map<string, Phone | null>;
  /** The phones of a server; none for an id that no server has. */
  servers: Map<string, Phone[]>;
};

/** Ids worth a look; `others` may be a phone's, a server's or an order's. */
export type Worth = { phones: Set<string>; servers: Set<string>; others: Set<string> };

/** Looks at what hints name, with few calls: what is left over waits for the next look. */
export async function lookUp(
  deps: Pick<RunDeps, 'cph' | 'clock'>,
  worth: Worth,
  until: number,
): Promise<Seen> {
  const seen: Seen = { phones: new Map(), servers: new Map() };
  const { phones, others } = worth;
  const servers = new Set(worth.servers);
  let calls = CALLS_A_LOOK;
  const may = (kept = 0): boolean => calls > kept && deps.clock.now() < until && (calls -= 1) >= 0;
  const turn = Math.floor(deps.clock.now() / TURN_MS);

  const left = (): string[] => [...phones].filter((id) => !seen.phones.has(id));
  for (let offset = 0; left().length >= LIST_FROM && may(); offset += PAGE) {
    const before = left().length;
    const page = await deps.cph.listPhones({ offset, limit: PAGE });
    for (const phone of page.phones) seen.phones.set(phone.phone_id, phone);
    if (before - left().length < LIST_FROM || offset + PAGE >= page.count) break;
  }
  const show = async (id: string): Promise<void> => {
    seen.phones.set(id, (await deps.cph.showPhone(id)) ?? null);
  };
  const reserve = phones.size === 0 ? 0 : CALLS_FOR_PHONES;
  for (const id of inTurn([...others], turn)) {
    if (!seen.phones.has(id) && may(reserve)) await show(id);
    if (seen.phones.get(id) === null) servers.add(id);
  }
  for (const id of inTurn([...servers], turn)) {
    if (may(reserve)) seen.servers.set(id, await phonesOf(deps, id, () => may(reserve)));
  }
  for (const id of inTurn(left(), turn)) if (may()) await show(id);
  return seen;
}

async function phonesOf(
  deps: Pick<RunDeps, 'cph'>,
  serverId: string,
  may: () => boolean,
): Promise<Phone[]> {
  const phones = new Map<string, Phone>();
  try {
    for (let offset = 0; ; offset += PAGE) {
      const page = await deps.cph.listPhones({ offset, limit: PAGE, serverId });
      for (const phone of page.phones) phones.set(phone.phone_id, phone);
      if (offset + PAGE >= page.count || !may()) break;
    }
  } catch (error) {
    // What CPH makes of a filter for no server of its is not documented.
    const isRefused = error instanceof ServiceError && [400, 404].includes(error.status ?? 0);
    if (!isRefused) throw error;
  }
  return [...phones.values()];
}

/** Begins each time at another place, so that ids that never show keep none from being looked at. */
function inTurn(ids: string[], turn: number): string[] {
  const from = ids.length === 0 ? 0 : (turn * (CALLS_FOR_PHONES / 2)) % ids.length;
  return [...ids.slice(from), ...ids.slice(0, from)];
}
