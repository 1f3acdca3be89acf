import { describe, expect, it } from 'vitest';
import {
  folderSchema,
  idSchema,
  policyNameSchema,
  runIdSchema,
} from '../../../lib/ledger/store/part-of-key.ts';

const outside = ['', '.', '..', '../x', 'a/b', '/a', 'a/', 'a b', 'a\n', 'a\u0000', '中文'];

describe('an id or name in a key', () => {
  it.each([
    ['id', idSchema, '0123456789abcdef0123456789abcdef'],
    ['policy name', policyNameSchema, 'nightly-2'],
    ['run id', runIdSchema, 'nightly-20260102t023000z'],
  ])('is accepted as %s when it cannot leave its folder', (_, schema, valid) => {
    expect(schema.safeParse(valid).success).toBe(true);
    for (const text of outside)
      expect([text, schema.safeParse(text).success]).toEqual([text, false]);
  });
});

describe('a folder', () => {
  it.each(['a', 'nightly/20260102', 'a.b/..c/d..', 'a+b/c#d/e=f/_-', 'x'.repeat(1_024)])(
    'may be %s',
    (folder) => {
      expect(folderSchema.safeParse(folder).success).toBe(true);
    },
  );

  it.each([
    ...outside.filter((text) => text !== 'a/b'),
    ...['a//b', 'a/../b', 'a/.', './a', 'a/..', 'x'.repeat(1_025)],
  ])('may not be %j', (folder) => {
    expect(folderSchema.safeParse(folder).success).toBe(false);
  });
});
