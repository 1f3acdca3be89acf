import { describe, expect, it } from 'vitest';
import { readReadings, writeReadings } from '../../../lib/ledger/fleet/readings.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { MAX_OBJECT_BYTES } from '../../../lib/ledger/store/parts/split.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { T0 } from '../../support/runs.ts';

const shown = (n: number) => ({
  phone_id: `p${n}`,
  read_at: T0 + n,
  phone: {
    ...{ phone_id: `p${n}`, phone_name: 'g'.repeat(65), server_id: 's'.repeat(32) },
    ...{ status: 'running', image_version: 'AOSP 7.0' },
  },
});

describe('the readings', () => {
  it('are read as they were written, and empty when they are absent or invalid', async () => {
    const store = memoryStore(playClock(T0));
    expect(await readReadings(store)).toEqual({ phones: [], tags: [] });
    const readings = {
      phones: [shown(1), { phone_id: 'gone', read_at: T0 }],
      tags: [{ tags: '[["env",[]]]', read_at: T0, servers: ['s1'] }],
    };
    await writeReadings(store, readings);
    expect(await readReadings(store)).toEqual(readings);
    await store.put('state/readings.json', '{"version":1}');
    expect(await readReadings(store)).toEqual({ phones: [], tags: [] });
  });

  it('fit into one object, the first ones kept', async () => {
    const store = memoryStore(playClock(T0));
    const phones = Array.from({ length: 9_000 }, (_, n) => shown(n));
    const servers = Array.from({ length: 1_000 }, (_, n) => `${n}`.padStart(32, '0'));
    const tags = Array.from({ length: 900 }, (_, n) => ({ tags: `${n}`, read_at: T0, servers }));
    await writeReadings(store, { phones, tags });
    const body = (await store.get('state/readings.json'))?.body ?? '';
    expect(Buffer.byteLength(body)).toBeLessThan(MAX_OBJECT_BYTES);
    const read = await readReadings(store);
    expect(read.phones.at(0)).toEqual(shown(0));
    expect(read.tags.at(0)?.tags).toBe('0');
  });
});
