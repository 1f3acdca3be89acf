import { describe, expect, it } from 'vitest';
import type { Lookup } from '../../../lib/ledger/hints/lookup.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { LeaseLost } from '../../../lib/errors.ts';
import { phone } from '../../support/fleet.ts';
import { failing } from '../../support/listening.ts';
import { newborns } from '../../support/newborns.ts';
import { reading } from '../../support/reading.ts';
import { MINUTE, openRun, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;

const sortedWaits = (fields?: object): object => {
  const { waited_for = '' } = (fields ?? {}) as { waited_for?: string };
  return { ...fields, waited_for: waited_for.split(', ').sort() };
};

describe('reconcile', () => {
  it('requests the first backup of a phone, and removes the hint after that', async () => {
    const { drop, lookup, clock, hints, asked, deps, state } = await newborns([phone('p1')]);
    await drop('trace-1', { phones: ['p1'] });
    expect(await lookup()).toBe(0);
    expect([await hints(), await asked()]).toEqual([['trace-1'], []]);
    expect((await state()).policies.newborn).toMatchObject({ on: true, since: T0 - 10 * MINUTE });
    clock.move(5 * MINUTE);
    await expect(lookup({ store: failing(deps, 'put').store })).rejects.toThrow('no answer');
    await expect(lookup({ held: false })).rejects.toThrow(LeaseLost);
    expect([await hints(), await asked()]).toEqual([['trace-1'], []]);
    expect(await lookup()).toBe(1);
    expect([await hints(), await asked()]).toEqual([[], [['p1']]]);
    expect(await lookup()).toBe(0);
  });

  it('removes hints without any call when no policy has on_provisioned', async () => {
    const { drop, sweepHint, lookup, hints, calls, firstBackups, state } = await newborns(
      [phone('p1')],
      {},
    );
    firstBackups.state = { policies: {}, sweeping: { started_at: 1, offset: 99 } };
    await drop('trace-1', { phones: ['p1'] });
    await sweepHint();
    expect(await lookup()).toBe(0);
    expect([await hints(), calls]).toEqual([[], []]);
    expect(firstBackups.known.size).toBe(0);
    expect((await state()).policies.newborn?.on).toBe(false);
    expect(await state()).not.toHaveProperty('sweeping');
  });

  it.each([
    ['some policy gives first backups', undefined],
    ['none does', {}],
  ])('leaves hints of other kinds alone where %s', async (_, newborn) => {
    const { sweepHint, lookup, hints, store } = await newborns([], newborn);
    const other = ['missed-nightly-1', 'stale-nightly-1', 'heartbeat-20260102'];
    for (const id of other) await store.put(layout.hint(id), '{}');
    await sweepHint();
    await lookup();
    expect((await hints()).sort()).toEqual(other.sort());
  });

  it('reads each hint once a drive, and forgets finished ones', async () => {
    const { drop, lookup, clock, firstBackups } = await newborns([phone('p1')]);
    await drop('trace-1', { phones: ['p1'] });
    await lookup();
    expect([...firstBackups.known.keys()]).toEqual(['trace-1']);
    clock.move(5 * MINUTE);
    await lookup();
    expect([...firstBackups.known.keys()]).toEqual([]);
  });

  it('writes nothing while nothing changes', async () => {
    const { drop, lookup, store, clock } = await newborns([phone('p1', { status: 'creating' })]);
    await drop('trace-1', { phones: ['p1'] });
    await lookup();
    clock.move(MINUTE);
    expect(await lookup({ store: reading(store) })).toBe(0);
  });

  it('counts phones as new from before the first waiting hint, at most two hours', async () => {
    const since = async (lookup: Partial<Lookup>): Promise<number | undefined> => {
      const world = await newborns();
      await world.drop('trace-1', { phones: ['p1'], ...lookup });
      world.clock.move(30 * MINUTE);
      await world.drop('trace-2', { phones: ['p2'] });
      await world.lookup();
      return (await world.state()).policies.newborn?.since;
    };
    expect(await since({})).toBe(T0 - 10 * MINUTE);
    expect(await since({ at: T0 - 20 * MINUTE })).toBe(T0 - 30 * MINUTE);
    expect(await since({ at: T0 + HOUR })).toBe(T0 - 10 * MINUTE);
    expect(await since({ at: T0 - 3 * HOUR })).toBe(T0 - 90 * MINUTE);
  });

  it('counts phones as new from now on when no hint waits', async () => {
    const { lookup, sweepHint, state } = await newborns();
    await sweepHint();
    await lookup();
    expect((await state()).policies.newborn?.since).toBe(T0);
  });

  it('fetches phones without a first backup, and all servers', async () => {
    const { drop, lookup, calls, firstBackups } = await newborns([phone('p1'), phone('p3')]);
    const given = { p1: T0, x1: T0 };
    firstBackups.state = { policies: { newborn: { etag: 'e1', on: true, since: 0, given } } };
    await drop('trace-1', { phones: ['p1', 'p2'], servers: ['s1'], others: ['x1', 'p3'] });
    await lookup();
    expect(calls.slice().sort()).toEqual(['list s1 0', 'show p2', 'show p3']);
  });

  it('fetches nothing when its time is up, and keeps the hint', async () => {
    const { drop, lookup, hints, calls, clock } = await newborns([phone('p1')]);
    await drop('trace-1', { phones: ['p1'] });
    clock.move(5 * MINUTE);
    expect(await lookup({ until: clock.now() })).toBe(0);
    expect([await hints(), calls]).toEqual([['trace-1'], []]);
  });

  it('waits for a phone that a run is exporting', async () => {
    const { drop, lookup, clock, hints } = await newborns([phone('p1')]);
    await drop('trace-1', { phones: ['p1'] });
    clock.move(5 * MINUTE);
    const run = openRun('newborn-1', [{ ...phone('p1') }]);
    run.request.policy = 'newborn';
    expect(await lookup({ runs: [run] })).toBe(0);
    expect(await hints()).toEqual(['trace-1']);
    expect(await lookup()).toBe(1);
  });

  it('removes a hint after two hours, and logs what it waited for', async () => {
    const { drop, lookup, clock, hints, lines } = await newborns([
      phone('p1', { status: 'stopped' }),
    ]);
    await drop('trace-1', { phones: ['p1', 'p2'] });
    await drop('trace-2', {});
    clock.move(2 * HOUR - 1);
    await drop('trace-3', { phones: ['p1'] });
    await lookup();
    expect([await hints(), lines]).toEqual([['trace-1', 'trace-2', 'trace-3'], []]);
    clock.move(1);
    await lookup();
    expect(await hints()).toEqual(['trace-3']);
    const dropped = [
      { hint: 'trace-1', unresolved: 2, waited_for: 'p2 not_found, p1 stopped' },
      { hint: 'trace-2', unresolved: 1, waited_for: 'order order' },
    ];
    expect(lines.map(([level, event, fields]) => [level, event, sortedWaits(fields)])).toEqual(
      dropped.map((fields) => ['warn', 'hint_expired', sortedWaits(fields)]),
    );
  });

  it('logs 20 of the ids that an expired hint waited for', async () => {
    const { drop, lookup, clock, lines } = await newborns();
    const phones = Array.from({ length: 21 }, (_, n) => `p${n}`);
    await drop('trace-1', { phones });
    clock.move(2 * HOUR);
    await lookup();
    const [fields] = lines.map(([, , told]) => told as { unresolved: number; waited_for: string });
    expect(fields?.unresolved).toBe(21);
    expect(fields?.waited_for.split(', ')).toHaveLength(20);
  });
});
