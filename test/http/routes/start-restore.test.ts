import { describe, expect, it } from 'vitest';
import { READER } from '../../../testing/keys.ts';
import { idOf, ready, startNightly } from '../support/runs.ts';

async function exported() {
  const made = await ready();
  await made.settle(idOf(await startNightly(made, 'k1')));
  const fleet = await made.cloud.control.phones();
  const { phone_id: phone } = fleet.find(({ status }) => status === 2)!;
  const post = (body: object, options: object = {}) =>
    made.call('POST', '/v1/restores', { key: 'r1', body, ...options });
  return { ...made, phone, post };
}

describe('POST /v1/restores', () => {
  it('accepts a restore at once, wakes drive, and returns the same for the same key', async () => {
    const made = await exported();
    const kicks = made.kicks.length;
    const first = await made.post({ phones: [made.phone] });
    const second = await made.post({ phones: [made.phone] });

    expect(first.status).toBe(202);
    expect(first.headers.location).toBe(`/backup/v1/runs/${idOf(first)}`);
    expect(second.body).toEqual(first.body);
    expect(made.kicks).toHaveLength(kicks + 1);
    await made.settle(idOf(first));
    const run = await made.call('GET', `/v1/runs/${idOf(first)}`, { query: { phones: '1' } });
    expect(run.body).toMatchObject({
      ...{ kind: 'restore', trigger: 'http', outcome: 'completed', counts: { restored: 1 } },
      phones: [{ phone_id: made.phone, state: 'restored', source: { phone_id: made.phone } }],
    });
  });

  it('returns the plan of a dry run, and requests nothing', async () => {
    const made = await exported();
    const answer = await made.post({ phones: [made.phone], dry_run: true });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ counts: { restore: 1 }, phones: [{ plan: 'restore' }] });
    expect((await made.call('GET', '/v1/runs')).body.runs).toHaveLength(1);
  });

  it('returns 409 for the same key with another order', async () => {
    const made = await exported();
    await made.post({ phones: [made.phone] });
    const answer = await made.post({ phones: [made.phone], restart: false });
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
  });

  it.each([
    ['nothing', {}],
    ['phones and a map', { phones: ['a'], map: [{ source: 'a', target: 'b' }] }],
    ['failed_only without a run', { phones: ['a'], failed_only: true }],
    ['an unknown field', { phones: ['a'], force: true }],
  ])('refuses a body with %s', async (_what, body) => {
    const made = await ready();
    const answer = await made.call('POST', '/v1/restores', { key: 'r1', body });
    expect(answer.status).toBe(400);
  });

  it('needs a scope of its own', async () => {
    const made = await ready();
    const options = { token: READER, key: 'r1', body: { phones: ['a'] } };
    expect((await made.call('POST', '/v1/restores', options)).status).toBe(403);
  });
});
