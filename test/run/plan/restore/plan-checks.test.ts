import { describe, expect, it } from 'vitest';
import { type Archive, includeSet } from '../../../../lib/ledger/catalogue/archive.ts';
import { planChecks } from '../../../../lib/run/plan/restore/plan-checks.ts';
import { restoredPhone, restoreSource } from '../../../support/restores.ts';

type Scene = {
  include?: string[];
  phone?: string;
  generation?: number;
  reset?: number;
  isReset?: boolean;
};

function archiveFor(
  source: ReturnType<typeof restoreSource>,
  include: string[],
  generation?: number,
) {
  return {
    ...{ ...source, trigger: 'timer', started_at: 1, includes: includeSet(include, []) },
    flags: generation === undefined ? {} : { generation },
  } as Archive;
}

function plan({ include = ['/data/data'], phone = 'p1', generation, reset, isReset }: Scene) {
  const source = restoreSource('p1');
  const archive = archiveFor(source, include, generation);
  const archives = new Map([[`${source.bucket} ${source.key}`, archive]]);
  const resets = new Map(reset === undefined ? [] : [[phone, reset]]);
  const { sets, phones } = planChecks([restoredPhone(phone, { source })], archives, {
    resets,
    isReset,
  });
  return { sets, paths: phones[0]?.paths, owners: phones[0]?.owners };
}

describe('planChecks', () => {
  it.each<[string, Scene, 'fix' | undefined]>([
    ['its own archive', {}, undefined],
    ['the archive of another phone', { phone: 'p2' }, 'fix'],
    ['its own archive from before a reset', { reset: 5 }, 'fix'],
    ['its own archive from after its last reset', { reset: 5, generation: 5 }, undefined],
    ['its own archive, and is reset first', { isReset: true }, 'fix'],
    [
      'another archive without data of apps',
      { phone: 'p2', include: ['/data/media/0'] },
      undefined,
    ],
    ['another archive of all data', { phone: 'p2', include: ['/data'] }, 'fix'],
    ['another archive of one app', { phone: 'p2', include: ['/data/data/com.a'] }, 'fix'],
  ])(
    'looks at the owners of a phone that gets %s only where they may differ',
    (_what, scene, owners) => {
      const planned = plan(scene);
      expect([planned.paths, planned.owners]).toEqual([0, owners]);
      expect(planned.sets).toEqual([{ include: scene.include ?? ['/data/data'], exclude: [] }]);
    },
  );

  it('puts owners right on the first 100 phones', () => {
    const source = restoreSource('p0');
    const archives = new Map([[`${source.bucket} ${source.key}`, archiveFor(source, ['/data'])]]);
    const given = Array.from({ length: 102 }, (_, n) => restoredPhone(`p${n + 1}`, { source }));
    const { phones } = planChecks(given, archives, { resets: new Map() });
    expect(phones.filter(({ owners }) => owners === 'fix')).toHaveLength(100);
    expect(phones.slice(100).map(({ owners }) => owners)).toEqual(['tell', 'tell']);
  });

  it('leaves phones alone that are not restored', () => {
    const verdict = { outcome: 'failed', reason: 'no_archive' } as const;
    const { phones } = planChecks([restoredPhone('p1', { verdict })], new Map(), {
      resets: new Map(),
    });
    expect(phones[0]?.paths).toBeUndefined();
  });
});
