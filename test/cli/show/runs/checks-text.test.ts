import { expect, it } from 'vitest';
import { checkLines } from '../../../../cli/show/runs/checks-text.ts';
import type { RunPhone } from '../../../../lib/run/query/schemas/run.ts';

const phone = (name: string, changes: Partial<RunPhone> = {}): RunPhone => ({
  ...{ phone_id: name, phone_name: name, server_id: 's', state: 'restored', attempts: 1 },
  ...changes,
});

it('says nothing of phones on which nothing was found', () => {
  expect(checkLines({ language: 'en' }, [phone('a')])).toEqual([]);
});

it('names leftovers, wrong owners, and what was not seen', () => {
  const lines = checkLines({ language: 'en' }, [
    phone('a', { leftovers: { count: 1, paths: ['/data/x'] } }),
    phone('b', { leftovers: { count: 30, more: true, paths: ['/data/y'] } }),
    phone('c', { owners: { fixed: ['com.a'], wrong: ['com.b'] }, unseen: ['leftovers', 'owners'] }),
  ]);
  expect(lines).toEqual([
    'Files that the archive lacks stayed on 2 phones:',
    '  a: 1 file: /data/x',
    '  b: at least 30 files: /data/y …',
    'Wrong owner on c: com.b. Reinstall these apps and restore again.',
    'Whether files that the archive lacks stayed was not seen on: c',
    'The owners of apps were not all seen on: c. Check that each app opens.',
  ]);
});

it('names ten phones at most', () => {
  const many = Array.from({ length: 12 }, (_, n) =>
    phone(`p${n}`, { leftovers: { count: 1, paths: ['/x'] }, unseen: ['leftovers'] }),
  );
  const lines = checkLines({ language: 'en' }, many);
  expect(lines).toContain('  … and 2 more');
  expect(lines.at(-1)).toMatch(/ p9 … and 2 more$/);
});
