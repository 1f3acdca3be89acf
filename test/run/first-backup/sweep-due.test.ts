import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import type { Lookup } from '../../../lib/ledger/hints/lookup.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Provisioning } from '../../../lib/ledger/state/provisioning.ts';
import { phone } from '../../support/fleet.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { firstBackupScene } from '../../support/first-backup-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const created = (id: string, at = T0): Phone => phone(id, { created_at: at });

describe('a sweep for new phones', () => {
  const sweptBefore: Provisioning = {
    policies: { newphones: { etag: 'e1', on: true, since: T0 - HOUR, requested_at: {} } },
    ...{ horizon: T0 - 15 * MINUTE, swept_at: T0 - 15 * MINUTE },
  };

  it('is made once for a request', async () => {
    const { sweepHint, reconcile, hints, calls, state } = await firstBackupScene([
      created('p1', T0 - 2 * HOUR),
    ]);
    await sweepHint();
    await reconcile();
    expect(calls).toEqual(['list all 0']);
    expect(await hints()).toEqual([]);
    expect(await state()).toMatchObject({ horizon: T0, swept_at: T0 });
    await sweepHint();
    await reconcile();
    expect(calls).toHaveLength(1);
    expect(await hints()).toEqual([]);
  });

  it('is not made without a request', async () => {
    const { reconcile, calls } = await firstBackupScene([created('p1')]);
    await reconcile();
    expect(calls).toEqual([]);
  });

  it('is not made before the 15 minutes of its request begin', async () => {
    const { sweepHint, reconcile, hints, calls, clock } = await firstBackupScene([created('p1')]);
    await sweepHint(T0 + 15 * MINUTE);
    clock.move(15 * MINUTE - 1);
    await reconcile();
    expect([await hints(), calls]).toEqual([['sweep-202601020245'], []]);
    clock.move(1);
    await reconcile();
    expect([await hints(), calls]).toEqual([[], ['list all 0']]);
  });

  it.each([
    ['15 minutes', 15 * MINUTE],
    ['a millisecond', 1],
  ])('is made for a request of the next 15 minutes, %s after the last sweep', async (_, ago) => {
    const { sweepHint, reconcile, calls, firstBackups } = await firstBackupScene();
    firstBackups.state = { ...structuredClone(sweptBefore), horizon: T0 - ago, swept_at: T0 - ago };
    await sweepHint();
    await reconcile();
    expect(calls).toEqual(['list all 0']);
  });

  it('finds phones that no hint names, and phones whose hint is for one policy', async () => {
    const phones = ['p1', 'p2', 'p3', 'p4'].map((id) => created(id));
    const { putHint, sweepHint, reconcile, hints, store, firstBackups } =
      await firstBackupScene(phones);
    firstBackups.state = structuredClone(sweptBefore);
    await putHint('trace-1', { phones: ['p1'], others: ['p2'] });
    await putHint('message-1', { phones: ['p3'], change: 'requested', policy: 'newphones' });
    await sweepHint();
    await reconcile();
    const found = (await hints()).find((id) => id.startsWith('discovered-')) ?? '';
    const object = await store.get(layout.hint(found));
    expect(JSON.parse(object?.body ?? '')).toMatchObject({ phones: ['p3', 'p4'] });
  });

  it.each<[string, Provisioning]>([
    ['a later sweep', sweptBefore],
    ['the first sweep', { policies: {} }],
  ])(
    'continues where its time ended, and keeps its hint until it has ended: %s',
    async (_, before) => {
      const { sweepHint, reconcile, hints, clock, firstBackups, cph, state } =
        await firstBackupScene(Array.from({ length: 150 }, (_unused, n) => created(`p${n}`)));
      firstBackups.state = structuredClone(before);
      await sweepHint();
      const list = cph.listPhones;
      cph.listPhones = (query) => (clock.move(MINUTE), list(query));
      await reconcile({ until: T0 + MINUTE });
      expect(await hints()).toContain('sweep-202601020230');
      expect(await state()).toMatchObject({ sweeping: { started_at: T0, offset: 99 } });
      await reconcile({ until: T0 + HOUR });
      expect(await hints()).not.toContain('sweep-202601020230');
      expect(await state()).toMatchObject({ horizon: T0 });
      expect(await state()).not.toHaveProperty('sweeping');
    },
  );

  it('continues an unfinished sweep without another request', async () => {
    const { reconcile, calls, firstBackups, state } = await firstBackupScene([
      created('p1', T0 - 2 * HOUR),
    ]);
    const started_at = T0 - MINUTE;
    firstBackups.state = { ...structuredClone(sweptBefore), sweeping: { started_at, offset: 99 } };
    await reconcile();
    expect(calls).toEqual(['list all 99']);
    expect(await state()).toMatchObject({ horizon: started_at, swept_at: T0 });
  });

  it('stores its progress before hints are removed', async () => {
    const { sweepHint, reconcile, hints, deps } = await firstBackupScene();
    await sweepHint();
    const broken = withFailingStore(deps, 'put', undefined, layout.provisioning).store;
    await expect(reconcile({ store: broken })).rejects.toThrow('no response');
    expect(await hints()).toEqual(['sweep-202601020230']);
  });

  it('is made at once for a new order, then every minute while an order waits', async () => {
    const { putHint, reconcile, calls, clock, firstBackups } = await firstBackupScene([
      created('p1', T0 - HOUR),
    ]);
    firstBackups.state = structuredClone(sweptBefore);
    const after = async (ms: number): Promise<number> => {
      clock.move(ms);
      await reconcile();
      return calls.length;
    };
    await putHint('trace-1', {});
    expect(await after(1)).toBe(1);
    expect(await after(MINUTE - 1)).toBe(1);
    expect(await after(1)).toBe(2);
    await putHint('trace-2', {});
    expect(await after(0)).toBe(3);
  });

  it('is not made for a hint that waits for anything but an order', async () => {
    const { putHint, reconcile, calls } = await firstBackupScene([
      phone('p1', { status: 'creating' }),
    ]);
    await putHint('trace-1', { phones: ['p1'] });
    await reconcile();
    expect(calls).toEqual(['show p1']);
  });

  it.each<[string, Partial<Lookup>, number, boolean]>([
    ['is done when a phone is as new as the order', {}, T0, true],
    [
      'is done when a phone is up to 5 minutes older, since clocks differ',
      {},
      T0 - 5 * MINUTE,
      true,
    ],
    ['waits while all phones are older', {}, T0 - 5 * MINUTE - 1000, false],
    [
      'is done when a phone is as new as the time in a late trace',
      { at: T0 - HOUR },
      T0 - HOUR,
      true,
    ],
    [
      'is done when its trace has a time in the future and a phone is as new as the hint',
      { at: T0 + HOUR },
      T0,
      true,
    ],
    [
      'is done after the sweep when it only requests a sweep',
      { change: 'requested' },
      T0 - HOUR,
      true,
    ],
    [
      'waits when it requests an id that CPH does not know',
      { change: 'requested', others: ['x'] },
      T0 - HOUR,
      false,
    ],
    ['is done when it names a server that has no phones yet', { servers: ['s9'] }, T0, true],
    [
      'waits when it also names a phone that does not exist',
      { phones: ['p9'], servers: ['s9'] },
      T0,
      false,
    ],
  ])(
    'ends the hint of an order when it has found its phones: it %s',
    async (_, lookup, newest, isDone) => {
      const world = await firstBackupScene([created('p1', newest)]);
      world.firstBackups.state = structuredClone(sweptBefore);
      await world.putHint('trace-1', lookup);
      await world.reconcile();
      const left = (await world.hints()).filter((id) => id.startsWith('trace-'));
      expect(left).toEqual(isDone ? [] : ['trace-1']);
    },
  );

  it('keeps the hint of an order when it is unfinished or found no phone', async () => {
    const empty = await firstBackupScene();
    await empty.putHint('trace-1', {});
    await empty.reconcile();
    expect(await empty.hints()).toEqual(['trace-1']);
    const unfinished = await firstBackupScene([created('p1')]);
    await unfinished.putHint('trace-1', {});
    await unfinished.reconcile({ until: T0 });
    expect(await unfinished.hints()).toEqual(['trace-1']);
  });
});
