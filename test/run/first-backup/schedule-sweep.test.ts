import { describe, expect, it } from 'vitest';
import type { Cursor } from '../../../lib/ledger/state/cursors.ts';
import { requestSweep } from '../../../lib/run/first-backup/schedule-sweep.ts';
import { listening } from '../../support/listening.ts';

const MINUTE = 60_000;
const QUARTER = Date.UTC(2026, 0, 2, 2, 30);
const cursor = (changes: Partial<Cursor> = {}): Cursor => ({
  ...{ etag: 'e', active: true, since: 0 },
  ...changes,
});
const wanting = { nightly: cursor(), newborn: cursor({ on_provisioned: true, active: false }) };

describe('askForSweep', () => {
  it('asks once a quarter of an hour, where some policy wants new phones', async () => {
    const { deps, clock, hints } = listening(QUARTER);
    expect(await requestSweep(deps, wanting, undefined)).toBe(QUARTER);
    expect(await hints()).toEqual(['sweep-202601020230']);
    await deps.store.remove(['open/hints/sweep-202601020230.json']);
    clock.move(15 * MINUTE - 1);
    expect(await requestSweep(deps, wanting, QUARTER)).toBe(QUARTER);
    expect(await hints()).toEqual([]);
    clock.move(1);
    expect(await requestSweep(deps, wanting, QUARTER)).toBe(QUARTER + 15 * MINUTE);
    expect(await hints()).toEqual(['sweep-202601020245']);
  });

  it.each([
    ['there is none', {}],
    ['none wants them', { nightly: cursor(), weekly: cursor({ on_provisioned: false }) }],
  ])('asks for nothing where %s', async (_, cursors) => {
    const { deps, hints } = listening(QUARTER);
    expect(await requestSweep(deps, cursors, 7)).toBe(7);
    expect(await hints()).toEqual([]);
  });
});
