import { namedIds } from './named-ids.ts';
import { hinted, ignored, type Reading } from './reading.ts';

const POLICY = /^[a-z0-9-]{1,32}$/;
const LINE = /^(phone|server|order|policy)(?:s|_ids?)?\s+(\S.*)$/is;
const BARE = /^[0-9a-f]{32}(?:[\s,;]+[0-9a-f]{32})*$/i;
const MAX_CHARACTERS = 64 * 1024;

/** Reads what a JSON message names: phones, servers, an order or a policy, by field (`phone_id`, `servers`, ...). */
export function readNamingObject(value: object, messageId: string): Reading {
  const { phones, servers, orders } = namedIds(value);
  const { policy } = value as { policy?: unknown };
  return named({ phones, servers, others: orders, policy }, messageId);
}

/**
 * Reads what a plain message names, line by line: `phone <id> <id>`, `server: <id>`, `policy nightly`, or ids alone. One
 * line of another kind makes it a text for people, which is none of ours.
 */
export function readNamingText(text: string, messageId: string): Reading {
  const fields: Record<string, string[]> = {};
  if (text.length > MAX_CHARACTERS) return ignored('nothing_named');
  for (const line of text.split('\n').map((entry) => entry.trim())) {
    if (line === '') continue;
    const [, word, rest] = LINE.exec(line.replace(/[:=]/, ' ')) ?? [];
    const isBare = BARE.test(line);
    if (!isBare && (word === undefined || rest === undefined)) return ignored('nothing_named');
    const ids = (isBare ? line : (rest ?? '')).split(/[\s,;]+/).filter((id) => id !== '');
    if (ids.some((id) => !isNamed(id, word))) return ignored('nothing_named');
    const name = isBare ? 'other' : (word ?? '').toLowerCase();
    fields[name] = [...(fields[name] ?? []), ...ids];
  }
  const { phone = [], server = [], order = [], other = [], policy = [] } = fields;
  if (policy.length > 1) return ignored('nothing_named');
  return named(
    { phones: phone, servers: server, others: [...order, ...other], policy: policy[0] },
    messageId,
  );
}

/** In a text for people a word may follow `phone`: ids are longer and have a digit. */
function isNamed(id: string, word: string | undefined): boolean {
  return word?.toLowerCase() === 'policy' ? POLICY.test(id) : /^(?=.*\d)[\w-]{4,64}$/.test(id);
}

function named(
  what: { phones: string[]; servers: string[]; others: string[]; policy: unknown },
  messageId: string,
): Reading {
  const { policy } = what;
  if (policy !== undefined && (typeof policy !== 'string' || !POLICY.test(policy))) {
    return ignored('nothing_named');
  }
  const sorted = (ids: string[]): string[] => [...new Set(ids)].sort();
  const phones = sorted(what.phones);
  const servers = sorted(what.servers);
  const others = sorted(what.others);
  if (phones.length + servers.length + others.length === 0 && policy === undefined) {
    return ignored('nothing_named');
  }
  const narrowed = policy === undefined ? {} : { policy };
  return hinted('message', messageId, { change: 'named', phones, servers, others, ...narrowed });
}
