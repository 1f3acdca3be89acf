import { expect, it } from 'vitest';
import type { StorageClass } from '../../../../local/obs/classes/classes.ts';
import { createThaws, type Tier } from '../../../../local/obs/classes/thaws.ts';
import type { ObjectRecord } from '../../../../local/obs/storage/backend.ts';
import { createRandom } from '../../../../local/simulation/random.ts';
import { createTime } from '../../../../local/simulation/time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function setUp(storageClass: StorageClass | undefined, speed = 1) {
  const clock = { now: 1_000_000 };
  const time = createTime({ now: () => clock.now, sleep: async () => undefined }, speed);
  const thaws = createThaws({ time, random: createRandom(1, 'thaws') });
  const record: ObjectRecord = {
    ...{ key: 'k', size: 1, etag: 'e', lastModified: 1, contentType: undefined, metadata: {} },
    storageClass,
  };
  return { clock, thaws, record, state: () => thaws.stateOf('b', record) };
}

it('leaves objects of other classes readable', () => {
  const { thaws, record, state } = setUp('STANDARD_IA');
  thaws.start('b', record, 1, 'Expedited');
  expect([state(), thaws.isReadable('b', record)]).toEqual([undefined, true]);
});

it.each([
  ['GLACIER', 'Expedited', MINUTE, 5 * MINUTE],
  ['GLACIER', 'Standard', 3 * HOUR, 5 * HOUR],
  ['DEEP_ARCHIVE', 'Expedited', 3 * HOUR, 5 * HOUR],
  ['DEEP_ARCHIVE', 'Standard', 5 * HOUR, 12 * HOUR],
] as [StorageClass, Tier, number, number][])(
  'makes an object of %s readable in %s time',
  (storageClass, tier, min, max) => {
    const { clock, thaws, record, state } = setUp(storageClass);
    expect(state()).toEqual({ kind: 'cold' });
    thaws.start('b', record, 1, tier);
    clock.now += min - 1;
    expect([state()?.kind, thaws.isReadable('b', record)]).toEqual(['thawing', false]);
    clock.now += max - min + 1;
    expect(state()?.kind).toBe('readable');
  },
);

it('divides the time until it is readable by the speed, not the days that it stays so', () => {
  const { clock, thaws, record, state } = setUp('GLACIER', 60);
  thaws.start('b', record, 2, 'Expedited');
  clock.now += 5_000;
  expect(state()).toEqual({ kind: 'readable', until: clock.now + 2 * DAY });
  clock.now += 2 * DAY;
  expect(state()).toEqual({ kind: 'cold' });
});

it('keeps a readable copy longer, and never shorter', () => {
  const { clock, thaws, record, state } = setUp('GLACIER');
  thaws.start('b', record, 2, 'Expedited');
  clock.now += 5 * MINUTE;
  state();
  const until = clock.now + 5 * DAY;
  thaws.start('b', record, 5, 'Expedited');
  thaws.start('b', record, 1, 'Expedited');
  expect(state()).toEqual({ kind: 'readable', until });
});
