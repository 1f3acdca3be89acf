import { expect, it } from 'vitest';
import { isHint } from '../../../lib/ledger/hints/hints.ts';
import { isSweepHint, putSweep, sweepId, sweepSlot } from '../../../lib/ledger/hints/sweep.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { expectKind } from './hint-suite.ts';

it.each([
  [T0 - 1, T0 - 15 * MINUTE, 'sweep-202601020215'],
  [T0, T0, 'sweep-202601020230'],
  [T0 + 15 * MINUTE - 1, T0, 'sweep-202601020230'],
  [T0 + 15 * MINUTE, T0 + 15 * MINUTE, 'sweep-202601020245'],
])('writes one hint for the 15 minutes around %i', async (at, slot, id) => {
  const store = memoryStore(playClock());
  expect(sweepSlot(at)).toBe(slot);
  expect(sweepId(at)).toBe(id);
  await putSweep(store, slot);
  const [object, ...others] = await store.list('');
  expect([object?.key, others]).toEqual([layout.hint(id), []]);
  const body = (await store.get(layout.hint(id)))?.body ?? '';
  expect(JSON.parse(body)).toEqual({ version: 1, type: 'sweep' });
  expectKind(id, isSweepHint);
});

it.each([
  'sweep-20260102023',
  'sweep-2026010202300',
  'sweep-2026010202xx',
  'x-sweep-202601020230',
  'sweep-',
])('rejects the id %s', (id) => {
  expect(isSweepHint(id)).toBe(false);
  expect(isHint(id)).toBe(false);
});
