import { describe, expect, it } from 'vitest';
import { idOf, ready, startNightly } from '../support/runs.ts';

describe('GET /v1/archives', () => {
  it('lists archives page by page, newest first, and filters them', async () => {
    const made = await ready();
    const run = idOf(await startNightly(made, 'k1'));
    await made.settle(run);
    const list = async (query: Record<string, string> = {}) => {
      const { status, body } = await made.call('GET', '/v1/archives', { query });
      expect(status).toBe(200);
      return body as { archives: { phone_id: string; verified_at: string }[]; next?: string };
    };
    const { archives: all, next } = await list();
    expect(all.length).toBeGreaterThan(2);
    expect(next).toBeUndefined();
    const first = await list({ limit: '2' });
    const second = await list({ limit: '1000', after: first.next ?? '' });
    expect([...first.archives, ...second.archives]).toEqual(all);
    const last = all.at(-1);
    expect((await list({ phone: last?.phone_id ?? '' })).archives).toEqual([last]);
    expect((await list({ at: '2001-01-01T00:00:00Z' })).archives).toEqual([]);
    expect((await list({ policy: 'weekly' })).archives).toEqual([]);
  });

  it('returns 404 for a phone without an archive', async () => {
    const made = await ready();
    const { status, body } = await made.call('GET', '/v1/archives', { query: { phone: 'p-9' } });
    expect([status, body.code]).toEqual([404, 'not_found']);
  });

  it.each(['x', 'open.1.nightly', '1767292330184.nightly.p1', '../../phones'])(
    'returns 400 for %j as `after`',
    async (after) => {
      const made = await ready();
      const { status, body } = await made.call('GET', '/v1/archives', { query: { after } });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'query_invalid', errors: [{ path: 'after' }] });
    },
  );
});
