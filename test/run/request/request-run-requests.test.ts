import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { readRequest } from '../../../lib/ledger/run/request.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { type Ask, requestRun, requestCancel } from '../../../lib/run/request/request-run.ts';
import { listening, policyText } from '../../support/listening.ts';
import { openRun } from '../../support/runs.ts';
import { settled } from '../../support/settled.ts';

/** A ledger with the policies nightly and weekly. `within`: what a store does in between. */
async function scene(within: (store: Store) => Partial<Store> = () => ({})) {
  const made = listening();
  const { store, lines } = made;
  for (const name of ['nightly', 'weekly']) await store.put(layout.policy(name), policyText(name));
  const deps = { ...made.deps, random: () => 0.5, store: { ...store, ...within(store) } };
  const ask = (changes: Partial<Ask> = {}) =>
    requestRun(deps, { policy: 'nightly', token: 't', trigger: 'http', ...changes });
  return { store, lines, deps, ask, cancel: (runId: string) => requestCancel(deps.store, runId) };
}

/** Plans a run and closes it, as far as one who asks can see. */
async function close(store: Store, runId: string): Promise<void> {
  const request = await readRequest(store, runId);
  const { plan } = openRun(runId, []);
  if (request === undefined || plan === undefined) throw new Error('no request');
  await writePlan(store, 'w', { ...plan, request }, []);
  await store.remove([layout.request(runId)]);
}

const tokenUsed = {
  code: 'conflict',
  message: 'this token was used for another request',
  hint: 'Use a new token for a new request.',
};

describe('askForRun', () => {
  it('logs what was asked for, once', async () => {
    const { ask, lines, store } = await scene();
    const { runId } = await ask({ trigger: 'manual' });
    await ask({ trigger: 'manual' });
    const fields = { run: runId, policy: 'nightly', trigger: 'manual' };
    expect(lines).toEqual([['info', 'requested', fields]]);
    expect(await readRequest(store, runId)).toEqual({
      ...{ version: 1, run_id: runId, policy: 'nightly', trigger: 'manual' },
    });
  });

  it('knows a closed run again by its plan, though its policy is gone', async () => {
    const { ask, store } = await scene();
    const { runId } = await ask();
    await close(store, runId);
    await store.remove([layout.policy('nightly')]);
    expect(await ask()).toEqual({ runId, repeated: true });
    await expect(ask({ phones: ['p1'] })).rejects.toMatchObject(tokenUsed);
  });

  it('refuses a token that was used for another policy', async () => {
    const { ask, store } = await scene();
    await ask();
    await expect(ask({ policy: 'weekly' })).rejects.toMatchObject(tokenUsed);
    expect(await store.list(layout.open)).toHaveLength(1);
  });

  /** Another asks for the same under the id, right before this one does. */
  const overtaken = (then: (store: Store, key: string) => Promise<unknown>) =>
    scene((store) => ({
      create: async (key, body) => {
        await store.create(key, body);
        await then(store, key);
        return 'exists';
      },
    }));

  it('is one run with that of another who asked in between', async () => {
    const { ask, lines } = await overtaken(async () => undefined);
    expect(await ask()).toMatchObject({ repeated: true });
    expect(lines).toEqual([]);
  });

  it('is one run with it though that is closed already', async () => {
    const { ask } = await overtaken((store, key) =>
      close(store, key.slice(layout.open.length, -'.json'.length)),
    );
    expect(await ask()).toMatchObject({ repeated: true });
  });

  it('is refused where nothing is to be found of it any more', async () => {
    const { ask } = await overtaken((store, key) => store.remove([key]));
    await expect(ask()).rejects.toMatchObject(tokenUsed);
  });

  it.each([
    ['weekday', 'there is no policy weekday'],
    ['x'.repeat(300), `there is no policy ${'x'.repeat(20)}`],
  ])('says where policies lie when there is none named %s', async (policy, message) => {
    const { ask } = await scene();
    const error: unknown = await ask({ policy }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'policy_gone',
      message: expect.stringContaining(message) as string,
      hint: 'Policies lie in the bucket under policies/, one <name>.yaml each.',
    });
    expect((error as Error).message.length).toBeLessThan(150);
  });

  it('says what is wrong with a list of phones, and what one may be', async () => {
    const { ask } = await scene();
    await expect(ask({ phones: ['p1', ''] })).rejects.toMatchObject({
      code: 'event_invalid',
      message: expect.stringMatching(/^the request is wrong at phones\.0: ./) as string,
      hint: 'Name 1 to 1,000 phones by their ids, or none for all phones of the policy.',
    });
  });

  it('refuses a policy that is named otherwise than its file', async () => {
    const { ask, store } = await scene();
    await store.put(layout.policy('nightly'), policyText('weekly'));
    await expect(ask()).rejects.toMatchObject({ code: 'policy_invalid' });
  });

  it('refuses a policy that aims archives into the ledger, where it is told which that is', async () => {
    const { ask, deps, store } = await scene();
    const into = '{ include: [/data/data], bucket: ledger, object_path: vault/x }';
    await store.put(layout.policy('nightly'), policyText('nightly', { export: into }));
    await expect(ask()).rejects.toMatchObject({ code: 'policy_invalid' });
    const { clock, log, random } = deps;
    const asked = { policy: 'nightly', token: 't', trigger: 'http' } as const;
    expect(await requestRun({ clock, log, random, store }, asked)).toMatchObject({
      repeated: false,
    });
  });
});

describe('askToCancel', () => {
  const cancels = (store: Store) => store.list('open/cancel/');

  it('writes down the wish to cancel an open run', async () => {
    const { ask, cancel, store } = await scene();
    const { runId } = await ask();
    expect(await cancel(runId)).toBe('asked');
    const body = (await store.get(layout.cancel(runId)))?.body ?? '';
    expect(JSON.parse(body)).toEqual({ version: 1, run_id: runId });
  });

  it('leaves nothing for a run that is settled and not yet closed', async () => {
    const { ask, cancel, store } = await scene();
    const { runId } = await ask();
    await settled(store, runId, []);
    expect(await cancel(runId)).toBe('settled');
    expect(await cancels(store)).toEqual([]);
  });

  it('knows a settled run that is closed, and none that was closed without a report', async () => {
    const { ask, cancel, store } = await scene();
    const { runId } = await ask();
    await close(store, runId);
    expect(await cancel(runId)).toBe('unknown');
    await settled(store, runId, []);
    expect(await cancel(runId)).toBe('settled');
    expect(await cancels(store)).toEqual([]);
  });

  it.each(['nightly-20260101t183000z', '../policies/nightly', 'a'.repeat(90), ''])(
    'leaves nothing for an unknown run "%s"',
    async (runId) => {
      const { cancel, store } = await scene();
      await settled(store, '../policies/nightly', []);
      await store.put(layout.request('a'.repeat(90)), '{}');
      expect(await cancel(runId)).toBe('unknown');
      expect(await cancels(store)).toEqual([]);
    },
  );

  it('finds the report of a run that is closed while it looks', async () => {
    const { ask, cancel } = await scene((store) => ({
      list: async (prefix, options) => {
        const found = await store.list(prefix, options);
        const runId = /^open\/(nightly-.*)\.json$/.exec(prefix)?.[1];
        if (runId !== undefined) {
          await settled(store, runId, []);
          await store.remove([layout.request(runId)]);
        }
        return found;
      },
    }));
    const { runId } = await ask();
    expect(await cancel(runId)).toBe('settled');
  });

  it('takes the wish back when the run settles in the same moment', async () => {
    const { ask, cancel, store } = await scene((own) => ({
      put: async (key, body) => {
        const runId = /^open\/cancel\/(.*)\.json$/.exec(key)?.[1];
        if (runId !== undefined) await settled(own, runId, []);
        await own.put(key, body);
      },
    }));
    const { runId } = await ask();
    expect(await cancel(runId)).toBe('settled');
    expect(await cancels(store)).toEqual([]);
  });
});
