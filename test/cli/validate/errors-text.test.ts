import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../testing/night.ts';
import { fakeIo } from '../support/fake-io.ts';
import { policyFolder } from '../support/policy-folder.ts';

let cwd: string;

beforeAll(async () => {
  cwd = await policyFolder();
});
afterAll(() => rm(cwd, { recursive: true }));

describe('the errors of a file', () => {
  it('points at each error and suggests a correction', async () => {
    const { code, out, err } = await fakeIo({ cwd }).run('validate', 'nightly.yaml', 'broken.yaml');

    expect(code).toBe(1);
    expect(out).toContain(
      [
        'broken.yaml:4:1: selct: unknown field',
        '  4 | selct: { name: "*" }',
        '    | ^',
        '  hint: Did you mean select?',
      ].join('\n'),
    );
    expect(err).toBe('2 errors in 1 file');
  });

  it('counts lines correctly with CR LF and a byte order mark', async () => {
    const { out } = await fakeIo({ cwd }).run('validate', 'crlf.yaml');

    expect(out).toContain('crlf.yaml:4:1: selct: unknown field');
    expect(out).not.toContain('\\u{');
  });

  it('fits a narrow terminal, the caret under its column', async () => {
    const long = `${NIGHTLY}notify: { topics: all }`.replace(
      'deadline: 2h',
      'deadline: 2h  # '.padEnd(90, 'x'),
    );
    const io = { columns: 40, outIsTerminal: true, env: { NO_COLOR: '1' } };
    const text = `name: nightly\n${' '.repeat(70)}bad: 1\n`;
    const [wide, indented] = await Promise.all(
      [long, text].map((source) =>
        fakeIo({ ...io, readStdin: async () => source }).run('validate', '-'),
      ),
    );

    for (const line of `${wide?.out}\n${indented?.out}`.split('\n')) {
      expect(line.length).toBeLessThanOrEqual(40);
    }
    const lines = indented?.out.split('\n') ?? [];
    const caret = lines.findIndex((line) => line.trim() === '| ^' || /\| +\^$/.test(line));
    expect(lines[caret - 1]?.[lines[caret]?.indexOf('^') ?? 0]).toMatch(/\S/);
  });
});
