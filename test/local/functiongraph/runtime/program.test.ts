import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { instanceProgram } from '../../../../local/functiongraph/runtime/program.ts';

it('finds the instance program of this checkout', () => {
  expect(instanceProgram()).toMatch(/instance.main\.cjs$/);
  expect(existsSync(instanceProgram())).toBe(true);
});
