import { describe, expect, it } from 'vitest';
import { compareNewest, comparePlaces, includeSet } from '../../../lib/ledger/catalogue/archive.ts';
import { archiveOf } from '../../support/archives.ts';
import { T0 } from '../../support/runs.ts';

describe('includeSet', () => {
  it('has the same digest for the same paths in any order', () => {
    const set = includeSet(['/b', '/a'], ['/b/y', '/b/x']);
    expect(set).toEqual(includeSet(['/a', '/b'], ['/b/x', '/b/y']));
    expect(set).toMatchObject({ include: ['/a', '/b'], exclude: ['/b/x', '/b/y'] });
  });

  it('has another digest for other paths', () => {
    const sets: [string[], string[]][] = [
      [['/a', '/b'], []],
      [['/a'], ['/b']],
      [[], ['/a', '/b']],
      [['/a,/b'], []],
      [['/a'], []],
    ];
    const digests = sets.map(([include, exclude]) => includeSet(include, exclude).digest);
    expect(new Set(digests).size).toBe(sets.length);
  });

  it('leaves the given lists as they are', () => {
    const [include, exclude] = [
      ['/b', '/a'],
      ['/b/y', '/b/x'],
    ];
    includeSet(include, exclude);
    expect([include, exclude]).toEqual([
      ['/b', '/a'],
      ['/b/y', '/b/x'],
    ]);
  });
});

it('comparePlaces sorts by time, then by phone', () => {
  const sorted = [archiveOf('q', T0), archiveOf('p', T0 + 1), archiveOf('q', T0 + 1)];
  expect(sorted.toReversed().toSorted(comparePlaces)).toEqual(sorted);
  expect(comparePlaces(archiveOf('p', T0), archiveOf('p', T0, { policy: 'weekly' }))).toBe(0);
});

it('compareNewest sorts newer archives first, then by policy, phone and run', () => {
  const sorted = [
    archiveOf('q', T0 + 1, { policy: 'weekly' }),
    archiveOf('q', T0),
    archiveOf('p', T0, { policy: 'weekly', run_id: 'a' }),
    archiveOf('p', T0, { policy: 'weekly', run_id: 'b' }),
    archiveOf('q', T0, { policy: 'weekly', run_id: 'a' }),
  ];
  expect(sorted.toReversed().toSorted(compareNewest)).toEqual(sorted);
});
