import { describe, expect, it } from 'vitest';
import { checkObjects } from '../../../../cli/doctor/services/objects.ts';
import { PhonevaultError } from '../../../../lib/errors.ts';
import { writeUnreadable } from '../../../../lib/ledger/state/notified/unreadable.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { faultNames, withFailingStore, withObjectFault } from '../../../support/fake-stores.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';
import { denyGet } from '../../support/cli-night.ts';
import { doctorNight } from '../../support/doctor-night.ts';

const samples = [
  layout.policy('nightly'),
  layout.request('nightly-1'),
  layout.plan('nightly-1'),
  layout.archiveShard('nightly', 'p'),
  layout.history('nightly'),
];

async function ledger() {
  const store = memoryStore(playClock(T0));
  for (const key of samples) await store.put(key, '{}');
  return store;
}

describe('objects', () => {
  it('passes when an object of each folder can be read and drive has met none it cannot use', async () => {
    expect(await checkObjects(await ledger(), T0)).toEqual([
      {
        ...{ check: 'objects', outcome: 'ok' },
        message:
          'can read an object in policies/, open/, runs/, phones/, state/; drive has met none that it cannot use',
      },
    ]);
    expect(await checkObjects(memoryStore(playClock(T0)), T0)).toMatchObject([
      { outcome: 'ok', message: expect.stringContaining('no objects yet') as string },
    ]);
  });

  // It does not judge what an object says: drive does.
  const refused = faultNames.filter(
    (name) => name !== 'a wrong body' && name !== 'a newer version',
  );
  it.each(samples.flatMap((key) => refused.map((fault) => [key, fault] as const)))(
    'fails for %s, which has %s, alone, and says what to do',
    async (key, fault) => {
      const findings = await checkObjects(withObjectFault(await ledger(), key, fault), T0);
      expect(findings).toEqual([
        {
          ...{ check: 'objects', subject: key, outcome: 'failed' },
          message: expect.stringContaining(key) as string,
          fix: expect.any(String) as string,
        },
      ]);
      const text = `${findings[0]?.message} ${findings[0]?.fix}`;
      if (fault === 'access denied') expect(text).toMatch(/AccessDenied.*0001.*KMS key.*account/);
      if (fault === 'in the archive class')
        expect(text).toMatch(/InvalidObjectState.*archive storage/);
    },
  );

  it('lists what drive cannot use, since when, and the next try; at most ten objects', async () => {
    const store = await ledger();
    const times = { since: T0 - 5 * MINUTE, tried_at: T0, retry_at: T0 + 3 * MINUTE, attempts: 4 };
    const entry = (n: number) => ({
      ...{ ...times, code: 'object_undeletable', hint: 'Grant obs:object:DeleteObject.' },
      message: `open/n-${n}.json cannot be deleted: AccessDenied`,
    });
    const keys = Array.from({ length: 12 }, (_, n) => `open/n-${n}.json`);
    await writeUnreadable(store, new Map(keys.map((key, n) => [key, entry(n)])));
    const findings = await checkObjects(store, T0);
    expect(findings).toHaveLength(11);
    expect(findings[0]).toEqual({
      ...{ check: 'objects', subject: 'open/n-0.json', outcome: 'failed' },
      message: 'open/n-0.json cannot be deleted: AccessDenied; since 5 min ago, next try in 3 min',
      fix: 'Grant obs:object:DeleteObject.',
    });
    expect(findings[10]).toMatchObject({ message: '2 more objects cannot be used' });
  });

  it('goes on when a folder cannot be listed', async () => {
    const error = new PhonevaultError('throttled', 'too many calls');
    const deps = { store: await ledger() };
    const { store } = withFailingStore(deps, 'list', error, layout.runs);
    expect(await checkObjects(store, T0)).toMatchObject([
      { subject: 'runs/', outcome: 'unknown', message: 'too many calls' },
    ]);
  });

  it('has one finding when the bucket does not respond', async () => {
    const deps = { store: await ledger() };
    const { store } = withFailingStore(deps, 'list');
    expect(await checkObjects(store, T0)).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('is a check of doctor, which still makes all others', async () => {
    const cli = await doctorNight();
    denyGet(cli, '/policies/nightly.yaml');
    const { code, checks } = await cli.doctor();
    const failures = checks.filter(({ outcome }) => outcome === 'failed');
    expect(code).toBe(1);
    expect(failures).toMatchObject([
      {
        ...{ check: 'objects', subject: 'policies/nightly.yaml' },
        message: expect.stringMatching(/AccessDenied \(HTTP 403, request 00A1\)/) as string,
      },
      {
        check: 'policies',
        message: expect.stringMatching(/^policies\/nightly.yaml cannot be read/) as string,
        fix: expect.stringContaining('KMS key') as string,
      },
    ]);
    expect(checks.find(({ check }) => check === 'runs')?.outcome).toBe('skipped');
    expect(checks.find(({ check }) => check === 'versioning')?.outcome).toBe('ok');
  });
});
