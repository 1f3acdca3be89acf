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

describe('openFirstBackups', () => {
  it('lists the phones of a first backup as requested', () => {
    expect(openFirstBackups([run('provisioned', ['p1', 'p3'])], T0)).toEqual([
      {
        ...{ policy: 'nightly', requestedAt: T0 },
        ...{ requested: new Set(['p1', 'p3']), inProgress: new Set() },
      },
    ]);
  });

  it('lists the unfinished phones of any other run as in progress', () => {
    const own = run('timer', ['p1', 'p2']);
    fold(own.state, [
      { type: 'outcome', at: T0, phone_id: 'p2', outcome: 'skipped', reason: 'stopped' },
    ]);
    expect(openFirstBackups([own], T0)).toEqual([
      {
        ...{ policy: 'nightly', requestedAt: T0 },
        ...{ requested: new Set(), inProgress: new Set(['p1']) },
      },
    ]);
  });

  it('lists no phones of a first backup that names none', () => {
    expect(openFirstBackups([run('provisioned')], T0)[0]?.requested).toEqual(new Set());
  });
});
