import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUDGETS, overBudget } from '../../packaging/budget.ts';
import { bundleHandlers } from '../../packaging/bundle.ts';
import { HANDLERS } from '../../testing/functions.ts';

const root = join(import.meta.dirname, '../..');
let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'budget-'));
});
afterAll(() => rm(out, { recursive: true }));

describe('overBudget', () => {
  const budget = { bytes: 10, packages: ['zod', '@smithy/core'] };

  it('allows listed packages up to the size', () => {
    const files = [
      '/x/lib/a.ts',
      '/x/node_modules/zod/v4/a.js',
      'C:\\node_modules\\@smithy\\core\\b.js',
    ];
    expect(overBudget(budget, 10, files)).toEqual([]);
  });

  it('reports a bundle that grew, and each package that is new', () => {
    const files = ['/x/node_modules/zod/node_modules/moment/a.js', '/x/node_modules/lodash/b.js'];
    expect(overBudget(budget, 11, files)).toEqual([
      '11 bytes, at most 10 are allowed',
      'contains lodash, which is not listed',
      'contains moment, which is not listed',
    ]);
  });
});

describe('the handlers', () => {
  it.each(HANDLERS)('%s keeps its budget', async (name) => {
    const files = await bundleHandlers(
      [{ in: join(root, 'handlers', `${name}.ts`), out: name }],
      out,
    );
    const { size } = await stat(join(out, `${name}.js`));
    expect(overBudget(BUDGETS[name], size, files)).toEqual([]);
  });
});
