import { describe, expect, it } from 'vitest';
import { fold } from '../../../lib/ledger/run/fold.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { openFirstBackups } from '../../../lib/run/first-backup/open-runs.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

function run(trigger: 'timer' | 'provisioned', phones?: string[]): OpenRun {
  const own = openRun('nightly-1', [plannedPhone('p1'), plannedPhone('p2')]);
  const request = { ...own.request, trigger, ...(phones === undefined ? {} : { phones }) };
  return { ...own, request };
}

describe('openFirsts', () => {
  it('takes the phones of a run for new phones for asked for, and none for under way', () => {
    expect(openFirstBackups([run('provisioned', ['p1', 'p3'])], T0)).toEqual([
      {
        ...{ policy: 'nightly', requestedAt: T0 },
        ...{ asked: new Set(['p1', 'p3']), underway: new Set() },
      },
    ]);
  });

  it('takes what any other run has left to do for under way, and none for asked for', () => {
    const own = run('timer', ['p1', 'p2']);
    fold(own.state, [
      { type: 'outcome', at: T0, phone_id: 'p2', outcome: 'skipped', reason: 'stopped' },
    ]);
    expect(openFirstBackups([own], T0)).toEqual([
      {
        ...{ policy: 'nightly', requestedAt: T0 },
        ...{ asked: new Set(), underway: new Set(['p1']) },
      },
    ]);
  });

  it('knows no phones of a run for new phones that names none', () => {
    expect(openFirstBackups([run('provisioned')], T0)[0]?.asked).toEqual(new Set());
  });
});
