import { describe, expect, it } from 'vitest';
import { sha256hex } from '../../../lib/ledger/store/digest.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { type Plan, readPlan, writePlan } from '../../../lib/ledger/run/plan.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { untilKilled } from '../../support/fake-stores.ts';
import { openRun, plannedPhone, terms } from '../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';

function setUp() {
  const store = memoryStore(playClock());
  const { plan } = openRun(RUN, []);
  if (plan === undefined) throw new Error('no plan');
  const { request, slot, started_at, listing_complete, selected } = plan;
  const rest = { request, slot, started_at, terms, listing_complete, selected };
  const phones = (count: number) => Array.from({ length: count }, (_, n) => plannedPhone(`p${n}`));
  const write = (count: number) => writePlan(store, { ...rest, selected: count }, phones(count));
  return { store, write, phones, rest };
}

describe('a plan', () => {
  it.each([0, 1, 1_000, 1_001, 2_500])('of %i phones keeps their order', async (count) => {
    const { store, write, phones, rest } = setUp();
    const written = await write(count);
    const read = await readPlan(store, RUN);
    expect(read).toEqual(written);
    expect(read?.phones).toEqual(phones(count));
    expect(read?.plan).toEqual({ ...rest, selected: count, parts: read?.plan.parts });
    expect(read?.plan.parts).toHaveLength(Math.ceil(count / 1_000));
    for (const part of read?.plan.parts ?? []) expect(await store.get(part)).toBeDefined();
  });

  it('stays below the size of an object with the largest policy and 100,000 phones', async () => {
    const { store, rest } = setUp();
    const ids = Array.from({ length: 1_000 }, (_, n) => String(n).padStart(32, 'x'));
    const paths = Array.from({ length: 16 }, (_, n) => `/data/${n}${'p'.repeat(240)}`);
    const plan = {
      ...{ ...rest, request: { ...rest.request, phones: ids }, selected: 100_000 },
      terms: { ...terms, include: paths, exclude: paths, folder: 'f'.repeat(900) },
      policy: { etag: 'e'.repeat(35), text: '"\n'.repeat((256 * 1024) / 2) },
    };
    const phones = Array.from({ length: 100_000 }, (_, n) => plannedPhone(`p${n}`));
    await writePlan(store, plan, phones);
    const sizes = (await store.list('runs/')).map(({ size }) => size);
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024);
  });

  it('is written once: the second writer gets the plan of the first', async () => {
    const { store, write } = setUp();
    const first = await write(3);
    expect(await write(5)).toEqual(first);
    expect((await readPlan(store, RUN))?.phones).toHaveLength(3);
  });

  it('is returned to its writer when it cannot be read back yet', async () => {
    const { store, rest } = setUp();
    const unreadable = { ...store, get: async () => undefined };
    const { plan, phones } = await writePlan(unreadable, rest, [plannedPhone('p')]);
    expect(plan).toEqual({ ...rest, parts: [expect.stringContaining(layout.planParts(RUN))] });
    expect(phones).toEqual([plannedPhone('p')]);
  });

  it('never mixes two selections, wherever the drive of the first is killed', async () => {
    for (let writes = 0; ; writes += 1) {
      const { store, rest, phones } = setUp();
      const isKilled = await untilKilled(store, writes, (dying) =>
        writePlan(dying, rest, phones(2_001)),
      );
      const other = phones(2_001).map((one) => ({ ...one, phone_name: 'other' }));
      const expected = isKilled ? other : phones(2_001);
      expect((await writePlan(store, rest, other)).phones).toEqual(expected);
      expect((await readPlan(store, RUN))?.phones).toEqual(expected);
      if (!isKilled) return expect(writes).toBe(4);
    }
  });

  it('is undefined before it is written', async () => {
    expect(await readPlan(setUp().store, RUN)).toBeUndefined();
  });

  it.each<[string, (store: Store, part: string) => Promise<unknown>, string]>([
    ['a part is missing', (store, part) => store.remove([part]), 'object_unreadable'],
    ['a part is newer', (store, part) => store.put(part, '{"version":2}'), 'object_newer'],
    ['a part holds no phones', (store, part) => store.put(part, '{"version":1}'), 'object_invalid'],
    [
      'a part has the phones of another list',
      (store, part) => store.put(part, '{"version":1,"phones":[]}'),
      'object_invalid',
    ],
    ['it is newer', (store) => store.put(layout.plan(RUN), '{"version":2}'), 'object_newer'],
    ['it is cut off', (store) => store.put(layout.plan(RUN), '{"version":1'), 'object_invalid'],
  ])('cannot be read when %s', async (_, breaks, code) => {
    const { store, write } = setUp();
    const { plan } = await write(2);
    await breaks(store, plan.parts[0] ?? '');
    await expect(readPlan(store, RUN)).rejects.toMatchObject({ code });
  });

  it.each<[string, (plan: Plan) => object]>([
    ['a part outside the run', (plan) => ({ ...plan, parts: ['policies/nightly.yaml'] })],
    ['a part key with ".."', (plan) => ({ ...plan, parts: [`runs/${RUN}/plan/../x.json`] })],
    [
      'a request of an invalid policy name',
      (plan) => ({ ...plan, request: { ...plan.request, policy: '../x' } }),
    ],
    ['a folder with ".."', (plan) => ({ ...plan, terms: { ...plan.terms, folder: '../x' } })],
    [
      'an unknown notification',
      (plan) => ({ ...plan, terms: { ...plan.terms, notify: { when: 'x', language: 'en' } } }),
    ],
    ['a count that is not an integer', (plan) => ({ ...plan, selected: 1.5 })],
  ])('with %s is rejected', async (_, change) => {
    const { store, write } = setUp();
    const { plan } = await write(1);
    await store.put(layout.plan(RUN), JSON.stringify({ version: 1, ...change(plan) }));
    await expect(readPlan(store, RUN)).rejects.toMatchObject({ code: 'object_invalid' });
  });
});

it.each([
  ['the plan of another run', 'weekly-20260102t023000z', RUN],
  ['a plan with the parts of another run', RUN, 'weekly-20260102t023000z'],
])('rejects %s', async (_, run_id, partsOf) => {
  const { store, rest } = setUp();
  const body = '{"version":1,"phones":[]}';
  const part = `${layout.planParts(partsOf)}${sha256hex(body).slice(0, 32)}.json`;
  await store.put(part, body);
  const request = { ...rest.request, run_id };
  const head = JSON.stringify({ version: 1, ...rest, request, parts: [part] });
  await store.put(layout.plan(RUN), head);
  await expect(readPlan(store, RUN)).rejects.toMatchObject({ code: 'object_invalid' });
});
