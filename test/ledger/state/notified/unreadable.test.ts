import { describe, expect, it } from 'vitest';
import {
  readUnreadable,
  type Unreadable,
  writeUnreadable,
} from '../../../../lib/ledger/state/notified/unreadable.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { T0 } from '../../../support/runs.ts';
import { cacheSuite } from '../cache-suite.ts';

const entry = (since: number): Unreadable => ({
  ...{ code: 'object_unreadable', message: 'denied', since, attempts: 1 },
  ...{ tried_at: since, retry_at: since + 20_000 },
});
const objects = new Map([['policies/nightly.yaml', entry(T0)]]);

cacheSuite('the objects that cannot be read', {
  key: layout.unreadable,
  write: (store) => writeUnreadable(store, objects),
  read: readUnreadable,
  value: objects,
  absent: new Map(),
});

describe('writeUnreadable', () => {
  it('keeps the newest 500 objects, each with a short message', async () => {
    const store = memoryStore(playClock());
    const many = Array.from({ length: 501 }, (_, n) => [
      `open/hints/${n}.json`,
      { ...entry(T0 + n), message: 'm'.repeat(9_999) },
    ]) as [string, Unreadable][];
    await writeUnreadable(store, new Map(many));
    const kept = await readUnreadable(store);
    expect(kept.size).toBe(500);
    expect(kept.has('open/hints/0.json')).toBe(false);
    expect(kept.get('open/hints/1.json')?.message).toHaveLength(500);
  });
});
