import { describe, expect, it } from 'vitest';
import { writeProvisioning } from '../../../lib/ledger/state/provisioning.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { recordFirstBackups } from '../../../lib/run/first-backup/reconcile.ts';
import { newborns } from '../../support/newborns.ts';
import { reading } from '../../support/reading.ts';
import { openRun, T0 } from '../../support/runs.ts';

describe('recordFirstBackups', () => {
  const run = (phones: string[] | undefined, requestedAt: number): OpenRun => {
    const own = { ...openRun('newborn-1', []), requestedAt };
    const named = phones === undefined ? {} : { phones };
    return { ...own, request: { ...own.request, policy: 'newborn', ...named } };
  };

  it('records when the first backup of each phone was requested, the newest time', async () => {
    const { deps, store, firstBackups, state } = await newborns();
    const given = { p1: T0 + 5, p2: T0 - 5 };
    const known = { etag: 'e1', on: true, since: 5, given };
    await writeProvisioning(store, { policies: { newborn: known } }, T0);
    await recordFirstBackups(deps, firstBackups, run(['p1', 'p2', 'p3'], T0));
    const noted = { p1: T0 + 5, p2: T0, p3: T0 };
    expect((await state()).policies).toEqual({ newborn: { ...known, given: noted } });
    expect(firstBackups.state?.policies.newborn?.given).toEqual(noted);
  });

  it('records it for an unknown policy, which is read again', async () => {
    const { deps, firstBackups, state } = await newborns();
    await recordFirstBackups(deps, firstBackups, run(['p1'], T0));
    const noted = { etag: '', on: false, given: { p1: T0 } };
    expect((await state()).policies).toEqual({ newborn: noted });
  });

  it('uses the state in memory, and writes nothing twice', async () => {
    const { deps, store, firstBackups } = await newborns();
    await recordFirstBackups(deps, firstBackups, run(['p1'], T0));
    const read = reading(store);
    await recordFirstBackups({ ...deps, store: read }, firstBackups, run(['p1'], T0));
    expect(read.reads).toEqual([]);
  });

  it('records nothing of a run that names no phones', async () => {
    const { deps, firstBackups } = await newborns();
    await recordFirstBackups(deps, firstBackups, run(undefined, T0));
    expect(firstBackups.state?.policies.newborn?.given).toEqual({});
  });
});
