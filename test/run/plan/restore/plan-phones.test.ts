import { describe, expect, it } from 'vitest';
import { type Archive, includeSet } from '../../../../lib/ledger/catalogue/archive.ts';
import type { ArchiveState } from '../../../../lib/run/plan/restore/check-archives.ts';
import { planPhones } from '../../../../lib/run/plan/restore/plan-phones.ts';
import { planSafetyRuns } from '../../../../lib/run/plan/restore/safety-runs.ts';
import type { Candidate } from '../../../../lib/policy/selection/select.ts';

function archiveOf(phone_id: string, changes: Partial<Archive> = {}): Archive {
  return {
    ...{ policy: 'nightly', phone_id, phone_name: `game-${phone_id}`, run_id: 'nightly-1' },
    ...{ trigger: 'timer', bucket: 'b', key: `nightly/20260101/nightly-1/${phone_id}-1.tar` },
    ...{ started_at: 1, size: 9_000, etag: 'e', verified_at: 1, flags: {} },
    ...{ includes: includeSet(['/data/data'], []), image_version: 'AOSP 9.0' },
    ...changes,
  };
}

const phoneOf = (phone_id: string, changes: Partial<Candidate> = {}): Candidate => ({
  ...{ phone_id, phone_name: `game-${phone_id}`, server_id: 's1', status: 'running' },
  ...{ image_version: 'AOSP 9.0', ...changes },
});

type Scene = {
  archive?: Archive | undefined;
  state?: ArchiveState;
  phone?: Partial<Candidate>;
};

function planOf(scene: Scene) {
  const archive = 'archive' in scene ? scene.archive : archiveOf('p1');
  const [planned] = planPhones([{ phone: 'p1', archive }], {
    phones: new Map([['p1', phoneOf('p1', scene.phone)]]),
    archives: new Map(archive && [[`b ${archive.key}`, scene.state ?? 'there']]),
  });
  return planned!;
}

describe('planPhones', () => {
  it.each<[string, Scene, object]>([
    ['is older', { phone: { image_version: 'AOSP 7.0' } }, { reason: 'older_android' }],
    ['is older by a part of its version', olderByPart(), { reason: 'older_android' }],
    ['is stopped', { phone: { status: 'stopped' } }, { outcome: 'skipped', reason: 'stopped' }],
    ['has no archive', { archive: undefined }, { reason: 'no_archive' }],
    ['has an archive that is gone', { state: 'archive_missing' }, { reason: 'archive_missing' }],
    ['has an archive that changed', { state: 'archive_changed' }, { reason: 'archive_changed' }],
  ])('restores nothing to a phone that %s', (_what, scene, verdict) => {
    expect(planOf(scene).verdict).toMatchObject(verdict);
  });

  it.each<[string, Scene]>([
    ['the same Android', {}],
    ['a newer Android', { phone: { image_version: 'AOSP 11.0' } }],
    ['an unknown Android', { phone: { image_version: 'custom' } }],
  ])('restores to %s', (_what, scene) => {
    expect(planOf(scene)).toMatchObject({ source: { phone_id: 'p1' } });
    expect(planOf(scene).verdict).toBeUndefined();
  });

  it('waits for a cold archive of a phone that is restored, and for no other', () => {
    expect(planOf({ state: 'archive_cold' })).toMatchObject({ cold: true });
    const stopped = planOf({ state: 'archive_cold', phone: { status: 'stopped' } });
    expect([stopped.cold, stopped.verdict?.reason]).toEqual([undefined, 'stopped']);
  });

  it('waits for a phone in a passing state', () => {
    expect(planOf({ phone: { status: 'restarting' } })).toMatchObject({ waiting: true });
  });

  it('refuses two archives for one phone, and takes the same one twice for one', () => {
    const phones = new Map([['p1', phoneOf('p1')]]);
    const [one, two] = [archiveOf('p1'), archiveOf('p2')];
    const archives = new Map([one, two].map(({ key }) => [`b ${key}`, 'there' as const]));
    const plan = (...given: Archive[]) =>
      planPhones(
        given.map((archive) => ({ phone: 'p1', archive })),
        { phones, archives },
      ).map(({ verdict }) => verdict?.reason);
    expect(plan(one, two)).toEqual(['two_sources']);
    expect(plan(one, one)).toEqual([undefined]);
  });

  it('restores only the first phones that can be restored', () => {
    const ids = ['p1', 'p2', 'p3'];
    const planned = planPhones(
      ids.map((id) => ({ phone: id, archive: id === 'p1' ? undefined : archiveOf(id) })),
      {
        phones: new Map(ids.map((id) => [id, phoneOf(id)])),
        archives: new Map(ids.map((id) => [`b ${archiveOf(id).key}`, 'there'])),
        first: 1,
      },
    );
    expect(planned.map(({ verdict }) => verdict?.reason)).toEqual([
      ...['no_archive', undefined, 'not_first'],
    ]);
  });
});

function olderByPart(): Scene {
  const archive = archiveOf('p1', { image_version: 'AOSP 9.1' });
  return { archive, phone: { image_version: 'AOSP 9.0' } };
}

describe('planSafetyRuns', () => {
  it('exports each phone with the paths of its archive, in runs that follow from the restore', () => {
    const weekly = archiveOf('p2', { policy: 'weekly', includes: includeSet(['/data/media'], []) });
    const archives = [archiveOf('p1'), weekly];
    const byKey = new Map(archives.map((archive) => [`b ${archive.key}`, archive]));
    const phones = archives.map((archive) => ({
      ...phoneOf(archive.phone_id),
      source: { ...archive, phone_name: '', verified_at: 1 },
    }));
    const planned = planSafetyRuns('restore-1', phones, byKey);
    expect(planned.runs.map(({ policy, include, folder }) => [policy, include, folder])).toEqual([
      ['nightly', ['/data/data'], 'nightly/20260101'],
      ['weekly', ['/data/media'], 'nightly/20260101'],
    ]);
    expect(planned.phones.map(({ safety_run }) => safety_run)).toEqual(
      planned.runs.map(({ run_id }) => run_id),
    );
    expect(planSafetyRuns('restore-1', phones, byKey)).toEqual(planned);
    expect(planSafetyRuns('restore-2', phones, byKey).runs).not.toEqual(planned.runs);
  });
});
