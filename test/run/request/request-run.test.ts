import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { listOpen, readRequest } from '../../../lib/ledger/run/request.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { type Ask, requestRun, requestCancel } from '../../../lib/run/request/request-run.ts';
import { PolicyInvalid } from '../../../lib/run/plan/policy-invalid.ts';
import { type Night, night, NIGHTLY } from '../../../testing/night.ts';
import { playClock } from '../../../testing/play-clock.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function setUp() {
  const clock = playClock();
  const memory = memoryStore(clock);
  await memory.put(layout.policy('nightly'), NIGHTLY);
  const writes: string[] = [];
  const store: Store = {
    ...memory,
    put: (key, body) => (writes.push(key), memory.put(key, body)),
    create: (key, body) => (writes.push(key), memory.create(key, body)),
  };
  const ask = (changes: Partial<Ask> = {}) =>
    requestRun(
      { store, clock, log: silent, random: Math.random },
      { policy: 'nightly', token: 't', trigger: 'http', ...changes },
    );
  return { store, memory, writes, ask };
}

async function world(): Promise<Night> {
  const made = await night({ phones: 3, servers: 1, seed: 3 });
  await made.putPolicy(NIGHTLY);
  return made;
}

const askIn = ({ invocation }: Night, changes: Partial<Ask> = {}) =>
  requestRun(invocation().deps, { policy: 'nightly', token: 't', trigger: 'http', ...changes });

describe('askForRun', () => {
  it('writes one request, whose id does not show the token', async () => {
    const { store, writes, ask } = await setUp();
    const { runId, repeated } = await ask({ token: 'secret', phones: ['p2', 'p1', 'p2'] });
    expect(repeated).toBe(false);
    expect(runId).toMatch(/^nightly-[0-9a-f]{24}$/);
    expect(writes).toEqual([
      expect.stringMatching(/^state\/keys\/[\da-f]{32}\//),
      layout.request(runId),
    ]);
    expect(await readRequest(store, runId)).toEqual({
      version: 1,
      run_id: runId,
      policy: 'nightly',
      trigger: 'http',
      phones: ['p1', 'p2'],
    });
  });

  it('asked again answers the same run and writes nothing', async () => {
    const { writes, ask } = await setUp();
    const first = await ask({ phones: ['p1', 'p2'] });
    expect(await ask({ phones: ['p2', 'p1'] })).toEqual({ runId: first.runId, repeated: true });
    expect(writes).toHaveLength(2);
  });

  it('is one run though two ask in the same moment', async () => {
    const { store, ask } = await setUp();
    const both = await Promise.all([ask(), ask()]);
    expect(both.map(({ repeated }) => repeated).sort()).toEqual([false, true]);
    expect((await listOpen(store)).requests).toHaveLength(1);
  });

  it.each<[string, Partial<Ask>]>([
    ['phones', { phones: ['p1'] }],
    ['another trigger', { trigger: 'manual' }],
  ])('refuses a token that was used without %s', async (_, changes) => {
    const { writes, ask } = await setUp();
    await ask();
    await expect(ask(changes)).rejects.toMatchObject({ code: 'conflict' });
    expect(writes).toHaveLength(2);
  });

  it('lets only one of two contents win in the same moment', async () => {
    const { ask } = await setUp();
    const results = await Promise.allSettled([ask(), ask({ phones: ['p1'] })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('knows a settled run again, by its content too, though the policy is gone', async () => {
    const made = await world();
    const { runId } = await askIn(made);
    const { report } = await made.settle(runId);
    expect(report.trigger).toBe('http');
    await made.invocation().deps.store.remove([layout.policy('nightly')]);
    expect(await askIn(made)).toEqual({ runId, repeated: true });
    await expect(askIn(made, { phones: ['p1'] })).rejects.toMatchObject({ code: 'conflict' });
    expect(await made.drive()).toMatchObject({ kind: 'idle' });
  });

  it.each(['weekly', '../open/x', 'Nightly', ''])(
    'says that there is no policy "%s"',
    async (policy) => {
      const { writes, ask } = await setUp();
      await expect(ask({ policy })).rejects.toMatchObject({ code: 'policy_gone' });
      expect(writes).toEqual([]);
    },
  );

  it('tells every fault of a policy', async () => {
    const { memory, writes, ask } = await setUp();
    await memory.put(
      layout.policy('nightly'),
      'name: nightly\nschedule: { cron: "x" }\ndeadlin: 2h\n',
    );
    const error: unknown = await ask().catch((reason: unknown) => reason);
    if (!(error instanceof PolicyInvalid)) throw new Error('not refused for its faults');
    expect(error.code).toBe('policy_invalid');
    expect(error.errors.length).toBeGreaterThan(2);
    for (const fault of error.errors) expect(error.message).toContain(fault.message);
    expect(writes).toEqual([]);
  });

  it.each([
    ['none', []],
    ['too many', Array.from({ length: 1_001 }, (_, n) => `p${n}`)],
    ['one whose id is too long', ['p'.repeat(33)]],
  ])('refuses a list of phones with %s', async (_, phones) => {
    const { writes, ask } = await setUp();
    await expect(ask({ phones })).rejects.toMatchObject({ code: 'event_invalid' });
    expect(writes).toEqual([]);
  });
});

describe('askToCancel', () => {
  const cancels = async ({ invocation }: Night) =>
    (await invocation().deps.store.list('open/cancel/')).length;

  it('cancels a run that is open', async () => {
    const made = await world();
    const { runId } = await askIn(made);
    const { store } = made.invocation().deps;
    expect(await requestCancel(store, runId)).toBe('asked');
    expect(await requestCancel(store, runId)).toBe('asked');
    expect((await made.settle(runId)).report.outcome).toBe('cancelled');
    expect(await requestCancel(store, runId)).toBe('settled');
    expect(await cancels(made)).toBe(0);
  });

  it.each(['nightly-20260101t183000z', '../policies/nightly', 'a'.repeat(90), ''])(
    'leaves nothing for an unknown run "%s"',
    async (runId) => {
      const made = await world();
      expect(await requestCancel(made.invocation().deps.store, runId)).toBe('unknown');
      expect(await cancels(made)).toBe(0);
    },
  );

  it('leaves nothing for a run that settles in the same moment', async () => {
    const { store, ask } = await setUp();
    const { runId } = await ask();
    const racing: Store = {
      ...store,
      put: async (key, body) => {
        await store.put(layout.report(runId), '{}');
        await store.put(key, body);
      },
    };
    expect(await requestCancel(racing, runId)).toBe('settled');
    expect((await listOpen(store)).cancels).toEqual([]);
  });
});
