import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generatedFiles } from '../../scripts/docs/generated.ts';
import { root } from './pages.ts';

it('holds the generated pages as they are made now: else npm run docs', async () => {
  const files = await generatedFiles();
  expect(files.map(({ path }) => path)).toEqual([
    'docs/formats.md',
    'docs/policy.md',
    'docs/policy.schema.json',
  ]);
  for (const { path, text } of files) {
    expect(readFileSync(join(root, path), 'utf8'), path).toBe(text);
  }
});
