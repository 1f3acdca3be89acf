import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/cph-schemas.ts';
import type { Look } from '../../../lib/ledger/hints/hints.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Provisioning } from '../../../lib/ledger/state/provisioning.ts';
import { cphTime, phone } from '../../support/fleet.ts';
import { failing } from '../../support/listening.ts';
import { newborns } from '../../support/newborns.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const born = (id: string, at = T0): Phone => phone(id, { create_time: cphTime(at) });

describe('a sweep for new phones', () => {
  const swept: Provisioning = {
    policies: { newborn: { etag: 'e1', on: true, since: T0 - HOUR, given: {} } },
    ...{ horizon: T0 - 15 * MINUTE, swept_at: T0 - 15 * MINUTE },
  };

  it('is made when it is asked for, once', async () => {
    const { sweepHint, look, hints, calls, state } = await newborns([born('p1', T0 - 2 * HOUR)]);
    await sweepHint();
    await look();
    expect(calls).toEqual(['list all 0']);
    expect(await hints()).toEqual([]);
    expect(await state()).toMatchObject({ horizon: T0, swept_at: T0 });
    await sweepHint();
    await look();
    expect(calls).toHaveLength(1);
    expect(await hints()).toEqual([]);
  });

  it('is not made while nobody asks for it', async () => {
    const { look, calls } = await newborns([born('p1')]);
    await look();
    expect(calls).toEqual([]);
  });

  it('is not made ahead of its quarter of an hour', async () => {
    const { sweepHint, look, hints, calls, clock } = await newborns([born('p1')]);
    await sweepHint(T0 + 15 * MINUTE);
    clock.move(15 * MINUTE - 1);
    await look();
    expect([await hints(), calls]).toEqual([['sweep-202601020245'], []]);
    clock.move(1);
    await look();
    expect([await hints(), calls]).toEqual([[], ['list all 0']]);
  });

  it('is made again in the next quarter of an hour', async () => {
    const { sweepHint, look, calls, provisioner } = await newborns();
    provisioner.state = structuredClone(swept);
    await sweepHint();
    await look();
    expect(calls).toEqual(['list all 0']);
  });

  it('finds phones that no hint names, and those whose hint is for one policy alone', async () => {
    const phones = ['p1', 'p2', 'p3', 'p4'].map((id) => born(id));
    const { drop, sweepHint, look, hints, store, provisioner } = await newborns(phones);
    provisioner.state = structuredClone(swept);
    await drop('trace-1', { phones: ['p1'], others: ['p2'] });
    await drop('message-1', { phones: ['p3'], change: 'named', policy: 'newborn' });
    await sweepHint();
    await look();
    const found = (await hints()).find((id) => id.startsWith('found-')) ?? '';
    const object = await store.get(layout.hint(found));
    expect(JSON.parse(object?.body ?? '')).toMatchObject({ phones: ['p3', 'p4'] });
  });

  it.each<[string, Provisioning]>([
    ['a later one', swept],
    ['the first of all', { policies: {} }],
  ])('goes on where its time ended, and keeps its hint till then: %s', async (_, before) => {
    const { sweepHint, look, hints, clock, provisioner, cph, state } = await newborns(
      Array.from({ length: 150 }, (_unused, n) => born(`p${n}`)),
    );
    provisioner.state = structuredClone(before);
    await sweepHint();
    const list = cph.listPhones;
    cph.listPhones = (query) => (clock.move(MINUTE), list(query));
    await look({ until: T0 + MINUTE });
    expect(await hints()).toContain('sweep-202601020230');
    expect(await state()).toMatchObject({ sweeping: { started_at: T0, offset: 99 } });
    await look({ until: T0 + HOUR });
    expect(await hints()).not.toContain('sweep-202601020230');
    expect(await state()).toMatchObject({ horizon: T0 });
    expect(await state()).not.toHaveProperty('sweeping');
  });

  it('goes on though nobody asks for it any more', async () => {
    const { look, calls, provisioner, state } = await newborns([born('p1', T0 - 2 * HOUR)]);
    const started_at = T0 - MINUTE;
    provisioner.state = { ...structuredClone(swept), sweeping: { started_at, offset: 99 } };
    await look();
    expect(calls).toEqual(['list all 99']);
    expect(await state()).toMatchObject({ horizon: started_at, swept_at: T0 });
  });

  it('has its place noted before hints are taken away', async () => {
    const { sweepHint, look, hints, deps } = await newborns();
    await sweepHint();
    const broken = failing(deps, 'put', undefined, layout.provisioning).store;
    await expect(look({ store: broken })).rejects.toThrow('no answer');
    expect(await hints()).toEqual(['sweep-202601020230']);
  });

  it('is made at once for an order, then every minute while the order waits', async () => {
    const { drop, look, calls, clock, provisioner } = await newborns([born('p1', T0 - HOUR)]);
    provisioner.state = structuredClone(swept);
    const after = async (ms: number): Promise<number> => {
      clock.move(ms);
      await look();
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
    const { drop, look, calls } = await newborns([phone('p1', { status: 1 })]);
    await drop('trace-1', { phones: ['p1'] });
    await look();
    expect(calls).toEqual(['show p1']);
  });

  it.each<[string, Partial<Look>, number, boolean]>([
    ['has brought phones since', {}, T0, true],
    ['has brought phones, by clocks that differ', {}, T0 - 5 * MINUTE, true],
    ['has brought none yet', {}, T0 - 5 * MINUTE - 1000, false],
    ['has brought phones, told late', { at: T0 - HOUR }, T0 - HOUR, true],
    ['was told of by a clock ahead', { at: T0 + HOUR }, T0, true],
    ['is a wish to look only', { change: 'named' }, T0 - HOUR, true],
    ['names what CPH does not know', { change: 'named', others: ['x'] }, T0 - HOUR, false],
    ['names what will be a server', { servers: ['s9'] }, T0, true],
    ['also names a phone that is not there', { phones: ['p9'], servers: ['s9'] }, T0, false],
  ])('settles an order that %s', async (_, look, newest, isDone) => {
    const world = await newborns([born('p1', newest)]);
    world.provisioner.state = structuredClone(swept);
    await world.drop('trace-1', look);
    await world.look();
    const left = (await world.hints()).filter((id) => id.startsWith('trace-'));
    expect(left).toEqual(isDone ? [] : ['trace-1']);
  });

  it('settles no order before it has ended, nor where it met no phone', async () => {
    const empty = await newborns();
    await empty.drop('trace-1', {});
    await empty.look();
    expect(await empty.hints()).toEqual(['trace-1']);
    const late = await newborns([born('p1')]);
    await late.drop('trace-1', {});
    await late.look({ until: T0 });
    expect(await late.hints()).toEqual(['trace-1']);
  });
});
