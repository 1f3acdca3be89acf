import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { nursery } from '../../../testing/provisioning.ts';

const lookup = { change: 'created', phones: [], servers: [], others: ['x'] };

describe('the inbox', () => {
  it.each([
    ['not JSON', '{', []],
    ['of a wrong shape', JSON.stringify({ version: 1, type: 'lookup', phones: 7 }), []],
    [
      "a newer version's",
      JSON.stringify({ version: 2, type: 'lookup', ...lookup }),
      ['open/hints/trace-odd.json'],
    ],
  ])('is not held up by a hint that is %s', async (_, body, left) => {
    const world = await nursery();
    const { store } = world.invocation().deps;
    await store.put(layout.hint('trace-odd'), body);
    const [created] = await world.buy(1);
    await world.fire({ cts: created });
    await world.minutes(10);
    expect(world.exported()).toEqual([created?.resource_id]);
    expect(await world.inbox()).toEqual(left);
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: 'error', event: 'hint_unreadable', hint: 'trace-odd' }),
    );
  });

  it('leaves alone what is no hint, and does nothing for it', async () => {
    const world = await nursery();
    const { store } = world.invocation().deps;
    await store.put(layout.hint('note'), 'for later');
    expect(await world.drive()).toEqual({ kind: 'idle', open: 0 });
    expect(await world.inbox()).toEqual(['open/hints/note.json']);
  });

  it('takes a reset of tomorrow for no news of its own', async () => {
    const world = await nursery();
    const [phone] = await world.cloud.control.phones();
    const trace = await world.reset(phone?.phone_id ?? '');
    const event = { cts: { ...trace, time: world.clock.now() + 86_400_000 } };
    for (let round = 0; round < 3; round += 1) {
      await world.fire(event);
      await world.minutes(12, 2);
    }
    expect(world.exported()).toEqual([phone?.phone_id]);
  });

  it.each<[string, (now: number) => object]>([
    ['lies ahead', (now) => ({ time: now + 86_400_000 })],
    ['has no zone', () => ({ time: '2026-01-01 02:30:00', record_time: null })],
  ])(
    'says so when the time of a reset %s: a phone that has its first backup gets no other',
    async (_, told) => {
      const world = await nursery();
      const [created] = await world.buy(1);
      await world.fire({ cts: created });
      await world.minutes(10);
      const trace = await world.reset(created?.resource_id ?? '');
      await world.fire({ cts: { ...trace, ...told(world.clock.now()) } });
      await world.minutes(12);
      expect(world.exported()).toEqual([created?.resource_id]);
      const [hint] = world.lines.filter(({ event }) => event === 'hint_time_invalid');
      expect(hint).toMatchObject({
        level: 'warn',
        hint: expect.stringMatching(/^trace-/) as string,
      });
    },
  );

  it('holds a hint while CPH does not answer', async () => {
    const world = await nursery();
    const [created] = await world.buy(1);
    await world.fire({ cts: created });
    world.cloud.control.addFault({
      service: 'cph',
      operation: 'show-phone',
      kind: 'error',
      status: 503,
    });
    await world.minutes(10, 2);
    expect(await world.inbox()).toHaveLength(1);
    world.cloud.control.clearFaults();
    await world.minutes(6);
    expect(world.exported()).toEqual([created?.resource_id]);
  });
});
