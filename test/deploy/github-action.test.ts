import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

type Step = { uses?: string; run?: string; env?: Record<string, string> };

const action = parse(
  readFileSync(new URL('../../deploy/github-action/action.yml', import.meta.url), 'utf8'),
) as { runs: { using: string; steps: Step[] } };
const script = action.runs.steps.at(-1)?.run ?? '';

/** Runs the last step in a folder with two policies; the program prints its arguments. */
function runStep(command: string, files: string) {
  const cwd = mkdtempSync(join(tmpdir(), 'phonevault-test-'));
  const program = join(cwd, 'program.cjs');
  writeFileSync(program, 'console.log(JSON.stringify(process.argv.slice(2)));');
  for (const name of ['a.yaml', 'b c.yaml']) writeFileSync(join(cwd, name), '');
  const env = {
    ...process.env,
    PHONEVAULT_PROGRAM: program,
    INPUT_COMMAND: command,
    INPUT_FILES: files,
  };
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd, env, encoding: 'utf8' });
}

it.each([
  ['validate', '*.yaml', ['validate', '--', 'a.yaml', 'b c.yaml']],
  ['apply', 'a.yaml\n\nb c.yaml\n', ['apply', '--', 'a.yaml', 'b c.yaml']],
  ['validate', '$(touch x).yaml', ['validate', '--', '$(touch x).yaml']],
])('%s %j', (command, files, expected) => {
  const { status, stdout } = runStep(command, files);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual(expected);
});

it.each([
  ['run', 'a.yaml', 2],
  ['validate', '', 2],
  ['validate', 'none/*.yaml', 1],
])('refuses %s %j', (command, files, code) => {
  const { status, stdout } = runStep(command, files);
  expect(status).toBe(code);
  expect(stdout).toMatch(/^::error::/);
});

it('puts no input into the text of a script', () => {
  for (const { run = '' } of action.runs.steps) expect(run).not.toContain('${{');
  expect(execFileSync('bash', ['-n'], { input: script })).toHaveLength(0);
});
