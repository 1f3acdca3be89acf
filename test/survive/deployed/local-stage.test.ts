import { execFile, type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

type Ready = Record<
  'cph' | 'obs' | 'apig' | 'region' | 'bucket' | 'accessKey' | 'secretKey' | 'securityToken',
  string
>;
type Report = { outcome: string; trigger: string; counts: { selected: number; exported: number } };

const root = join(import.meta.dirname, '../../..');
const MINUTE = 60_000;
const PHONES = 6;
const POLICY = `
name: often
schedule: { cron: "0 */5 * * * *", timezone: Asia/Shanghai }
select: { name: "*" }
export: { include: [/data/data], bucket: phonevault-demo }
deadline: 30m
`;
/** Without a schedule: only new phones start it. */
const FIRST = POLICY.replace('name: often', 'name: first').replace(
  /schedule: .*\n/,
  'on_provisioned: true\n',
);
const TOKEN = 'pv_0123456789abcdef0123456789abcdef';
const entry = `ops:read:never:sha256-${createHash('sha256').update(TOKEN).digest('hex')}`;

/** The Node.js that functions run on; .ci/run names those of FunctionGraph. */
const nodes = (process.env.PHONEVAULT_TEST_NODES || process.execPath).split(',');

describe.each(nodes)('deployed to the embedded cloud, on %s', (node) => {
  const folder = mkdtempSync(join(tmpdir(), 'phonevault-'));
  const readyFile = join(folder, 'ready.json');
  let cloud: ChildProcess;
  let ready: Ready;
  let s3: S3Client;

  beforeAll(async () => {
    const given = ['--phones', String(PHONES), '--servers', '2', '--speed', '20', '--node', node];
    cloud = spawn(
      process.execPath,
      ['--import', 'tsx', 'local/main.ts', '--ready-file', readyFile, ...given],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const lines = createInterface({ input: cloud.stdout! });
    await once(lines, 'line');
    ready = JSON.parse(readFileSync(readyFile, 'utf8')) as Ready;
    s3 = new S3Client({
      region: ready.region,
      endpoint: ready.obs,
      forcePathStyle: true,
      credentials: {
        accessKeyId: ready.accessKey,
        secretAccessKey: ready.secretKey,
        sessionToken: ready.securityToken,
      },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }, MINUTE);

  afterAll(async () => {
    cloud.kill('SIGTERM');
    await once(cloud, 'exit');
    rmSync(folder, { recursive: true });
  }, MINUTE);

  const serverless = (...args: string[]) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      execFile(
        join(root, 'node_modules/.bin/serverless'),
        [...args, '--stage', 'local'],
        {
          cwd: root,
          env: { ...process.env, PHONEVAULT_READY_FILE: readyFile, PHONEVAULT_HTTP_TOKENS: entry },
        },
        (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), out: `${stdout}${stderr}` }),
      );
    });

  const keys = async (prefix: string): Promise<string[]> => {
    const answer = await s3.send(
      new ListObjectsV2Command({ Bucket: ready.bucket, Prefix: prefix }),
    );
    return (answer.Contents ?? []).flatMap(({ Key }) => Key ?? []);
  };

  /** The report of the first run of this trigger, when there is one. */
  const reportOf = async (trigger: string): Promise<Report | undefined> => {
    const reports = (await keys('phonevault/runs/')).filter((key) => key.endsWith('/report.json'));
    for (const Key of reports) {
      const object = await s3.send(new GetObjectCommand({ Bucket: ready.bucket, Key }));
      const report = JSON.parse((await object.Body?.transformToString()) ?? '') as Report;
      if (report.trigger === trigger) return report;
    }
    return undefined;
  };
  const waitForReport = async (trigger: string): Promise<Report | undefined> => {
    for (let waited = 0; waited < 3 * MINUTE; waited += 1_000) {
      const report = await reportOf(trigger);
      if (report !== undefined) return report;
      await sleep(1_000);
    }
    return undefined;
  };

  it(
    'is planned, deployed, and then needs nothing',
    async () => {
      expect(await serverless('plan')).toMatchObject({ code: 2 });
      const first = await serverless('deploy');
      expect(first.out).toContain('drive: maximum instances: default -> 400');
      expect(first.code).toBe(0);
      const second = await serverless('deploy');
      expect(second.out).toContain('Nothing changed.');
      expect(second.code).toBe(0);
      expect(await serverless('plan')).toMatchObject({ code: 0 });
    },
    3 * MINUTE,
  );

  it(
    'carries a policy out by timers, with nobody calling a handler',
    async () => {
      for (const [name, Body] of Object.entries({ often: POLICY, first: FIRST })) {
        const Key = `phonevault/policies/${name}.yaml`;
        await s3.send(new PutObjectCommand({ Bucket: ready.bucket, Key, Body }));
      }
      const report = await waitForReport('timer');
      expect(report).toMatchObject({
        trigger: 'timer',
        outcome: 'completed',
        counts: { selected: PHONES, exported: PHONES },
      });
      const archives = (await keys('often/')).filter((key) => key.endsWith('.tar'));
      expect(archives.length).toBeGreaterThanOrEqual(PHONES);
      // The report is written before the message is published.
      await vi.waitFor(
        async () => {
          const messages = (await (
            await fetch(`${ready.cph}/_local/messages`)
          ).json()) as unknown[];
          expect(messages.length).toBeGreaterThan(0);
        },
        { timeout: MINUTE, interval: 500 },
      );
    },
    4 * MINUTE,
  );

  it(
    'is what the command line sees with the environment that local:env prints',
    async () => {
      const script =
        'eval "$(npm run --silent local:env)" && node dist/phonevault.js status --json';
      const env = { ...process.env, PHONEVAULT_READY_FILE: readyFile };
      const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: root, env });
      expect(stdout).toContain('"often"');
    },
    MINUTE,
  );

  it(
    'gives new phones their first backup by the traces that CTS hands over',
    async () => {
      const body = JSON.stringify({ count: 2 });
      const bought = await fetch(`${ready.cph}/_local/phones`, { method: 'POST', body });
      expect(bought.ok).toBe(true);
      expect(await waitForReport('provisioned')).toMatchObject({
        counts: { selected: 2, exported: 2 },
      });
    },
    4 * MINUTE,
  );

  it('responds over HTTP to authorized callers', async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(`${ready.apig}/v1/runs`, { headers });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('often-');
    expect((await fetch(`${ready.apig}/v1/runs`)).status).toBe(401);
  });

  it(
    'shows its logs, and invokes functions with success and failure',
    async () => {
      const logs = await serverless('logs', '-f', 'drive');
      expect(logs.out).toContain('"event":"settled"');
      const called = await serverless('invoke', '-f', 'schedule', '-d', '{"trigger_type":"TIMER"}');
      expect(called.code).toBe(0);
      expect(called.out).toContain('requested');
      expect(await serverless('invoke', '-f', 'nobody')).toMatchObject({ code: 1 });
    },
    2 * MINUTE,
  );

  it(
    'is removed without a trace but its bucket',
    async () => {
      expect((await serverless('remove')).out).toContain('Removed 4 functions.');
      expect((await serverless('info')).out).toContain('drive: not deployed');
      expect((await keys('phonevault/')).length).toBeGreaterThan(0);
    },
    MINUTE,
  );
});
