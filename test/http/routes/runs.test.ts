import { describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../testing/night.ts';
import { api, type Api } from '../api.ts';

async function ready(phones = 6): Promise<Api> {
  const made = await api({ phones, servers: 2 });
  await made.putPolicy(NIGHTLY);
  return made;
}

const startNightly = (made: Api, key: string, body: object = {}) =>
  made.call('POST', '/v1/runs', { key, body: { policy: 'nightly', ...body } });

const idOf = ({ body }: { body: Record<string, unknown> }): string => String(body.run_id);

describe('POST /v1/runs', () => {
  it('answers at once where the run can be looked at, and kicks drive', async () => {
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

  it('gives the same answer for the same key, also when the run is over', async () => {
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
  ])('answers 409 for the same key with %s', async (_what, change) => {
    const made = await ready();
    await made.putPolicy(NIGHTLY.replace('nightly', 'weekly'), 'weekly');
    await startNightly(made, 'k1');
    const answer = await startNightly(made, 'k1', change);
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
  });

  it.each([
    ['other phones', { phones: ['a'] }],
    ['another policy', { policy: 'weekly' }],
  ])('answers one of two with 202 that come at once with one key and %s', async (_what, change) => {
    for (const conditionalPut of ['honoured', 'ignored', 'refused'] as const) {
      const made = await api({ phones: 2, servers: 1, conditionalPut });
      await made.putPolicy(NIGHTLY);
      await made.putPolicy(NIGHTLY.replace('nightly', 'weekly'), 'weekly');
      const answers = await Promise.all([
        startNightly(made, 'k1'),
        startNightly(made, 'k1', change),
        startNightly(made, 'k1'),
        startNightly(made, 'k1', change),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 409, 409]);
      const accepted = answers.filter(({ status }) => status === 202);
      expect(new Set(accepted.map(idOf)).size).toBe(1);
      expect((await made.call('GET', '/v1/runs')).body.runs).toHaveLength(1);
    }
  });

  it('does not use up a key with a call that is refused', async () => {
    const made = await ready();
    expect((await startNightly(made, 'k1', { policy: 'weekly' })).status).toBe(404);
    expect((await startNightly(made, 'k1')).status).toBe(202);
  });

  it('lets the run tell of a phone outside the policy', async () => {
    const made = await ready();
    const started = await startNightly(made, 'k1', { phones: ['ffff'] });
    await made.settle(idOf(started));
    const { body } = await made.call('GET', `/v1/runs/${idOf(started)}`, {
      query: { phones: '1' },
    });
    expect(body.outcome).toBe('failed');
    expect(body.phones).toMatchObject([
      { phone_id: 'ffff', state: 'failed', reason: 'not_in_policy' },
    ]);
  });
});

describe('GET /v1/runs/{id}', () => {
  it('tells the phones page by page', async () => {
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

describe('GET /v1/runs', () => {
  it('filters and turns pages', async () => {
    const made = await ready();
    const settled: string[] = [];
    for (const key of ['k1', 'k2', 'k3']) {
      settled.push(idOf(await startNightly(made, key)));
      await made.settle(settled.at(-1) ?? '');
    }
    const open = idOf(await startNightly(made, 'k4'));
    const ids = async (query: Record<string, string>) => {
      const { body } = await made.call('GET', '/v1/runs', { query });
      return (body.runs as { run_id: string }[]).map((run) => run.run_id);
    };
    expect(await ids({})).toEqual([open, ...settled.toReversed()]);
    expect(await ids({ open: '1' })).toEqual([open]);
    expect(await ids({ outcome: 'failed' })).toEqual([]);
    expect(await ids({ policy: 'weekly' })).toEqual([]);
    expect(await ids({ since: '2027-01-01T00:00:00+08:00', outcome: 'completed' })).toEqual([]);
    const first = await made.call('GET', '/v1/runs', {
      query: { limit: '2', outcome: 'completed' },
    });
    const after = first.body.next as string;
    expect(await ids({ after, outcome: 'completed' })).toEqual([settled[0]]);
    const opened = await made.call('GET', '/v1/runs', { query: { limit: '1' } });
    expect(await ids({ after: opened.body.next as string })).toEqual(settled.toReversed());
  });

  it.each(['x', 'open.', 'open.x.nightly', '../../runs', 'nightly-20260102t023000z'])(
    'refuses %j as a place, instead of telling of nothing',
    async (after) => {
      const made = await ready();
      const { status, body } = await made.call('GET', '/v1/runs', { query: { after } });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'query_invalid', errors: [{ path: 'after' }] });
    },
  );
});

describe('POST /v1/runs/{id}/cancel', () => {
  it('stops a run, and tells when it is over already', async () => {
    const made = await ready();
    const id = idOf(await startNightly(made, 'k1'));
    const asked = await made.call('POST', `/v1/runs/${id}/cancel`);
    expect([asked.status, asked.headers.location]).toEqual([202, `/backup/v1/runs/${id}`]);
    expect(await made.call('POST', `/v1/runs/${id}/cancel`)).toEqual(asked);
    await made.settle(id);
    expect((await made.call('GET', `/v1/runs/${id}`)).body.outcome).toBe('cancelled');
    const late = await made.call('POST', `/v1/runs/${id}/cancel`);
    expect([late.status, late.body.code]).toEqual([409, 'run_settled']);
  });
});

describe('GET /v1/policies', () => {
  it('tells of each', async () => {
    const made = await ready();
    const { body } = await made.call('GET', '/v1/policies');
    expect(body.policies).toMatchObject([{ policy: 'nightly', state: 'active' }]);
  });

  it('tells those that are paused, until when, and those that are disabled', async () => {
    const made = await ready();
    const until = new Date(made.clock.now() + 3 * 24 * 3_600_000).toISOString();
    await made.putPolicy(`${NIGHTLY}paused_until: "${until}"\n`);
    await made.putPolicy(NIGHTLY.replace('name: nightly', 'name: off\nenabled: false'), 'off');
    const { body } = await made.call('GET', '/v1/policies');
    expect(body.policies).toMatchObject([
      { policy: 'nightly', state: 'paused', paused_until: until },
      { policy: 'off', state: 'disabled', next_slot: null },
    ]);
  });
});
