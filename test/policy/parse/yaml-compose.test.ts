import { describe, expect, test } from 'vitest';
import { errorsOf, nightlyWith, SMALLEST } from '../support/errors.ts';

describe('a file that is not plain YAML', () => {
  test.each<[string, string, string]>([
    ['two documents', `${SMALLEST}---\n${SMALLEST}`, 'more than one YAML document'],
    ['two documents with an end', `${SMALLEST}...\n---\nname: b\n`, 'more than one YAML document'],
    ['a tab as indentation', 'select:\n\tname: x\n', 'Tabs'],
    ['an open bracket', 'select: { name: x\n', ''],
    ['an open quote', 'name: "x\n', ''],
    [
      'a stray bracket, without the errors that follow from it',
      `select: { name: a{b }\n${SMALLEST}`,
      '',
    ],
    ['a directive', `%YAML 1.1\n---\n${SMALLEST}`, 'directive'],
    ['too many brackets', '['.repeat(200_000), 'nested too deeply'],
    ['too many dashes', '- '.repeat(100_000), 'nested too deeply'],
    ['too many question marks', '? '.repeat(100_000), 'nested too deeply'],
    ['too many mappings', '{a: '.repeat(60_000), 'nested too deeply'],
    [
      'too many fields',
      Array.from({ length: 30_000 }, (_, n) => `k${n}:`).join('\n'),
      'too many YAML tokens',
    ],
  ])('reports one error for %s', (_, text, message) => {
    const errors = errorsOf(text);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      path: '',
      message: expect.stringContaining(message) as string,
    });
  });

  test('has a hint for a bracket that is not closed', () => {
    expect(errorsOf(nightlyWith('enabled: true', 'retry2: [a, b'))[0]?.hint).toContain('bracket');
  });
});
