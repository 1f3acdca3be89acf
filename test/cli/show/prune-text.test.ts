import { describe, expect, it } from 'vitest';
import { entryOf } from '../../../cli/show/prune-entries.ts';
import { printPruneJson, pruneText } from '../../../cli/show/prune-text.ts';
import { fakeIo } from '../support/fake-io.ts';
import { judged, missingAnd, previewOf, refusedAnd } from './pruned.ts';

const due = (key: string, phone = 'p1') =>
  judged(key, { phone, keep: false, reasons: ['over_count'] });

describe('pruneText', () => {
  const { io } = fakeIo();

  it('counts what would be deleted, in all and for each phone', async () => {
    const archives = [
      due('a'),
      due('b'),
      judged('c'),
      due('d', 'p2'),
      judged('e', { phone: 'p3' }),
    ];
    const lines = (await pruneText(io, { preview: previewOf(archives), isDryRun: true })).split(
      '\n',
    );
    expect(lines[0]).toBe('nightly: 3 of 5 archives would be deleted (6.1 KB)');
    const rows = lines.slice(2).map((line) => line.trim().split(/ {2,}/));
    expect(rows).toEqual([
      ['game-p1', '1', '2', '4.1 KB'],
      ['game-p2', '0', '1', '2.0 KB'],
    ]);
  });

  it('counts what was deleted', async () => {
    const planned = [entryOf(due('a'))];
    const policy = { preview: previewOf([judged('c')]), isDryRun: false, planned };
    expect(await pruneText(io, policy)).toMatch(/^nightly: 1 of 2 archives deleted \(2\.0 KB\)\n/);
  });

  it('names what stands in the way: a block, refusals and missing archives', async () => {
    const preview = previewOf([due('a')], { block: 'max_delete', most: 7 });
    expect(await pruneText(io, { preview, isDryRun: true })).toMatch(/max_delete.* \(7\)/);
    const last = { ...refusedAnd('a', 'AccessDenied'), ...missingAnd('k1', 'k2', 'k3', 'k4') };
    const blocked = { ...last, blocked: 'stale' as const };
    const text = await pruneText(io, { preview, isDryRun: false, last: blocked });
    expect(text).toContain('the policy is stale');
    expect(text).toContain('1 deletion: AccessDenied');
    expect(text).toMatch(/4 last good archives missing .*: k1, k2, k3$/m);
  });

  it('shows the first 50 phones, and how many more there are', async () => {
    const archives = Array.from({ length: 52 }, (_, n) => due(`k${n}`, `p${n}`));
    const lines = (await pruneText(io, { preview: previewOf(archives), isDryRun: true })).split(
      '\n',
    );
    expect(lines).toHaveLength(1 + 1 + 50 + 1);
    expect(lines.at(-1)).toContain('2 more phones');
  });
});

describe('printPruneJson', () => {
  it('prints one JSON object, whatever the number of policies and archives', async () => {
    const many = Array.from({ length: 2_001 }, (_, n) => due(`k${n}`));
    const policies = [
      { preview: previewOf([...many, judged('c', { reasons: ['newest'] })]), isDryRun: true },
      { preview: previewOf([], { policy: 'weekly', block: 'no_rules' }), isDryRun: true },
    ];
    for (const count of [0, 1, 2]) {
      const { io, printed } = fakeIo();
      await printPruneJson(io, policies.slice(0, count));
      const value = JSON.parse(printed.out.join('\n')) as { policies: object[] };
      expect(value.policies).toHaveLength(count);
      if (count === 2) {
        expect(value.policies).toMatchObject([
          {
            policy: 'nightly',
            delete: { length: 2_001 },
            keep: [{ key: 'c', reasons: ['newest'] }],
          },
          { policy: 'weekly', blocked: 'no_rules', delete: [], keep: [] },
        ]);
        expect(value.policies[0]).not.toHaveProperty('blocked');
      }
    }
  });
});
