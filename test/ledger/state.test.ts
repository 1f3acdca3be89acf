import { expect, it } from 'vitest';
import { memoryStore } from '../../lib/ledger/store/memory-store.ts';
import { MAX_OBJECT_BYTES } from '../../lib/ledger/store/parts/split.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { readProvisioning, writeProvisioning } from '../../lib/ledger/state/provisioning.ts';
import { recordSkippedSlot } from '../../lib/ledger/state/notified/skipped-slots.ts';
import { readUnreadable, writeUnreadable } from '../../lib/ledger/state/notified/unreadable.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { playClock } from '../../testing/play-clock.ts';
import { T0 } from '../support/runs.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const id = (n: number) => String(n).padStart(64, '0');

it.each<[string, (store: Store) => Promise<unknown>]>([
  [
    'first backups of 100,000 phones in 10 policies',
    (store) => {
      const requested_at = Object.fromEntries(numbers(10_000).map((n) => [id(n), T0 + n]));
      const policy = { etag: 'e', on: true, requested_at };
      const policies = Object.fromEntries(numbers(10).map((n) => [`policy-${n}`, policy]));
      return writeProvisioning(store, { policies }, T0);
    },
  ],
  [
    'skipped slots of every second',
    async (store) => {
      const slots = Object.fromEntries(numbers(100_000).map((n) => [`20260102T${n}Z`, T0 + n]));
      const body = JSON.stringify({ version: 1, policy: 'nightly', slots });
      await store.put(layout.skipped('nightly'), body);
      await recordSkippedSlot(store, 'nightly', '20260102T023000Z', T0);
    },
  ],
  [
    'a thousand objects that cannot be read, with the longest keys',
    (store) => {
      const entry = { code: 'object_invalid', message: '云'.repeat(900), attempts: 1 };
      const times = { since: T0, tried_at: T0, retry_at: T0 };
      const objects = new Map(
        numbers(1_000).map((n) => [`${'k'.repeat(1_000)}${n}`, { ...entry, ...times }]),
      );
      return writeUnreadable(store, objects);
    },
  ],
])('writes %s into an object below 1 MiB', async (_, write) => {
  const store = memoryStore(playClock(T0));
  await write(store);
  const sizes = (await store.list('')).map(({ size }) => size);
  expect(Math.max(...sizes)).toBeLessThan(MAX_OBJECT_BYTES);
  expect(Math.max(...sizes)).toBeGreaterThan(100_000);
});

it('keeps the newest requests of first backups, over all policies', async () => {
  const store = memoryStore(playClock(T0));
  const requests = (from: number) =>
    Object.fromEntries(numbers(6_000).map((n) => [id(from + n), T0 + from + n]));
  const own = { etag: 'e', on: true };
  const policies = {
    old: { ...own, requested_at: requests(0) },
    new: { ...own, requested_at: requests(6_000) },
  };
  await writeProvisioning(store, { policies }, T0);
  const { policies: kept } = await readProvisioning(store);
  expect(Object.keys(kept.new?.requested_at ?? {})).toHaveLength(6_000);
  expect(Math.min(...Object.values(kept.old?.requested_at ?? {}))).toBe(T0 + 4_000);
});

it('keeps as many unreadable objects as fit, the newest first', async () => {
  const store = memoryStore(playClock(T0));
  const entry = { code: 'object_invalid', message: 'no', attempts: 1, tried_at: T0, retry_at: T0 };
  const objects = new Map(numbers(600).map((n) => [`open/${n}.json`, { ...entry, since: T0 + n }]));
  await writeUnreadable(store, objects);
  const kept = [...(await readUnreadable(store)).keys()];
  expect(kept).toHaveLength(500);
  expect(kept).toContain('open/599.json');
});
