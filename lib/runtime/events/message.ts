import { POLICY_NAME } from '../../names.ts';
import { namedIds } from './named-ids.ts';
import { hint, ignore, type ParsedEvent } from './parsed-event.ts';

/** Ids in a text have a digit, unlike the words of a text for people. */
const ID = /^(?=.*\d)[\w-]{4,64}$/;
const LINE = /^(phone|server|order|policy)(?:s|_ids?)?\s+(\S.*)$/is;
const BARE_IDS = /^[0-9a-f]{32}(?:[\s,;]+[0-9a-f]{32})*$/i;
const MAX_CHARACTERS = 64 * 1024;

type Named = { phones: string[]; servers: string[]; others: string[]; policy: unknown };

/** Reads the phones, servers, order or policy that a JSON message names by field (`phone_id`, `servers`, ...). */
export function parseMessageObject(value: object, messageId: string): ParsedEvent {
  const { phones, servers, orders } = namedIds(value);
  const { policy } = value as { policy?: unknown };
  return parseNamed({ phones, servers, others: orders, policy }, messageId);
}

/**
 * Reads what a plain message names, line by line: `phone <id> <id>`, `server: <id>`, `policy nightly`, or ids alone. Any
 * other line makes it a text for people, which starts nothing.
 */
export function parseMessageText(text: string, messageId: string): ParsedEvent {
  if (text.length > MAX_CHARACTERS) return ignore('nothing_named');
  const lines = text.split('\n').map((line) => line.trim());
  const entries = lines.filter((line) => line !== '').map(parseLine);
  const known = entries.filter((entry) => entry !== undefined);
  if (known.length < entries.length) return ignore('nothing_named');
  const idsOf = (...kinds: Line['kind'][]): string[] =>
    kinds.flatMap((kind) => known.filter((entry) => entry.kind === kind)).flatMap(({ ids }) => ids);
  const [policy, ...morePolicies] = idsOf('policy');
  if (morePolicies.length > 0) return ignore('nothing_named');
  const others = idsOf('order', 'bare');
  return parseNamed(
    { phones: idsOf('phone'), servers: idsOf('server'), others, policy },
    messageId,
  );
}

type Line = { kind: 'phone' | 'server' | 'order' | 'policy' | 'bare'; ids: string[] };

/** Undefined for a line of another form. */
function parseLine(line: string): Line | undefined {
  if (BARE_IDS.test(line)) return { kind: 'bare', ids: idsIn(line) };
  const [, word, rest] = LINE.exec(line.replace(/[:=]/, ' ')) ?? [];
  if (word === undefined || rest === undefined) return undefined;
  const kind = word.toLowerCase() as Line['kind'];
  const ids = idsIn(rest);
  const form = kind === 'policy' ? POLICY_NAME : ID;
  return ids.every((id) => form.test(id)) ? { kind, ids } : undefined;
}

function idsIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter((id) => id !== '');
}

function parseNamed(named: Named, messageId: string): ParsedEvent {
  const { policy } = named;
  if (policy !== undefined && (typeof policy !== 'string' || !POLICY_NAME.test(policy))) {
    return ignore('nothing_named');
  }
  const sorted = (ids: string[]): string[] => [...new Set(ids)].sort();
  const phones = sorted(named.phones);
  const servers = sorted(named.servers);
  const others = sorted(named.others);
  if (phones.length + servers.length + others.length === 0 && policy === undefined) {
    return ignore('nothing_named');
  }
  const narrowed = policy === undefined ? {} : { policy };
  return hint('message', messageId, { change: 'requested', phones, servers, others, ...narrowed });
}
