import { describe, expect, it } from 'vitest';
import { createTopics } from '../../../local/smn/topics.ts';

const PREFIX = 'urn:smn:cn-north-4:p1';
const [FIRST, SECOND] = [`${PREFIX}:backups`, `${PREFIX}:other`];
const topics = () => createTopics([FIRST, SECOND], PREFIX);
const error = (code: string) => expect.objectContaining({ code }) as Error;

describe('topics', () => {
  it('are checked by URN', () => {
    expect(() => topics().check(FIRST)).not.toThrow();
    expect(() => topics().check(`${FIRST}2`)).toThrow(error('SMN.0006'));
    expect(() => topics().check('backups')).toThrow(error('SMN.0005'));
  });

  it('are listed by page', () => {
    const list = (query: string) => topics().list(new URLSearchParams(query));
    expect(list('offset=1&limit=1')).toMatchObject({
      topic_count: 2,
      topics: [{ topic_urn: SECOND, name: 'other' }],
    });
    for (const query of ['limit=0', 'limit=101', 'offset=x']) {
      expect(() => list(query)).toThrow(error('SMN.0015'));
    }
  });

  it('are created once by name', () => {
    const known = topics();
    const body = { name: 'new', display_name: '' };
    expect(known.create(body)).toEqual({ urn: `${PREFIX}:new`, existed: false });
    expect(known.create(body)).toEqual({ urn: `${PREFIX}:new`, existed: true });
    expect(known.has(`${PREFIX}:new`)).toBe(true);
    expect(() => known.create({ name: 'a.b' })).toThrow(error('SMN.0024'));
  });
});
