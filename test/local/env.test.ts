import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

function run(file: string) {
  const env = { ...process.env, PHONEVAULT_READY_FILE: file };
  const args = ['--import', 'tsx', 'local/env.ts'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('prints the settings of the running cloud as shell exports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'env-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'ready.json');
  writeFileSync(file, '{"region":"cn-north-4","projectId":"p1","cph":"http://127.0.0.1:1"}');
  const { status, stdout } = run(file);
  expect(status).toBe(0);
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining([
      "export PHONEVAULT_REGION='cn-north-4'",
      "export PHONEVAULT_CPH_ENDPOINT='http://127.0.0.1:1'",
      "export PHONEVAULT_DRIVE_URN='urn:fss:cn-north-4:p1:function:default:phonevault-local-drive'",
    ]),
  );
});

it('says how to start the cloud if none runs', () => {
  expect(run('/nowhere/ready.json')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('/nowhere/ready.json not found') as string,
  });
});
