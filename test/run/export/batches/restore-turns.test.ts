import { describe, expect, it } from 'vitest';
import { fold } from '../../../../lib/ledger/run/fold.ts';
import type { RestoreTerms } from '../../../../lib/ledger/run/plan.ts';
import { restoreTurns } from '../../../../lib/run/export/batches/restore-turns.ts';
import type { OpenRun } from '../../../../lib/run/state/open-run.ts';
import { callOf, restoredPhone, restoreRun } from '../../../support/restores.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const SAFETY: RestoreTerms['safety_runs'][number] = {
  ...{ run_id: 'nightly-1', policy: 'nightly', bucket: 'b', folder: 'f' },
  ...{ include: ['/data'], exclude: [] },
};

/** A restore of p1 that was planned so many minutes after T0. */
function restoreAt(minutes: number, phone: Parameters<typeof restoredPhone>[1] = {}): OpenRun {
  const run = restoreRun([restoredPhone('p1', phone)], { safety_runs: [SAFETY] });
  run.runId = `restore-${minutes}`;
  run.plan!.started_at = T0 + minutes * MINUTE;
  return run;
}

const exportOf = (): OpenRun => openRun('nightly-1', [plannedPhone('p1')], { trigger: 'restore' });
const NOW = T0 + 10 * MINUTE;

describe('restores of one phone', () => {
  it('take turns in the order in which they were planned', () => {
    const [first, second] = [restoreAt(1), restoreAt(2)];
    const turns = restoreTurns([second, first], NOW);
    expect([turns.mayWork(first, 'p1'), turns.mayWork(second, 'p1')]).toEqual([true, false]);
  });

  it('leave the phone to the next one when they have ended with it', () => {
    const [first, second] = [restoreAt(1), restoreAt(2)];
    const outcome = { type: 'outcome', at: NOW, phone_id: 'p1', outcome: 'failed' } as const;
    fold(first.state, [{ ...outcome, reason: 'not_found' }]);
    expect(restoreTurns([first, second], NOW).mayWork(second, 'p1')).toBe(true);
  });

  it('are finished once begun, also where an earlier one was read late', () => {
    const [first, second] = [restoreAt(1), restoreAt(2)];
    fold(second.state, callOf('restore', 1, 'succeeded'));
    const turns = restoreTurns([first, second], NOW);
    expect([turns.mayWork(first, 'p1'), turns.mayWork(second, 'p1')]).toEqual([false, true]);
  });
});

describe('the export before a restore', () => {
  const saving = { safety_run: 'nightly-1' };

  it('takes place when its restore waits for it', () => {
    const [run, restore] = [exportOf(), restoreAt(1, saving)];
    expect(restoreTurns([run, restore], NOW).mayWork(run, 'p1')).toBe(true);
  });

  it('waits for a restore before', () => {
    const [run, restore] = [exportOf(), restoreAt(2, saving)];
    const other = restoreAt(1);
    other.plan!.restore!.safety_runs = [];
    expect(restoreTurns([run, other, restore], NOW).mayWork(run, 'p1')).toBe(false);
  });

  it('waits for an archive that is cold', () => {
    const [run, restore] = [exportOf(), restoreAt(1, { ...saving, cold: true })];
    const mayWork = () => restoreTurns([run, restore], NOW).mayWork(run, 'p1');
    expect(mayWork()).toBe(false);
    fold(restore.state, [{ type: 'thawed', at: NOW, phone_id: 'p1' }]);
    expect(mayWork()).toBe(true);
  });

  it('waits for its restore to be read', () => {
    const run = exportOf();
    expect(restoreTurns([run], NOW).mayWork(run, 'p1')).toBe(false);
  });
});

it('gives no turns to other runs', () => {
  const run = openRun('nightly-2', [plannedPhone('p1')]);
  expect(restoreTurns([run, restoreAt(1)], NOW).mayWork(run, 'p1')).toBe(true);
});
