import { execFile } from 'node:child_process';
import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type CloudProcess, type Ready, startCloud } from '../../demo/cloud-process.ts';
import { settingsOf, timerEvent } from '../../demo/functions.ts';
import { createLocalApi } from '../../demo/local-api.ts';
import type { Obs } from '../../lib/cloud/obs/obs.ts';
import type { Report } from '../../lib/ledger/run/report.ts';
import { startFunction } from '../../testing/function-process.ts';
import { obsWith } from './support/obs.ts';

const PHONES = 6;
const PASSWORD = 'a-password-of-the-test';
const LEDGER = 'phonevault/';
const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'phonevault-run-'));
const logFile = join(folder, 'functions.log');
const log = openSync(logFile, 'w');

let cloud: CloudProcess;
let ready: Ready;
let obs: Obs;

beforeAll(async () => {
  const { hostUrl, accessKey, secretKey } = inject('servers').radosgw;
  const objects = ['--obs', hostUrl, '--obs-access-key', accessKey];
  const secrets = {
    PHONEVAULT_LOCAL_OBS_SECRET_KEY: secretKey,
    PHONEVAULT_LOCAL_PASSWORD: PASSWORD,
  };
  const fleet = ['--phones', String(PHONES), '--servers', '1', '--seed', '7', '--speed', '20'];
  cloud = startCloud(root, [...fleet, ...objects], log, secrets);
  ready = await cloud.ready;
  const { securityToken } = ready;
  obs = obsWith({ ...ready, securityToken, expiresAt: undefined });
});

afterAll(async () => {
  await cloud.stop();
  closeSync(log);
  rmSync(folder, { recursive: true, force: true });
});

/** Puts a policy for all phones into the bucket. */
async function putPolicy(name: string): Promise<void> {
  const text = `
name: ${name}
select: { name: "*" }
export: { include: [/data/data], bucket: ${ready.bucket} }
wait_for_phones: 5s
`;
  await obs.put(ready.bucket, `${LEDGER}policies/${name}.yaml`, text);
}

async function read<T>(key: string): Promise<T | undefined> {
  const object = await obs.get(ready.bucket, LEDGER + key);
  return object === undefined ? undefined : (JSON.parse(object.body) as T);
}

/** What must be true in radosgw, and of the one message, when a run is over. */
async function expectComplete(runId: string): Promise<void> {
  const report = await read<Report>(`runs/${runId}/report.json`);
  expect(report).toMatchObject({
    outcome: 'completed',
    counts: { selected: PHONES, exported: PHONES },
  });
  for (const { bucket = '', key = '', size, etag } of report?.phones ?? []) {
    expect(await obs.head(bucket, key)).toMatchObject({ size, etag });
    // A whole tar: two blocks of zeros at its end.
    expect(Buffer.from((await obs.tail(bucket, key, 1_024)) ?? [])).toEqual(Buffer.alloc(1_024));
  }
  expect((await obs.list(ready.bucket, `${LEDGER}open/`)).objects).toEqual([]);
  const { objects } = await obs.list(ready.bucket, `${LEDGER}state/lease/`);
  const lease = await obs.get(ready.bucket, objects.at(-1)?.key ?? '');
  expect(JSON.parse(lease?.body ?? '')).toMatchObject({ conditional: 'honoured', expires_at: 0 });
  const messages = (await createLocalApi(ready.cph).messages()).map((message) =>
    JSON.stringify(message),
  );
  expect(messages.filter((message) => message.includes(runId))).toHaveLength(1);
}

/** Runs a policy with the built functions and returns the run's id. The functions keep true time, as radosgw does. */
async function runByFunctions(policy: string, credentials: Ready): Promise<string> {
  await putPolicy(policy);
  const options = {
    ...{ dist: join(root, 'dist'), settings: settings(), projectId: ready.projectId },
    credentials,
    onLine: (line: string) => appendFileSync(logFile, `${line}\n`),
  };
  const schedule = startFunction({ ...options, name: 'schedule' });
  const drive = startFunction({ ...options, name: 'drive' });
  try {
    const result = await schedule.invoke(timerEvent(Date.now(), policy));
    const [runId = ''] = (result as { requested: string[] }).requested;
    const isOpen = async () => {
      await drive.invoke(timerEvent(Date.now(), ''));
      return (await obs.head(ready.bucket, `${LEDGER}open/${runId}.json`)) !== undefined;
    };
    await expect.poll(isOpen, { interval: 1_000, timeout: 150_000 }).toBe(false);
    return runId;
  } finally {
    await Promise.all([schedule.kill(), drive.kill()]);
  }
}

describe('a run with its objects on radosgw', () => {
  it('names the server in the ready line, with session keys', () => {
    const { hostUrl, accessKey } = inject('servers').radosgw;
    expect(ready.obs).toBe(hostUrl);
    expect(ready.accessKey).not.toBe(accessKey);
    expect(ready.securityToken).not.toBe('');
  });

  it('goes from the timer to the notification, past exports that fail', async () => {
    await fetch(`${ready.cph}/_local/faults`, {
      method: 'POST',
      body: JSON.stringify({
        service: 'cph',
        operation: 'batch-storage',
        kind: 'job_failed',
        code: 'CPS.0107',
        times: 2,
      }),
    });
    const runId = await runByFunctions('by-functions', ready);
    await expectComplete(runId);
    const report = await read<Report>(`runs/${runId}/report.json`);
    const attempts = report?.phones.reduce((sum, phone) => sum + phone.attempts, 0);
    expect(attempts).toBe(PHONES + 2);
  });

  it('signs for CPH and SMN with the same keys once the token is refused', async () => {
    await expectComplete(await runByFunctions('by-signature', { ...ready, token: 'MIIrefused' }));
    expect(readFileSync(logFile, 'utf8')).toContain('token_refused');
  });

  it.each([
    ['keys', () => keysInEnv()],
    ['a password', () => passwordInEnv()],
  ])('is driven from the command line with %s', async (how, env) => {
    const policy = `by-${how.replace('a ', '')}`;
    await putPolicy(policy);
    const command = ['dist/phonevault.js', 'run', policy, '--drive', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: folder, ...settings(), ...env() },
    });
    await expectComplete((JSON.parse(stdout) as { run_id: string }).run_id);
  });

  it('never calls the embedded OBS, and prints no secret', async () => {
    const calls = await (await fetch(`${ready.cph}/_local/calls`)).json();
    const { obs: counts } = calls as { obs: Record<string, { ok: number; refused: number }> };
    expect(Object.values(counts).filter(({ ok, refused }) => ok + refused > 0)).toEqual([]);
    const { secretKey } = inject('servers').radosgw;
    const lines = readFileSync(logFile, 'utf8');
    for (const secret of [secretKey, ready.secretKey, ready.securityToken, ready.token]) {
      expect(lines.includes(secret)).toBe(false);
    }
  });
});

/** As on the real cloud, the bucket stands in the host name. */
function settings(): Record<string, string> {
  return { ...settingsOf(ready), PHONEVAULT_OBS_PATH_STYLE: '' };
}

function keysInEnv(): NodeJS.ProcessEnv {
  return {
    HUAWEICLOUD_SDK_AK: ready.accessKey,
    HUAWEICLOUD_SDK_SK: ready.secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: ready.securityToken,
  };
}

/** IAM's temporary keys come from radosgw's STS, else these would not open the bucket. */
function passwordInEnv(): NodeJS.ProcessEnv {
  return {
    HW_USER_NAME: 'phonevault',
    HW_USER_PASSWORD: PASSWORD,
    HW_DOMAIN_NAME: 'demo',
  };
}
