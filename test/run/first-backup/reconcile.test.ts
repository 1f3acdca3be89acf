import { describe, expect, it } from 'vitest';
import { readResets } from '../../../lib/ledger/catalogue/rebuild/resets.ts';
import type { Lookup } from '../../../lib/ledger/hints/lookup.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { LeaseLost, PhonevaultError } from '../../../lib/errors.ts';
import { stamp } from '../../../lib/policy/keys/stamp.ts';
import { phone } from '../../support/fleet.ts';
import { recordReads, withFailingStore } from '../../support/fake-stores.ts';
import { policyText } from '../../support/policy-text.ts';
import { firstBackupScene } from '../../support/first-backup-scene.ts';
import { MINUTE, openRun, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('reconcile', () => {
  it('requests the first backup of a phone, and only then removes the hint', async () => {
    const { putHint, reconcile, clock, hints, requested, deps, state } = await firstBackupScene([
      phone('p1'),
    ]);
    await putHint('trace-1', { phones: ['p1'] });
    expect(await reconcile()).toBe(0);
    expect([await hints(), await requested()]).toEqual([['trace-1'], []]);
    expect((await state()).policies.newphones).toMatchObject({ on: true, since: T0 - 10 * MINUTE });
    clock.move(5 * MINUTE);
    await expect(reconcile({ store: withFailingStore(deps, 'put').store })).rejects.toThrow(
      'no response',
    );
    await expect(reconcile({ held: false })).rejects.toThrow(LeaseLost);
    expect([await hints(), await requested()]).toEqual([['trace-1'], []]);
    expect(await reconcile()).toBe(1);
    expect([await hints(), await requested()]).toEqual([[], [['p1']]]);
    expect(await reconcile()).toBe(0);
  });

  it.each([
    ['a policy has on_provisioned', undefined],
    ['no policy has on_provisioned', {}],
  ])('records when phones were reset, when %s', async (_, policy) => {
    const { putHint, reconcile, store } = await firstBackupScene([phone('p1')], policy);
    await putHint('trace-1', { change: 'reset', at: T0 - MINUTE, phones: ['p1', 'p2'] });
    await putHint('trace-2', { change: 'reset', at: T0 - 2 * MINUTE, phones: ['p2'] });
    await putHint('trace-3', { change: 'created', at: T0, phones: ['p3'] });
    await reconcile();
    expect(Object.fromEntries(await readResets(store))).toEqual({
      p1: T0 - MINUTE,
      p2: T0 - MINUTE,
    });
  });

  it('removes hints without any call when no policy has on_provisioned', async () => {
    const { putHint, sweepHint, reconcile, hints, calls, firstBackups, state } =
      await firstBackupScene([phone('p1')], {});
    firstBackups.state = { policies: {}, sweeping: { started_at: 1, offset: 99 } };
    await putHint('trace-1', { phones: ['p1'] });
    await sweepHint();
    expect(await reconcile()).toBe(0);
    expect([await hints(), calls]).toEqual([[], []]);
    expect(firstBackups.known.size).toBe(0);
    expect((await state()).policies.newphones?.on).toBe(false);
    expect(await state()).not.toHaveProperty('sweeping');
  });

  it.each([
    ['a policy has on_provisioned', undefined],
    ['no policy has on_provisioned', {}],
  ])('leaves hints of other kinds alone when %s', async (_, policy) => {
    const { sweepHint, reconcile, hints, store } = await firstBackupScene([], policy);
    const other = ['missed-nightly-1', 'stale-nightly-1', 'heartbeat-20260102', 'note'];
    for (const id of other) await store.put(layout.hint(id), '{}');
    await sweepHint();
    await reconcile();
    expect((await hints()).sort()).toEqual(other.sort());
  });

  it('reads each hint once a drive, and forgets finished hints', async () => {
    const { putHint, reconcile, clock, firstBackups } = await firstBackupScene([phone('p1')]);
    await putHint('trace-1', { phones: ['p1'] });
    await reconcile();
    expect([...firstBackups.known.keys()]).toEqual(['trace-1']);
    clock.move(5 * MINUTE);
    await reconcile();
    expect([...firstBackups.known.keys()]).toEqual([]);
  });

  it('writes nothing while nothing changes', async () => {
    const { putHint, reconcile, store, clock } = await firstBackupScene([
      phone('p1', { status: 'creating' }),
    ]);
    await putHint('trace-1', { phones: ['p1'] });
    await reconcile();
    clock.move(MINUTE - 1);
    expect(await reconcile({ store: recordReads(store) })).toBe(0);
  });

  it('counts phones as new from 10 minutes before the first waiting hint, at most from two hours ago', async () => {
    const since = async (lookup: Partial<Lookup>): Promise<number | undefined> => {
      const world = await firstBackupScene();
      await world.putHint('trace-1', { phones: ['p1'], ...lookup });
      world.clock.move(30 * MINUTE);
      await world.putHint('trace-2', { phones: ['p2'] });
      await world.reconcile();
      return (await world.state()).policies.newphones?.since;
    };
    expect(await since({})).toBe(T0 - 10 * MINUTE);
    expect(await since({ at: T0 - 20 * MINUTE })).toBe(T0 - 30 * MINUTE);
    expect(await since({ at: T0 + HOUR })).toBe(T0 - 10 * MINUTE);
    expect(await since({ at: T0 - 3 * HOUR })).toBe(T0 - 90 * MINUTE);
  });

  it('counts phones as new from now when no hint waits', async () => {
    const { reconcile, sweepHint, state } = await firstBackupScene();
    await sweepHint();
    await reconcile();
    expect((await state()).policies.newphones?.since).toBe(T0);
  });

  it('fetches phones without a first backup, and all servers', async () => {
    const { putHint, reconcile, calls, firstBackups } = await firstBackupScene([
      phone('p1'),
      phone('p3'),
    ]);
    const requested_at = { p1: T0, x1: T0 };
    firstBackups.state = {
      policies: { newphones: { etag: 'e1', on: true, since: 0, requested_at } },
    };
    await putHint('trace-1', { phones: ['p1', 'p2'], servers: ['s1'], others: ['x1', 'p3'] });
    await reconcile();
    expect(calls.slice().sort()).toEqual(['list s1 0', 'show p2', 'show p3']);
  });

  it('fetches nothing when its time is up, and keeps the hint', async () => {
    const { putHint, reconcile, hints, calls, clock } = await firstBackupScene([phone('p1')]);
    await putHint('trace-1', { phones: ['p1'] });
    clock.move(5 * MINUTE);
    expect(await reconcile({ until: clock.now() })).toBe(0);
    expect([await hints(), calls]).toEqual([['trace-1'], []]);
  });

  it('keeps a hint while CPH does not respond', async () => {
    const { putHint, reconcile, clock, cph, hints, requested } = await firstBackupScene([
      phone('p1'),
    ]);
    await putHint('trace-1', { phones: ['p1'] });
    clock.move(5 * MINUTE);
    const show = cph.showPhone;
    cph.showPhone = () => Promise.reject(new Error('no answer'));
    await expect(reconcile()).rejects.toThrow('no answer');
    expect([await hints(), await requested()]).toEqual([['trace-1'], []]);
    cph.showPhone = show;
    expect(await reconcile()).toBe(1);
  });

  it('requests the first backups of a policy while the tags of another are refused', async () => {
    const { putHint, reconcile, clock, hints, requested, cph, store, lines } =
      await firstBackupScene([phone('p1')]);
    const select = '{ server_tags: { env: [prod] } }';
    await store.put(layout.policy('a'), policyText('a', { on_provisioned: 'true', select }));
    const { serversByTags } = cph;
    cph.serversByTags = () => Promise.reject(new PhonevaultError('access_denied', 'no right'));
    await putHint('trace-1', { phones: ['p1'] });
    clock.move(5 * MINUTE);
    expect(await reconcile()).toBe(1);
    expect([await hints(), await requested()]).toEqual([['trace-1'], [['p1']]]);
    const fields = { policy: 'a', code: 'access_denied', message: 'no right' };
    expect(lines).toContainEqual(['warn', 'first_backups_delayed', fields]);
    cph.serversByTags = async (tags) => (await serversByTags(tags), ['s1']);
    clock.move(10 * MINUTE);
    expect(await reconcile()).toBe(1);
    expect([await hints(), await requested()]).toEqual([[], [['p1'], ['p1']]]);
  });

  it('waits for a phone that a run is exporting', async () => {
    const { putHint, reconcile, clock, hints } = await firstBackupScene([phone('p1')]);
    await putHint('trace-1', { phones: ['p1'] });
    clock.move(5 * MINUTE);
    const run = openRun('newphones-1', [{ ...phone('p1') }]);
    run.request.policy = 'newphones';
    expect(await reconcile({ runs: [run] })).toBe(0);
    expect(await hints()).toEqual(['trace-1']);
    clock.move(2 * MINUTE);
    expect(await reconcile()).toBe(1);
  });

  it('gives up phones and orders that CPH does not show after two hours, and logs it', async () => {
    const { putHint, reconcile, clock, hints, lines } = await firstBackupScene([
      phone('p1', { status: 'creating' }),
    ]);
    await putHint('trace-1', { phones: ['p1', 'p2'] });
    await putHint('trace-2', {});
    await putHint('trace-3', { phones: ['p3'] });
    clock.move(2 * HOUR - 1);
    await reconcile();
    expect([await hints(), lines]).toEqual([['trace-1', 'trace-2', 'trace-3'], []]);
    clock.move(15 * MINUTE);
    await reconcile();
    expect(await hints()).toEqual(['trace-1']);
    const expired = [
      { hint: 'trace-2', unresolved: 1, waited_for: 'order order' },
      { hint: 'trace-3', unresolved: 1, waited_for: 'p3 not_found' },
    ];
    expect(lines).toEqual(expired.map((fields) => ['warn', 'hint_expired', fields]));
  });

  it('waits for a day for a phone that CPH shows, then asks for a message a policy', async () => {
    const { putHint, reconcile, clock, hints, lines, store, body } = await firstBackupScene([
      phone('p1', { status: 'creating' }),
    ]);
    const narrow = { on_provisioned: 'true', select: '{ name: "game-p2" }' };
    await store.put(layout.policy('other'), policyText('other', narrow));
    await putHint('trace-1', { phones: ['p1', 'p2'] });
    clock.move(DAY - 1);
    await reconcile();
    expect([await hints(), lines]).toEqual([['trace-1'], []]);
    clock.move(15 * MINUTE);
    await reconcile();
    const [missed = '', ...others] = await hints();
    expect(others).toEqual([]);
    expect(missed).toMatch(/^missed-newphones-first-[0-9a-f]{16}$/);
    expect(await body(layout.hint(missed))).toMatchObject({
      ...{ policy: 'newphones', reason: 'phones_not_ready', slots: 0 },
      ...{ first: stamp(T0), last: stamp(T0 + DAY + 15 * MINUTE - 1) },
      first_backups: {
        count: 1,
        phones: [{ phone_id: 'p1', phone_name: 'game-p1', reason: 'creating' }],
      },
    });
    const waited_for = 'p1 creating, p2 not_found';
    const fields = { hint: 'trace-1', unresolved: 2, waited_for };
    expect(lines).toEqual([['warn', 'hint_expired', fields]]);
  });

  it('looks at a waiting phone with growing pauses, and backs it up when it runs', async () => {
    const { putHint, reconcile, clock, phones, calls, requested, lines } = await firstBackupScene([
      phone('p1', { status: 'creating' }),
    ]);
    await putHint('trace-1', { phones: ['p1'] });
    const minutes: number[] = [];
    for (let minute = 0; minute < 12 * 60; minute += 1) {
      const before = calls.length;
      await reconcile();
      if (calls.length > before) minutes.push(minute);
      clock.move(MINUTE);
    }
    expect(minutes.slice(0, 12)).toEqual([0, 1, 2, 3, 4, 5, 7, 9, 12, 15, 19, 24]);
    expect(minutes.filter((minute) => minute >= 60)).toHaveLength(44);
    phones.splice(0, 1, phone('p1'));
    for (let minute = 0; minute < 16; minute += 1) {
      await reconcile();
      clock.move(MINUTE);
    }
    expect(await requested()).toEqual([['p1']]);
    expect(lines.filter(([level]) => level === 'warn')).toEqual([]);
  });

  it.each([
    ['equal', () => 'prod', 1],
    ['different', (n: number) => `prod${n}`, 40],
  ])('reads policies with %s tags only when a phone may be due', async (_, value, tagCalls) => {
    const world = await firstBackupScene([phone('p1', { status: 'creating' })], {});
    const { putHint, sweepHint, reconcile, clock, calls, store, firstBackups } = world;
    for (let n = 0; n < 40; n += 1) {
      const select = `{ server_tags: { env: [${value(n)}] } }`;
      const text = policyText(`p${n}`, { on_provisioned: 'true', select });
      await store.put(layout.policy(`p${n}`), text);
    }
    world.cph.serversByTags = async () => (calls.push('tags'), ['s1']);
    await putHint('trace-1', { phones: ['p1'] });
    const read = recordReads(store);
    const counted = { ...store, get: read.get };
    for (let minute = 0; minute < 30; minute += 1) {
      if (minute % 15 === 0) await sweepHint();
      // Each minute another drive begins.
      firstBackups.state = undefined;
      firstBackups.files.clear();
      firstBackups.known.clear();
      await reconcile({ store: counted });
      clock.move(MINUTE);
    }
    const of = (list: string[], what: string) => list.filter((one) => one.includes(what)).length;
    const cost = { policies: of(read.reads, 'policies/p'), tags: of(calls, 'tags') };
    expect(cost).toEqual({ policies: 2 * 40, tags: 2 * tagCalls });
    expect([of(calls, 'show'), of(calls, 'list')]).toEqual([12, 2]);
  });

  it('logs 20 of the ids that an expired hint waited for', async () => {
    const { putHint, reconcile, clock, lines } = await firstBackupScene();
    const phones = Array.from({ length: 21 }, (_, n) => `p${n}`);
    await putHint('trace-1', { phones });
    clock.move(DAY);
    await reconcile();
    const [fields] = lines.map(
      ([, , fields]) => fields as { unresolved: number; waited_for: string },
    );
    expect(fields?.unresolved).toBe(21);
    expect(fields?.waited_for.split(', ')).toHaveLength(20);
  });
});
