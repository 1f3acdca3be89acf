import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { createCodeFolders } from '../../../../local/functiongraph/runtime/code-folders.ts';
import { functionRecord, zipOf } from '../../support/functiongraph.ts';

it('unpacks each code once, and removes all folders', async () => {
  const folders = createCodeFolders();
  const inline = functionRecord({}, 'one').code;
  const bytes = Buffer.from(zipOf({ 'a/b.js': 'two' }), 'base64');
  const zip = { ...inline, type: 'zip' as const, bytes, digest: 'f'.repeat(64) };
  const [first, again, second] = await Promise.all([
    folders.of(inline),
    folders.of({ ...inline }),
    folders.of(zip),
  ]);
  expect(again).toBe(first);
  expect(readFileSync(join(first, 'index.js'), 'utf8')).toBe('one');
  expect(readFileSync(join(second, 'a/b.js'), 'utf8')).toBe('two');
  await folders.remove();
  expect(existsSync(dirname(first))).toBe(false);
});

it('rejects for a broken archive', async () => {
  const folders = createCodeFolders();
  const code = { ...functionRecord({}, 'no zip').code, type: 'zip' as const };
  await expect(folders.of(code)).rejects.toThrow();
  await folders.remove();
});
