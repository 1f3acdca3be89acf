import { expect, it } from 'vitest';
import { putFreshnessHint } from '../../../lib/ledger/hints/freshness.ts';
import { putHeartbeat } from '../../../lib/ledger/hints/heartbeat.ts';
import { requestInventory } from '../../../lib/ledger/hints/inventory-request.ts';
import { MAX_IDS_PER_HINT, putLookup } from '../../../lib/ledger/hints/lookup.ts';
import { putMissed } from '../../../lib/ledger/hints/missed-slots.ts';
import { putSweep } from '../../../lib/ledger/hints/sweep.ts';
import { putUnreadablePolicy } from '../../../lib/ledger/hints/unreadable-policy.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { MAX_OBJECT_BYTES } from '../../../lib/ledger/store/parts/split.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { T0 } from '../../support/runs.ts';

it('hints stay below the size of an object, whatever they hold', async () => {
  const store = memoryStore(playClock());
  const policy = 'p'.repeat(32);
  const ids = Array.from({ length: MAX_IDS_PER_HINT }, (_, n) => String(n).padStart(64, 'x'));
  const timezone = 'America/Argentina/Buenos_Aires';
  await putLookup(store, {
    id: 'trace-1',
    lookup: { change: 'requested', at: T0, phones: ids, servers: ids, others: ids, policy },
  });
  await putMissed(store, {
    ...{ policy, reason: 'superseded', slots: 1_000_000 },
    ...{ first: '20260102T100000Z', last: '20270102T100000Z' },
  });
  await putFreshnessHint(store, { policy, at: T0, language: 'zh' });
  await putHeartbeat(store, { slot: T0, since: T0, date: '20260102', language: 'zh', timezone });
  await requestInventory(store, { policy, requested_at: T0 });
  await putSweep(store, T0);
  await putUnreadablePolicy(store, { policy });
  const sizes = (await store.list('open/hints/')).map(({ size }) => size);
  expect(sizes).toHaveLength(7);
  expect(Math.max(...sizes)).toBeLessThan(MAX_OBJECT_BYTES / 2);
});
