import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePolicy } from '../../lib/policy/parse/parse.ts';

it('is a valid policy for the bucket of the embedded cloud', () => {
  const file = join(import.meta.dirname, '../../examples/nightly.yaml');
  const parsed = parsePolicy(readFileSync(file, 'utf8'), {
    fileName: 'nightly.yaml',
    ledger: { bucket: 'phonevault-demo', prefix: 'phonevault/' },
  });
  expect(parsed).toMatchObject({
    ok: true,
    policy: { name: 'nightly', export: { bucket: 'phonevault-demo' } },
  });
});
