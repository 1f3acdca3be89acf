import { expect, it } from 'vitest';
import { waitingFor } from '../../../../lib/run/first-backup/hints/pauses.ts';
import type { PendingHint } from '../../../../lib/run/first-backup/hints/pending-hints.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 2);

const hint = (id: string): PendingHint => ({
  id,
  lookup: { change: 'requested', phones: [], servers: [], others: [] },
  writtenAt: NOW,
  generation: 0,
});

it('reads a hint that could not be read again within a minute, however long the others wait', () => {
  const times = { next: NOW + 15 * MINUTE, now: NOW };
  const all = [hint('message-1'), hint('message-2')];
  const ids = all.map(({ id }) => id);
  expect(waitingFor(ids, all, times).next_at).toBe(NOW + 15 * MINUTE);
  expect(waitingFor(ids, all.slice(1), times).next_at).toBe(NOW + MINUTE);
  expect(waitingFor(ids, [], { ...times, next: NOW + 1 }).next_at).toBe(NOW + 1);
});
