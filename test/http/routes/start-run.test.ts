import { describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../testing/night.ts';
import { api } from '../support/api.ts';
import { idOf, ready, startNightly } from '../support/runs.ts';

describe('POST /v1/runs', () => {
  it('returns the location of the run at once, and wakes drive', async () => {
    const made = await ready();
    const answer = await startNightly(made, 'k1');
    const id = idOf(answer);
    expect(answer.status).toBe(202);
    expect(id).toMatch(/^nightly-[0-9a-f]{24}$/);
    expect(answer.headers.location).toBe(`/backup/v1/runs/${id}`);
    expect(answer.body).toEqual({ run_id: id, policy: 'nightly', url: answer.headers.location });
    expect(made.kicks).toEqual(['urn:fss:r:p:function:default:drive']);
    const looked = await made.call('GET', `/v1/runs/${id}`);
    expect(looked.body).toMatchObject({ run_id: id, phase: 'requested', trigger: 'http' });
  });

  it('returns the same response for the same key, also after the run', async () => {
    const made = await ready();
    const first = await startNightly(made, 'k1');
    const second = await startNightly(made, 'k1');
    await made.settle(idOf(first));
    const third = await startNightly(made, 'k1');
    expect([second, third]).toEqual([first, first]);
    expect(made.kicks).toHaveLength(1);
    const list = await made.call('GET', '/v1/runs');
    expect(list.body.runs).toHaveLength(1);
  });

  it.each([
    ['other phones', { phones: ['a'] }],
    ['another policy', { policy: 'weekly' }],
  ])('returns 409 for the same key with %s', async (_what, change) => {
    const made = await ready();
    await made.putPolicy(NIGHTLY.replace('nightly', 'weekly'), 'weekly');
    await startNightly(made, 'k1');
    const answer = await startNightly(made, 'k1', change);
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
  });

  it.each([
    ['other phones', { phones: ['a'] }],
    ['another policy', { policy: 'weekly' }],
  ])('accepts one of two concurrent requests with one key and %s', async (_what, change) => {
    for (const conditionalPut of ['honoured', 'ignored', 'refused'] as const) {
      const made = await api({ phones: 2, servers: 1, conditionalPut });
      await made.putPolicy(NIGHTLY);
      await made.putPolicy(NIGHTLY.replace('nightly', 'weekly'), 'weekly');
      const responses = await Promise.all([
        startNightly(made, 'k1'),
        startNightly(made, 'k1', change),
        startNightly(made, 'k1'),
        startNightly(made, 'k1', change),
      ]);
      expect(responses.map(({ status }) => status).sort()).toEqual([202, 202, 409, 409]);
      const accepted = responses.filter(({ status }) => status === 202);
      expect(new Set(accepted.map(idOf)).size).toBe(1);
      expect((await made.call('GET', '/v1/runs')).body.runs).toHaveLength(1);
    }
  });

  it('does not use up the key of a refused request', async () => {
    const made = await ready();
    expect((await startNightly(made, 'k1', { policy: 'weekly' })).status).toBe(404);
    expect((await startNightly(made, 'k1')).status).toBe(202);
  });

  it('accepts a phone that CPH does not list, which the run then fails', async () => {
    const made = await ready();
    const started = await startNightly(made, 'k1', { phones: ['ffff'] });
    await made.settle(idOf(started));
    const { body } = await made.call('GET', `/v1/runs/${idOf(started)}`, {
      query: { phones: '1' },
    });
    expect(body.outcome).toBe('failed');
    expect(body.phones).toMatchObject([{ phone_id: 'ffff', state: 'failed', reason: 'not_found' }]);
  });
});
