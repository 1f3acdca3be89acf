import { RESOURCE_ID } from '../../names.ts';
import { parseText } from './parse-text.ts';

/** Ids in a value, by the names of its fields. */
export type NamedIds = { phones: string[]; servers: string[]; orders: string[] };

const MAX_DEPTH = 6;

const FIELDS: Readonly<Record<string, keyof NamedIds>> = {
  phone_id: 'phones',
  phone_ids: 'phones',
  phones: 'phones',
  server_id: 'servers',
  server_ids: 'servers',
  servers: 'servers',
  order_id: 'orders',
};

/**
 * Returns the phones in objects or JSON texts, else the servers, else the orders: a phone's entry names its server too, and
 * the response to an order names both. Phones whose entry has an error are `refused`.
 */
export function namedIds(...values: unknown[]): NamedIds & { refused: string[] } {
  const found = {
    phones: new Set<string>(),
    servers: new Set<string>(),
    orders: new Set<string>(),
  };
  const refused = new Set<string>();

  const visit = (value: unknown, field: keyof NamedIds | undefined, depth: number): void => {
    if (typeof value === 'string') {
      if (field !== undefined && isId(value)) found[field].add(value);
    } else if (Array.isArray(value)) {
      if (depth < MAX_DEPTH) for (const entry of value) visit(entry, field, depth + 1);
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      const { phone_id: id, job_id: job, error_code: error } = value as Record<string, unknown>;
      if (isId(id) && isFilled(error) && !isFilled(job)) refused.add(id);
      for (const [name, entry] of Object.entries(value)) {
        visit(entry, Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined, depth + 1);
      }
    }
  };
  for (const value of values) visit(parseText(value), undefined, 0);

  const phones = [...found.phones].filter((id) => !refused.has(id)).sort();
  const servers = found.phones.size > 0 ? [] : [...found.servers].sort();
  const orders = found.phones.size + found.servers.size > 0 ? [] : [...found.orders].sort();
  return { phones, servers, orders, refused: [...refused] };
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && RESOURCE_ID.test(value);
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
