import { globMatcher } from './glob.ts';
import type { Policy } from '../schema/schema.ts';

/** A phone in the list of the service. */
export type Candidate = {
  phone_id: string;
  phone_name: string;
  server_id: string;
  /** Such as `running` or `frozen`. */
  status: string;
  image_version?: string;
};

export type Selection = {
  selected: Candidate[];
  /** Ids of phones that the policy lists and does not exclude, but that the service does not list. */
  missing: string[];
  /** Set when more phones were selected than the policy allows. */
  overLimit?: { found: number; max: number };
};

/**
 * Returns the phones that a policy selects, in the order of the candidates. A phone must meet every condition; `exclude` wins.
 * `taggedServers` are the servers with the policy's tags. Throws TypeError when a policy with `server_tags` lacks them.
 */
export function selectPhones(
  select: Policy['select'],
  candidates: readonly Candidate[],
  context: { taggedServers?: ReadonlySet<string> } = {},
): Selection {
  const conditions: ((phone: Candidate) => boolean)[] = [];
  const { phones, servers, server_tags: tags, name, exclude = {}, max_phones: max } = select;
  if (phones !== undefined) {
    const wanted = new Set(phones);
    conditions.push(({ phone_id: id }) => wanted.has(id));
  }
  if (servers !== undefined) {
    const wanted = new Set(servers);
    conditions.push(({ server_id: id }) => wanted.has(id));
  }
  if (tags !== undefined) {
    const { taggedServers } = context;
    if (taggedServers === undefined)
      throw new TypeError('a policy with server_tags needs taggedServers');
    conditions.push(({ server_id: id }) => taggedServers.has(id));
  }
  if (name !== undefined) {
    const matches = globMatcher(name);
    conditions.push(({ phone_name }) => matches(phone_name));
  }
  const isExcluded = exclusion(exclude);
  const listed = new Map(candidates.map((phone) => [phone.phone_id, phone]));
  const selected = [...listed.values()].filter(
    (phone) =>
      conditions.length > 0 && conditions.every((meets) => meets(phone)) && !isExcluded(phone),
  );
  const excludedIds = new Set(exclude.phones);
  const missing = (phones ?? []).filter((id) => !listed.has(id) && !excludedIds.has(id));
  return {
    selected,
    missing: [...new Set(missing)],
    ...(selected.length > max ? { overLimit: { found: selected.length, max } } : {}),
  };
}

function exclusion(
  exclude: NonNullable<Policy['select']['exclude']>,
): (phone: Candidate) => boolean {
  const phones = new Set(exclude.phones);
  const servers = new Set(exclude.servers);
  const matches = exclude.name === undefined ? () => false : globMatcher(exclude.name);
  return (phone) =>
    phones.has(phone.phone_id) || servers.has(phone.server_id) || matches(phone.phone_name);
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Returns the order in which phones are exported: one phone of each server in turn, servers and their phones sorted by id.
 * Consecutive phones are on different servers as long as more than one server has phones left.
 */
export function submissionOrder<P extends Pick<Candidate, 'phone_id' | 'server_id'>>(
  selected: readonly P[],
): P[] {
  const queues = new Map<string, P[]>();
  for (const phone of selected) {
    const queue = queues.get(phone.server_id);
    if (queue === undefined) queues.set(phone.server_id, [phone]);
    else queue.push(phone);
  }
  let turns = [...queues.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, queue]) => queue.sort((a, b) => compareText(a.phone_id, b.phone_id)));
  const order: P[] = [];
  for (let round = 0; order.length < selected.length; round++) {
    turns = turns.filter((queue) => queue.length > round);
    order.push(...turns.flatMap((queue) => queue[round] ?? []));
  }
  return order;
}
