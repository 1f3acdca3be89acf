import * as z from 'zod';
import { SmnError } from './error.ts';

export type Topics = {
  /** Throws SMN.0005 for an invalid URN, SMN.0006 for an unknown topic. */
  check(urn: string): void;
  describe(urn: string): Record<string, unknown>;
  has(urn: string): boolean;
  /** Returns the URN of the topic, and whether it existed before. Throws SMN.0024. */
  create(body: unknown): { urn: string; existed: boolean };
  /** Returns the page that the query asks for. Throws SMN.0015. */
  list(query: URLSearchParams): Record<string, unknown>;
};

const URN = /^urn:smn:[a-z0-9-]+:[0-9a-zA-Z]+:[\w-]{1,255}$/;
const MAX_LIMIT = 100;

const createSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9][\w-]{0,254}$/),
  display_name: z.string().max(192).nullish(),
});

/** The topics by URN; the URN of a new one starts with `prefix`. */
export function createTopics(known: readonly string[], prefix: string): Topics {
  const urns = [...known];
  const describe = (urn: string) => ({
    topic_urn: urn,
    name: urn.split(':').at(-1),
    display_name: '',
    push_policy: 0,
  });
  return {
    describe,
    has: (urn) => urns.includes(urn),
    create(body) {
      const parsed = createSchema.safeParse(body);
      if (!parsed.success) throw new SmnError(400, 'SMN.0024', 'Parameter: name is invalid.');
      const urn = `${prefix}:${parsed.data.name}`;
      const existed = urns.includes(urn);
      if (!existed) urns.push(urn);
      return { urn, existed };
    },
    check(urn) {
      if (!URN.test(urn)) {
        throw new SmnError(400, 'SMN.0005', 'Parameter: TopicUrn is invalid.');
      }
      if (!urns.includes(urn)) throw new SmnError(404, 'SMN.0006', 'Topic not found.');
    },
    list(query) {
      const { offset, limit } = readPage(query);
      const page = urns.slice(offset, offset + limit);
      return {
        topic_count: urns.length,
        topics: page.map((urn) => ({ ...describe(urn), enterprise_project_id: '0' })),
      };
    },
  };
}

/** Reads `offset` and `limit` of a query. Throws SMN.0015. */
export function readPage(query: URLSearchParams): { offset: number; limit: number } {
  return {
    offset: readNumber(query.get('offset') ?? '0', 0, Infinity),
    limit: readNumber(query.get('limit') ?? String(MAX_LIMIT), 1, MAX_LIMIT),
  };
}

function readNumber(text: string, min: number, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= min && number <= max) return number;
  throw new SmnError(400, 'SMN.0015', 'Parameter: Offset or limit is invalid.');
}
