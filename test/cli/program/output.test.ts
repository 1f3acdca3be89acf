import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { inFormat, takesFormat, wantsData } from '../../../cli/program/output.ts';
import { fakeIo } from '../support/fake-io.ts';

describe('output', () => {
  it('prints YAML of the same data as JSON', async () => {
    const cli = fakeIo();
    const json = await cli.run('version', '-o', 'json');
    const yaml = await cli.run('version', '--output', 'yaml');
    expect(yaml.out).toMatch(/^phonevault: /);
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
    expect((await cli.run('version', '--json')).out).toBe(json.out);
  });

  it('refuses an unknown format, and two', async () => {
    const cli = fakeIo();
    const unknown = await cli.run('version', '-o', 'xml');
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringContaining('table, wide, json, yaml'),
    ]);
    expect((await cli.run('version', '-o', 'yaml', '--json')).code).toBe(2);
  });

  it('gives a wide table as many columns as it needs', () => {
    const { io } = fakeIo({ columns: 40 });
    expect(inFormat(io, 'wide').io.columns).toBe(Number.POSITIVE_INFINITY);
    expect(inFormat(io, 'table').io.columns).toBe(40);
  });

  it('joins JSON that was printed in parts', () => {
    const { io } = fakeIo();
    const texts: string[] = [];
    io.out = (text) => texts.push(text);
    const printed = inFormat(io, 'yaml');
    for (const part of ['[', '{"a": 1},', '{"a": 2}', ']']) printed.io.out(part);
    expect(texts).toEqual([]);
    printed.end();
    expect(parse(texts.join('\n'))).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

it('leaves commands alone that have an output option of their own', () => {
  expect(takesFormat({ options: [{ flags: '-o, --output <folder>', text: '' }] })).toBe(false);
  expect(takesFormat({})).toBe(true);
});

it.each([
  [['runs', '--json'], true],
  [['runs', '-o', 'json'], true],
  [['runs', '-oyaml'], true],
  [['runs', '--output=yaml'], true],
  [['runs', '-o', 'wide'], false],
  [['runs', '--', '--json'], false],
  [['archives', 'get', 'x', '-o', 'folder'], false],
])('knows whether %j wants data: %s', (argv, expected) => {
  expect(wantsData(argv)).toBe(expected);
});
