import { describe, expect, it } from 'vitest';
import type { ObjectInfo } from '../../../../lib/cloud/obs/list.ts';
import type { RunDeps } from '../../../../lib/run/deps.ts';
import { checkArchives } from '../../../../lib/run/plan/restore/check-archives.ts';

const key = (name: string) => `nightly/20260101/nightly-1/${name}-1.tar`;
const UNTIL = 1_000;
const archive = (name: string) => ({ bucket: 'b', key: key(name), size: 9, etag: 'e' });
const found = (name: string, changes: Partial<ObjectInfo> = {}): ObjectInfo => ({
  ...{ key: key(name), size: 9, etag: 'e', lastModified: 1 },
  ...changes,
});

/** A bucket in which LIST shows `listed`, and HEAD also `hidden`. */
async function check(names: string[], listed: ObjectInfo[], hidden: ObjectInfo[] = []) {
  const calls: string[] = [];
  const all = [...hidden, ...listed];
  const archives = {
    head: async (_bucket: string, wanted: string) => {
      calls.push('HEAD');
      return all.find((one) => one.key === wanted);
    },
    list: async () => {
      calls.push('LIST');
      return { objects: listed };
    },
  } as unknown as RunDeps['archives'];
  const states = await checkArchives({ archives }, names.map(archive), UNTIL);
  return { states: names.map((name) => states.get(`b ${key(name)}`)), calls };
}

describe('checkArchives', () => {
  it('tells what became of each archive', async () => {
    const objects = [found('a'), found('b', { etag: 'x' }), found('c', { size: 1 })];
    const { states } = await check(
      ['a', 'b', 'c', 'd', 'e'],
      [...objects, found('e', { cold: true })],
    );
    expect(states).toEqual([
      ...['there', 'archive_changed', 'archive_changed', 'archive_missing', 'archive_cold'],
    ]);
  });

  it('counts an archive that is readable for too short a time as cold', async () => {
    const objects = [
      found('a', { readableUntil: UNTIL - 1 }),
      found('b', { readableUntil: UNTIL }),
    ];
    expect((await check(['a', 'b'], objects)).states).toEqual(['archive_cold', 'there']);
  });

  it('lists a folder for many archives, and looks again where LIST may be wrong', async () => {
    const names = [...'abcdefghij'];
    const listed = names.slice(1).map((name) => found(name, name === 'b' ? { cold: true } : {}));
    const { states, calls } = await check(names, listed, [found('a'), found('b')]);
    expect(new Set(states)).toEqual(new Set(['there']));
    expect(calls).toEqual(['LIST', 'HEAD', 'HEAD']);
  });
});
