import { describe, expect, it } from 'vitest';
import { writeProvisioning } from '../../../lib/ledger/state/provisioning.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { recordFirstBackups } from '../../../lib/run/first-backup/state.ts';
import { firstBackupScene } from '../../support/first-backup-scene.ts';
import { recordReads } from '../../support/fake-stores.ts';
import { openRun, T0 } from '../../support/runs.ts';

describe('recordFirstBackups', () => {
  const run = (phones: string[] | undefined, requestedAt: number): OpenRun => {
    const own = { ...openRun('newphones-1', []), requestedAt };
    const named = phones === undefined ? {} : { phones };
    return { ...own, request: { ...own.request, policy: 'newphones', ...named } };
  };

  it('records when the last first backup of each phone was requested', async () => {
    const { deps, store, firstBackups, state } = await firstBackupScene();
    const requested_at = { p1: T0 + 5, p2: T0 - 5 };
    const known = { etag: 'e1', on: true, since: 5, requested_at };
    await writeProvisioning(store, { policies: { newphones: known } }, T0);
    await recordFirstBackups(deps, firstBackups, run(['p1', 'p2', 'p3'], T0));
    const recorded = { p1: T0 + 5, p2: T0, p3: T0 };
    expect((await state()).policies).toEqual({ newphones: { ...known, requested_at: recorded } });
    expect(firstBackups.state?.policies.newphones?.requested_at).toEqual(recorded);
  });

  it('records the phones of an unknown policy, whose file is read again', async () => {
    const { deps, firstBackups, state } = await firstBackupScene();
    await recordFirstBackups(deps, firstBackups, run(['p1'], T0));
    const recorded = { etag: '', on: false, requested_at: { p1: T0 } };
    expect((await state()).policies).toEqual({ newphones: recorded });
  });

  it('uses the state in memory, and writes nothing that is stored already', async () => {
    const { deps, store, firstBackups } = await firstBackupScene();
    await recordFirstBackups(deps, firstBackups, run(['p1'], T0));
    const read = recordReads(store);
    await recordFirstBackups({ ...deps, store: read }, firstBackups, run(['p1'], T0));
    expect(read.reads).toEqual([]);
  });

  it('records nothing of a run that names no phones', async () => {
    const { deps, firstBackups } = await firstBackupScene();
    await recordFirstBackups(deps, firstBackups, run(undefined, T0));
    expect(firstBackups.state?.policies.newphones?.requested_at).toEqual({});
  });
});
