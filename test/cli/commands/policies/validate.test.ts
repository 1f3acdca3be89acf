import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../../testing/night.ts';
import { cliNight } from '../../support/cli-night.ts';
import { fakeIo } from '../../support/fake-io.ts';
import { policyFolder } from '../../support/policy-folder.ts';

const SLOTS =
  '  next slots: 2026-01-03 02:30, 2026-01-04 02:30, 2026-01-05 02:30, 2026-01-06 02:30, 2026-01-07 02:30 Asia/Shanghai; 1 a day';
let cwd: string;

beforeAll(async () => {
  cwd = await policyFolder();
});
afterAll(() => rm(cwd, { recursive: true }));

describe('files', () => {
  it('reports ok for a valid file', async () => {
    const { code, out, err } = await fakeIo({ cwd }).run('validate', 'nightly.yaml');

    expect({ code, out, err }).toEqual({ code: 0, out: `nightly.yaml: ok\n${SLOTS}`, err: '' });
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
        SLOTS,
      ].join('\n'),
    );
    const { files } = JSON.parse((await run('--json')).out) as { files: { warnings: string[] }[] };
    expect(files[0]?.warnings).toHaveLength(1);
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
});

describe('the bucket', () => {
  it('checks single policies by name', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);

    const one = await cli.run('validate', '--policy', 'nightly');
    const two = await cli.run('validate', '--policy', 'nightly', 'gone');

    expect(one).toMatchObject({
      code: 0,
      out: expect.stringContaining('policies/nightly.yaml: ok') as string,
    });
    expect(two.code).toBe(1);
    expect(two.out).toContain('policies/gone.yaml: the file does not exist');
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
