import { describe, expect, it } from 'vitest';
import { checkUserData, readUserData } from '../../../../local/functiongraph/config/user-data.ts';

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;
const pairs = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`K${index}`, 'v']));

describe('user data', () => {
  it('may be absent or empty', () => {
    expect([readUserData(undefined), readUserData(null), readUserData('')]).toEqual([{}, {}, {}]);
    expect(readUserData('{"A":"1"}')).toEqual({ A: '1' });
  });

  it.each([
    ['no JSON', 'A=1'],
    ['a list', '[]'],
    ['a variable that begins with a digit', '{"1A":"x"}'],
    ['a variable that is a number', '{"A":1}'],
    ['a reserved variable', '{"RUNTIME_MEMORY":"1"}'],
  ])('refuses %s', (_, text) => {
    expect(() => readUserData(text)).toThrow(code('FSS.1009'));
  });

  it('has at most 20 variables and 4,096 characters, plain and encrypted together', () => {
    checkUserData(pairs(19), { SECRET: 'x' });
    expect(() => checkUserData(pairs(20), { SECRET: 'x' })).toThrow(code('FSS.1017'));
    checkUserData({ A: 'x'.repeat(4_000) }, { B: 'x'.repeat(94) });
    expect(() => checkUserData({ A: 'x'.repeat(4_000) }, { B: 'x'.repeat(95) })).toThrow(
      code('FSS.1018'),
    );
  });
});
