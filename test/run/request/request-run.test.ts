import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { listOpen, readRequest } from '../../../lib/ledger/run/request.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { requestRun, type RunInput } from '../../../lib/run/request/request-run.ts';
import { PolicyInvalid } from '../../../lib/run/state/read-policy.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { policyText } from '../../support/policy-text.ts';
import { openRun } from '../../support/runs.ts';

/** A ledger with the policies nightly and weekly. `within` replaces methods of its store. */
async function scene(within: (store: Store) => Partial<Store> = () => ({})) {
  const made = inboxScene();
  const { store, lines } = made;
  for (const name of ['nightly', 'weekly']) await store.put(layout.policy(name), policyText(name));
  const writes: string[] = [];
  const written: Store = {
    ...store,
    put: (key, body) => (writes.push(key), store.put(key, body)),
    create: (key, body) => (writes.push(key), store.create(key, body)),
  };
  const deps = { ...made.deps, random: () => 0.5, store: { ...written, ...within(store) } };
  const request = (changes: Partial<RunInput> = {}) =>
    requestRun(deps, { policy: 'nightly', token: 't', trigger: 'http', ...changes });
  return { store, lines, writes, request };
}

/** Plans a run and closes it: its request is no longer in `open/`. */
async function close(store: Store, runId: string): Promise<void> {
  const request = await readRequest(store, runId);
  const { plan } = openRun(runId, []);
  if (request === undefined || plan === undefined) throw new Error('no request');
  await writePlan(store, { ...plan, request }, []);
  await store.remove([layout.request(runId)]);
}

const tokenUsed = {
  code: 'conflict',
  message: 'this token was already used for another request',
  hint: 'Use a new token for a new request.',
};

describe('requestRun', () => {
  it('writes one request, whose id does not show the token, and logs it', async () => {
    const { store, writes, lines, request } = await scene();
    const { runId, repeated } = await request({ token: 'secret', phones: ['p2', 'p1', 'p2'] });
    expect(repeated).toBe(false);
    expect(runId).toMatch(/^nightly-[0-9a-f]{24}$/);
    expect(writes).toEqual([
      expect.stringMatching(/^state\/keys\/[\da-f]{32}\//),
      layout.request(runId),
    ]);
    expect(await readRequest(store, runId)).toEqual({
      run_id: runId,
      policy: 'nightly',
      trigger: 'http',
      phones: ['p1', 'p2'],
    });
    expect(lines).toEqual([
      ['info', 'requested', { run: runId, policy: 'nightly', trigger: 'http' }],
    ]);
  });

  it('requests all phones of the policy when none are named', async () => {
    const { store, request } = await scene();
    const { runId } = await request({ trigger: 'manual' });
    expect(await readRequest(store, runId)).toEqual({
      ...{ run_id: runId, policy: 'nightly', trigger: 'manual' },
    });
  });

  it('returns the same run for the same token and writes nothing', async () => {
    const { writes, lines, request } = await scene();
    const { runId } = await request({ phones: ['p1', 'p2'] });
    expect(await request({ phones: ['p2', 'p1'] })).toEqual({ runId, repeated: true });
    expect(writes).toHaveLength(2);
    expect(lines).toHaveLength(1);
  });

  it('creates one run for two callers at the same moment', async () => {
    const { store, request } = await scene();
    const both = await Promise.all([request(), request()]);
    expect(both.map(({ repeated }) => repeated).sort()).toEqual([false, true]);
    expect((await listOpen(store)).requests).toHaveLength(1);
  });

  it('accepts only one of two requests with the same token at the same moment', async () => {
    const { request } = await scene();
    const results = await Promise.allSettled([request(), request({ phones: ['p1'] })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it.each<[string, Partial<RunInput>]>([
    ['phones', { phones: ['p1'] }],
    ['another trigger', { trigger: 'manual' }],
    ['another policy', { policy: 'weekly' }],
  ])('rejects a token that was used before, now with %s', async (_, changes) => {
    const { writes, request } = await scene();
    await request();
    await expect(request(changes)).rejects.toMatchObject(tokenUsed);
    expect(writes).toHaveLength(2);
  });

  it('finds a closed run by its plan, even when its policy is gone', async () => {
    const { request, store } = await scene();
    const { runId } = await request();
    await close(store, runId);
    await store.remove([layout.policy('nightly')]);
    expect(await request()).toEqual({ runId, repeated: true });
    await expect(request({ phones: ['p1'] })).rejects.toMatchObject(tokenUsed);
  });

  it.each(['weekday', '../open/x', 'Nightly', '', 'x'.repeat(300)])(
    'rejects policy "%s", which does not exist',
    async (policy) => {
      const { writes, request } = await scene();
      const error: unknown = await request({ policy }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'policy_not_found',
        message: expect.stringContaining(`policy ${policy.slice(0, 20)}`) as string,
        hint: 'Policies are files in the bucket: policies/<name>.yaml.',
      });
      expect((error as Error).message.length).toBeLessThan(150);
      expect(writes).toEqual([]);
    },
  );

  it('rejects an invalid policy with all its validation errors', async () => {
    const { store, writes, request } = await scene();
    const text = 'name: nightly\nschedule: { cron: "x" }\ndeadlin: 2h\n';
    await store.put(layout.policy('nightly'), text);
    const error: unknown = await request().catch((reason: unknown) => reason);
    if (!(error instanceof PolicyInvalid)) throw new Error('not rejected as invalid');
    expect(error.code).toBe('policy_invalid');
    expect(error.errors.length).toBeGreaterThan(2);
    for (const { message } of error.errors) expect(error.message).toContain(message);
    expect(writes).toEqual([]);
  });

  it.each([
    ['whose name differs from its file', policyText('weekly')],
    [
      'that writes archives into the ledger',
      policyText('nightly', {
        export: '{ include: [/data/data], bucket: ledger, object_path: vault/x }',
      }),
    ],
  ])('rejects a policy %s', async (_, text) => {
    const { request, store } = await scene();
    await store.put(layout.policy('nightly'), text);
    await expect(request()).rejects.toMatchObject({ code: 'policy_invalid' });
  });

  it.each([
    ['none', []],
    ['too many', Array.from({ length: 1_001 }, (_, n) => `p${n}`)],
    ['one whose id is too long', ['p'.repeat(33)]],
  ])('rejects a list of phones with %s', async (_, phones) => {
    const { writes, request } = await scene();
    await expect(request({ phones })).rejects.toMatchObject({ code: 'event_invalid' });
    expect(writes).toEqual([]);
  });

  it('says which phone id is invalid and what is allowed', async () => {
    const { request } = await scene();
    await expect(request({ phones: ['p1', ''] })).rejects.toMatchObject({
      code: 'event_invalid',
      message: expect.stringMatching(/^the request is invalid at phones\.0: ./) as string,
      hint: 'Name 1 to 1,000 phones by id, or none for all phones of the policy.',
    });
  });

  describe('when another caller creates the same request first', () => {
    const overtaken = (then: (store: Store, key: string) => Promise<unknown>) =>
      scene((store) => ({
        create: async (key, body) => {
          await store.create(key, body);
          await then(store, key);
          return 'exists';
        },
      }));

    it('returns that run', async () => {
      const { request, lines } = await overtaken(async () => undefined);
      expect(await request()).toMatchObject({ repeated: true });
      expect(lines).toEqual([]);
    });

    it('returns that run even when it is closed already', async () => {
      const { request } = await overtaken((store, key) =>
        close(store, key.slice(layout.open.length, -'.json'.length)),
      );
      expect(await request()).toMatchObject({ repeated: true });
    });

    it('reports a conflict when nothing is left of that run', async () => {
      const { request } = await overtaken((store, key) => store.remove([key]));
      await expect(request()).rejects.toMatchObject(tokenUsed);
    });
  });
});
