import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import type { Lookup } from '../../../lib/ledger/hints/lookup.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Provisioning } from '../../../lib/ledger/state/provisioning.ts';
import { phone } from '../../support/fleet.ts';
import { failing } from '../../support/listening.ts';
import { newborns } from '../../support/newborns.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const born = (id: string, at = T0): Phone => phone(id, { created_at: at });

describe('a sweep for new phones', () => {
  const deleted: Provisioning = {
    policies: { newborn: { etag: 'e1', on: true, since: T0 - HOUR, given: {} } },
    ...{ horizon: T0 - 15 * MINUTE, swept_at: T0 - 15 * MINUTE },
  };

  it('is made when it is asked for, once', async () => {
    const { sweepHint, lookup, hints, calls, state } = await newborns([born('p1', T0 - 2 * HOUR)]);
    await sweepHint();
    await lookup();
    expect(calls).toEqual(['list all 0']);
    expect(await hints()).toEqual([]);
    expect(await state()).toMatchObject({ horizon: T0, swept_at: T0 });
    await sweepHint();
    await lookup();
    expect(calls).toHaveLength(1);
    expect(await hints()).toEqual([]);
  });

  it('is not made while nobody asks for it', async () => {
    const { lookup, calls } = await newborns([born('p1')]);
    await lookup();
    expect(calls).toEqual([]);
  });

  it('is not made ahead of its quarter of an hour', async () => {
    const { sweepHint, lookup, hints, calls, clock } = await newborns([born('p1')]);
    await sweepHint(T0 + 15 * MINUTE);
    clock.move(15 * MINUTE - 1);
    await lookup();
    expect([await hints(), calls]).toEqual([['sweep-202601020245'], []]);
    clock.move(1);
    await lookup();
    expect([await hints(), calls]).toEqual([[], ['list all 0']]);
  });

  it.each([
    ['a quarter of an hour', 15 * MINUTE],
    ['a millisecond', 1],
  ])('is made again in the next quarter of an hour, %s after the last one', async (_, ago) => {
    const { sweepHint, lookup, calls, firstBackups } = await newborns();
    firstBackups.state = { ...structuredClone(deleted), horizon: T0 - ago, swept_at: T0 - ago };
    await sweepHint();
    await lookup();
    expect(calls).toEqual(['list all 0']);
  });

  it('finds phones that no hint names, and those whose hint is for one policy alone', async () => {
    const phones = ['p1', 'p2', 'p3', 'p4'].map((id) => born(id));
    const { drop, sweepHint, lookup, hints, store, firstBackups } = await newborns(phones);
    firstBackups.state = structuredClone(deleted);
    await drop('trace-1', { phones: ['p1'], others: ['p2'] });
    await drop('message-1', { phones: ['p3'], change: 'requested', policy: 'newborn' });
    await sweepHint();
    await lookup();
    const found = (await hints()).find((id) => id.startsWith('discovered-')) ?? '';
    const object = await store.get(layout.hint(found));
    expect(JSON.parse(object?.body ?? '')).toMatchObject({ phones: ['p3', 'p4'] });
  });

  it.each<[string, Provisioning]>([
    ['a later one', deleted],
    ['the first of all', { policies: {} }],
  ])('goes on where its time ended, and keeps its hint till then: %s', async (_, before) => {
    const { sweepHint, lookup, hints, clock, firstBackups, cph, state } = await newborns(
      Array.from({ length: 150 }, (_unused, n) => born(`p${n}`)),
    );
    firstBackups.state = structuredClone(before);
    await sweepHint();
    const list = cph.listPhones;
    cph.listPhones = (query) => (clock.move(MINUTE), list(query));
    await lookup({ until: T0 + MINUTE });
    expect(await hints()).toContain('sweep-202601020230');
    expect(await state()).toMatchObject({ sweeping: { started_at: T0, offset: 99 } });
    await lookup({ until: T0 + HOUR });
    expect(await hints()).not.toContain('sweep-202601020230');
    expect(await state()).toMatchObject({ horizon: T0 });
    expect(await state()).not.toHaveProperty('sweeping');
  });

  it('goes on though nobody asks for it any more', async () => {
    const { lookup, calls, firstBackups, state } = await newborns([born('p1', T0 - 2 * HOUR)]);
    const started_at = T0 - MINUTE;
    firstBackups.state = { ...structuredClone(deleted), sweeping: { started_at, offset: 99 } };
    await lookup();
    expect(calls).toEqual(['list all 99']);
    expect(await state()).toMatchObject({ horizon: started_at, swept_at: T0 });
  });

  it('has its place noted before hints are taken away', async () => {
    const { sweepHint, lookup, hints, deps } = await newborns();
    await sweepHint();
    const broken = failing(deps, 'put', undefined, layout.provisioning).store;
    await expect(lookup({ store: broken })).rejects.toThrow('no answer');
    expect(await hints()).toEqual(['sweep-202601020230']);
  });

  it('is made at once for an order, then every minute while the order waits', async () => {
    const { drop, lookup, calls, clock, firstBackups } = await newborns([born('p1', T0 - HOUR)]);
    firstBackups.state = structuredClone(deleted);
    const after = async (ms: number): Promise<number> => {
      clock.move(ms);
      await lookup();
      return calls.length;
    };
    await drop('trace-1', {});
    expect(await after(1)).toBe(1);
    expect(await after(MINUTE - 1)).toBe(1);
    expect(await after(1)).toBe(2);
    await drop('trace-2', {});
    expect(await after(0)).toBe(3);
  });

  it('is not made for what waits for anything else', async () => {
    const { drop, lookup, calls } = await newborns([phone('p1', { status: 'creating' })]);
    await drop('trace-1', { phones: ['p1'] });
    await lookup();
    expect(calls).toEqual(['show p1']);
  });

  it.each<[string, Partial<Lookup>, number, boolean]>([
    ['has brought phones since', {}, T0, true],
    ['has brought phones, by clocks that differ', {}, T0 - 5 * MINUTE, true],
    ['has brought none yet', {}, T0 - 5 * MINUTE - 1000, false],
    ['has brought phones, told late', { at: T0 - HOUR }, T0 - HOUR, true],
    ['was told of by a clock ahead', { at: T0 + HOUR }, T0, true],
    ['is a wish to look only', { change: 'requested' }, T0 - HOUR, true],
    ['names what CPH does not know', { change: 'requested', others: ['x'] }, T0 - HOUR, false],
    ['names what will be a server', { servers: ['s9'] }, T0, true],
    ['also names a phone that is not there', { phones: ['p9'], servers: ['s9'] }, T0, false],
  ])('settles an order that %s', async (_, lookup, newest, isDone) => {
    const world = await newborns([born('p1', newest)]);
    world.firstBackups.state = structuredClone(deleted);
    await world.drop('trace-1', lookup);
    await world.lookup();
    const left = (await world.hints()).filter((id) => id.startsWith('trace-'));
    expect(left).toEqual(isDone ? [] : ['trace-1']);
  });

  it('settles no order before it has ended, nor where it met no phone', async () => {
    const empty = await newborns();
    await empty.drop('trace-1', {});
    await empty.lookup();
    expect(await empty.hints()).toEqual(['trace-1']);
    const late = await newborns([born('p1')]);
    await late.drop('trace-1', {});
    await late.lookup({ until: T0 });
    expect(await late.hints()).toEqual(['trace-1']);
  });
});
