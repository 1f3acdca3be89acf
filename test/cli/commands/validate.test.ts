import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight, denyGet } from '../support/cli-night.ts';
import { fakeIo } from '../support/fake-io.ts';

const BROKEN = NIGHTLY.replace('select:', 'selct:');
let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'phonevault-'));
  await writeFile(join(cwd, 'nightly.yaml'), NIGHTLY);
  await writeFile(join(cwd, 'broken.yaml'), BROKEN.replace('nightly', 'broken'));
  await writeFile(
    join(cwd, 'crlf.yaml'),
    `\uFEFF${BROKEN.replace('nightly', 'crlf').replaceAll('\n', '\r\n')}`,
  );
  await writeFile(join(cwd, 'empty.yaml'), '');
});
afterAll(() => rm(cwd, { recursive: true }));

describe('files', () => {
  it('reports ok for a valid file', async () => {
    const { code, out, err } = await fakeIo({ cwd }).run('validate', 'nightly.yaml');

    expect({ code, out, err }).toEqual({ code: 0, out: 'nightly.yaml: ok', err: '' });
  });

  it('warns of an objective that the schedule cannot meet, and exits with 0', async () => {
    const source = `${NIGHTLY}objective: { max_age: 25h }\n`;
    const run = (...args: string[]) =>
      fakeIo({ cwd, readStdin: async () => source }).run('validate', '-', ...args);
    const { code, out } = await run();

    expect(code).toBe(0);
    expect(out).toBe(
      [
        '(stdin): ok',
        '  warning: objective.max_age: 1d1h is shorter than the longest interval of the schedule plus the deadline (1d2h): phones become late although every run succeeds',
      ].join('\n'),
    );
    const { files } = JSON.parse((await run('--json')).out) as { files: { warnings: string[] }[] };
    expect(files[0]?.warnings).toHaveLength(1);
  });

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

  it.each([
    ['absent.yaml', 'absent.yaml: the file does not exist'],
    ['.', '.: the file is a directory'],
    ['empty.yaml', 'empty.yaml:1:1: the file contains no policy'],
  ])('says what is wrong with %s', async (file, message) => {
    const { code, out } = await fakeIo({ cwd }).run('validate', file);

    expect(code).toBe(1);
    expect(out).toContain(message);
  });

  it('accepts any policy name on standard input, and reports its errors', async () => {
    const good = await fakeIo({ readStdin: async () => NIGHTLY }).run('validate', '-');
    const bad = await fakeIo({ readStdin: async () => BROKEN }).run('validate', '-');

    expect(good.out).toBe('(stdin): ok');
    expect(bad.out).toContain('(stdin):4:1: selct');
  });

  it('prints the result as JSON', async () => {
    const { code, out } = await fakeIo({ cwd }).run(
      'validate',
      'nightly.yaml',
      'broken.yaml',
      'absent.yaml',
      '--json',
    );

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      files: [
        { file: 'nightly.yaml', ok: true, policy: 'nightly', errors: [] },
        {
          file: 'broken.yaml',
          ok: false,
          policy: 'broken',
          errors: [{ path: 'select' }, { path: 'selct', line: 4, column: 1 }],
        },
        { file: 'absent.yaml', ok: false, errors: [{ message: 'the file does not exist' }] },
      ],
    });
    expect(out).not.toContain('source');
  });

  it('checks against the ledger only when the bucket is set', async () => {
    const aimed = NIGHTLY.replace(
      'bucket: phonevault-demo',
      'bucket: vault\n  object_path: phonevault/x',
    );
    const run = (env: Record<string, string>) =>
      fakeIo({ env, readStdin: async () => aimed }).run('validate', '-');

    expect((await run({})).code).toBe(0);
    expect((await run({ PHONEVAULT_BUCKET: 'vault' })).code).toBe(1);
    expect((await run({ PHONEVAULT_BUCKET: 'vault', PHONEVAULT_PREFIX: 'other/' })).code).toBe(0);
    expect((await run({ PHONEVAULT_BUCKET: 'a.b' })).err).toContain('PHONEVAULT_BUCKET is invalid');
  });
});

describe('the bucket', () => {
  it('checks all policies of the bucket without files', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.putPolicy(BROKEN, 'other');

    const { code, out } = await cli.run('validate');

    expect(code).toBe(1);
    expect(out).toContain('policies/nightly.yaml: ok');
    expect(out).toContain(
      'policies/other.yaml:2:7: name: "nightly" does not match the file name "other"',
    );
  });

  it('checks single policies by name', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);

    const one = await cli.run('validate', '--policy', 'nightly');
    const two = await cli.run('validate', '--policy', 'nightly', 'gone');

    expect(one).toMatchObject({ code: 0, out: 'policies/nightly.yaml: ok' });
    expect(two.code).toBe(1);
    expect(two.out).toContain('policies/gone.yaml: the file does not exist');
  });

  it('names a policy that OBS does not return, and checks the others', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.putPolicy(NIGHTLY.replace('name: nightly', 'name: weekly'), 'weekly');
    denyGet(cli, '/policies/weekly.yaml');
    const { code, out } = await cli.run('validate', '--policy', 'nightly', 'weekly');
    expect(code).toBe(1);
    expect(out).toContain('policies/nightly.yaml: ok');
    expect(out).toMatch(/policies\/weekly.yaml cannot be read: .*AccessDenied.*00A1/);
  });

  it('accepts a bucket without policies', async () => {
    expect(await (await cliNight()).run('validate')).toMatchObject({
      code: 0,
      out: '',
      err: 'the bucket contains no policies',
    });
  });

  it('requires PHONEVAULT_BUCKET', async () => {
    const { code, err } = await fakeIo().run('validate');

    expect(code).toBe(1);
    expect(err).toContain('PHONEVAULT_BUCKET is missing');
    expect(err).toContain('hint: set these in the environment of this command');
  });
});
