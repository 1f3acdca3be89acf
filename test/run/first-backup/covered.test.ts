import { describe, expect, it } from 'vitest';
import { fold } from '../../../lib/ledger/run/fold.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import {
  isCovered,
  isCoveredByAll,
  type OpenFirstBackup,
  openFirstBackups,
} from '../../../lib/run/first-backup/covered.ts';
import type { PendingHint } from '../../../lib/run/first-backup/hints/pending-hints.ts';
import type { FirstBackupPolicy } from '../../../lib/run/first-backup/policies.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const RESET = T0 - MINUTE;

const policyOf = (changes: Partial<FirstBackupPolicy> = {}): FirstBackupPolicy => ({
  ...{ name: 'newphones', since: 0, lastRequested: {}, selects: () => true },
  ...changes,
});
const open = (changes: Partial<OpenFirstBackup> = {}): OpenFirstBackup => ({
  ...{ policy: 'newphones', requestedAt: RESET },
  ...{ requested: new Set<string>(), inProgress: new Set<string>() },
  ...changes,
});

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

describe('isCovered', () => {
  const forP1 = { requested: new Set(['p1']) };

  it.each<[string, Partial<FirstBackupPolicy>, OpenFirstBackup[], boolean]>([
    ['false when no first backup was requested', {}, [], false],
    [
      'false when the last request is older than the reset',
      { lastRequested: { p1: RESET - 1 } },
      [],
      false,
    ],
    [
      'true when the last request is as new as the reset',
      { lastRequested: { p1: RESET } },
      [],
      true,
    ],
    ['false when only another phone was requested', { lastRequested: { p2: RESET } }, [], false],
    ['true when an open run was requested for the phone', {}, [open(forP1)], true],
    [
      'false when that run is older than the reset',
      {},
      [open({ ...forP1, requestedAt: RESET - 1 })],
      false,
    ],
    [
      'false when an open run was requested for another phone',
      {},
      [open({ requested: new Set(['p2']) })],
      false,
    ],
    ['false for a run of another policy', {}, [open({ ...forP1, policy: 'nightly' })], false],
    ['true when one of two open runs was requested for the phone', {}, [open(), open(forP1)], true],
    [
      'false when a run exports the phone for another reason',
      {},
      [open({ inProgress: new Set(['p1']) })],
      false,
    ],
  ])('is %s', (_, changes, runs, expected) => {
    expect(isCovered(policyOf(changes), 'p1', RESET, runs)).toBe(expected);
  });

  it('does not mistake a built-in property for a phone', () => {
    expect(isCovered(policyOf(), 'constructor', 0, [])).toBe(false);
  });
});

describe('isCoveredByAll', () => {
  const covering = policyOf({ lastRequested: { p1: RESET } });
  const other = policyOf({ name: 'nightly' });
  const hint = (policy?: string, generation = 0): PendingHint => {
    const named = policy === undefined ? {} : { policy };
    const lookup = { change: 'created' as const, phones: [], servers: [], others: [], ...named };
    return { id: 'trace-1', lookup, writtenAt: T0, generation };
  };

  it.each<[string, FirstBackupPolicy[], string | undefined, boolean]>([
    ['true when every policy requested the phone', [covering], undefined, true],
    ['false when one policy did not request the phone', [covering, other], undefined, false],
    ['true when the policy of the hint requested it', [covering, other], 'newphones', true],
    ['false when the policy of the hint did not', [covering, other], 'nightly', false],
    ['true when the policy of the hint is not active', [other], 'newphones', true],
  ])('is %s', (_, policies, policy, expected) => {
    expect(isCoveredByAll(policies, hint(policy), 'p1', [])).toBe(expected);
  });

  it('considers the generation and the open runs', () => {
    const reset = hint(undefined, RESET + 1);
    expect(isCoveredByAll([covering], reset, 'p1', [])).toBe(false);
    const runs = [open({ requested: new Set(['p1']), requestedAt: RESET + 1 })];
    expect(isCoveredByAll([covering], reset, 'p1', runs)).toBe(true);
  });
});
