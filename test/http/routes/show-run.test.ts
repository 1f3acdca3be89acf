import { describe, expect, it } from 'vitest';
import { idOf, ready, startNightly } from '../support/runs.ts';

describe('GET /v1/runs/{id}', () => {
  it('names the objects that cannot be used, and shows the rest', async () => {
    const made = await ready(3);
    const id = idOf(await startNightly(made, 'k1'));
    await made.settle(id);
    const key = `runs/${id}/plan.json`;
    await made.invocation().deps.store.put(key, 'not json');
    const { status, body } = await made.call('GET', `/v1/runs/${id}`, { query: { phones: '1' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ phase: 'settled', phones: [{ state: 'exported' }, {}, {}] },
      unreadable: [{ key, code: 'object_invalid', message: `${key} is not JSON` }],
    });
  });

  it('returns the phones page by page', async () => {
    const made = await ready(7);
    const id = idOf(await startNightly(made, 'k1'));
    await made.settle(id);
    const seen: unknown[] = [];
    let after: string | undefined;
    do {
      const query = { phones: '1', limit: '3', ...(after === undefined ? {} : { after }) };
      const { body } = await made.call('GET', `/v1/runs/${id}`, { query });
      seen.push(...(body.phones as { phone_id: string }[]).map((phone) => phone.phone_id));
      after = body.next as string | undefined;
    } while (after !== undefined);
    const fleet = await made.cloud.control.phones();
    expect(seen).toHaveLength(7);
    expect([...seen].sort()).toEqual(fleet.map((phone) => phone.phone_id).sort());
    const wrong = await made.call('GET', `/v1/runs/${id}`, { query: { phones: '1', after: 'x' } });
    expect(wrong.status).toBe(400);
  });
});
