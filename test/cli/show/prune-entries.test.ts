import { describe, expect, it } from 'vitest';
import {
  deletedEntries,
  entryOf,
  keptEntries,
  type PrunedPolicy,
  type PruneEntry,
} from '../../../cli/show/prune-entries.ts';
import { judged, missingAnd, previewOf, refusedAnd } from './pruned.ts';

const keysOf = async (entries: AsyncGenerator<PruneEntry>) => {
  const keys: string[] = [];
  for await (const { key } of entries) keys.push(key);
  return keys;
};
const all = async (policy: PrunedPolicy) => ({
  deleted: await keysOf(deletedEntries(policy)),
  kept: await keysOf(keptEntries(policy)),
});

const archives = [
  judged('kept', { keep: true, reasons: ['newest'] }),
  judged('due', { keep: false, reasons: ['over_count'] }),
  judged('trash', { keep: false, reasons: ['over_count'], delete_at: 0 }),
];

describe('before the rules are applied', () => {
  it('what no rule keeps would be deleted', async () => {
    const policy = { preview: previewOf(archives), isDryRun: true };
    expect(await all(policy)).toEqual({ deleted: ['due', 'trash'], kept: ['kept'] });
  });
});

describe('after the rules were applied', () => {
  it('what was planned and is gone was deleted, and what is in the trash will be', async () => {
    const planned = ['due', 'gone'].map((key) => entryOf(judged(key)));
    const policy = { preview: previewOf(archives), isDryRun: false, planned };
    expect(await all(policy)).toEqual({ deleted: ['trash', 'gone'], kept: ['kept', 'due'] });
  });

  it('what the bucket refused to delete stays, with the code and no reason', async () => {
    const policy = {
      preview: previewOf(archives),
      isDryRun: false,
      last: { ...refusedAnd('due', 'AccessDenied'), ...missingAnd('kept') },
    };
    const kept: PruneEntry[] = [];
    for await (const entry of keptEntries(policy)) kept.push(entry);
    expect(kept.map(({ key, code, reasons }) => [key, code, reasons])).toEqual([
      ['kept', 'missing', ['newest']],
      ['due', 'AccessDenied', []],
    ]);
  });
});

it('entryOf says when an archive leaves the trash', () => {
  expect(entryOf(judged('k', { delete_at: 0 }))).toMatchObject({
    key: 'k',
    delete_at: '1970-01-01T00:00:00.000Z',
  });
  expect(entryOf(judged('k'))).not.toHaveProperty('delete_at');
});
