import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const MINUTE = 60_000;
const PHONES = 4;
const STAGES = { prod: 'phonevault/', test: 'teams/test/vault/' } as const;
type Stage = keyof typeof STAGES;

/** A policy of the same name in both stages; their archives differ by folder. */
const policyOf = (stage: Stage): string => `
name: often
schedule: { cron: "0 */5 * * * *", timezone: Asia/Shanghai }
select: { name: "*" }
export: { include: [/data/data], bucket: phonevault-demo, object_path: "${stage}/{policy}" }
deadline: 30m
`;

describe('two stages in one account, in one bucket', () => {
  const cloud = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      'local/main.ts',
      '--phones',
      String(PHONES),
      '--servers',
      '1',
      '--speed',
      '20',
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let ready: Record<string, string>;
  let s3: S3Client;

  beforeAll(async () => {
    const [line] = (await once(createInterface({ input: cloud.stdout }), 'line')) as [string];
    ready = JSON.parse(line) as Record<string, string>;
    const { region = '', obs = '', accessKey = '', secretKey = '', securityToken = '' } = ready;
    s3 = new S3Client({
      region,
      endpoint: obs,
      forcePathStyle: true,
      credentials: {
        accessKeyId: accessKey,
        secretAccessKey: secretKey,
        sessionToken: securityToken,
      },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }, MINUTE);

  afterAll(async () => {
    cloud.kill('SIGTERM');
    await once(cloud, 'exit');
  }, MINUTE);

  const environmentOf = (stage: Stage) => ({
    ...process.env,
    HUAWEICLOUD_SDK_AK: ready['accessKey'],
    HUAWEICLOUD_SDK_SK: ready['secretKey'],
    HUAWEICLOUD_SDK_SECURITY_TOKEN: ready['securityToken'],
    PHONEVAULT_REGION: ready['region'],
    PHONEVAULT_PROJECT_ID: ready['projectId'],
    PHONEVAULT_BUCKET: ready['bucket'],
    PHONEVAULT_PREFIX: STAGES[stage],
    PHONEVAULT_TOPIC_URN: ready['topicUrn'],
    PHONEVAULT_CPH_ENDPOINT: ready['cph'],
    PHONEVAULT_IAM_ENDPOINT: ready['iam'],
    PHONEVAULT_OBS_ENDPOINT: ready['obs'],
    PHONEVAULT_OBS_PATH_STYLE: 'true',
    PHONEVAULT_SMN_ENDPOINT: ready['smn'],
    PHONEVAULT_FUNCTIONGRAPH_ENDPOINT: ready['functiongraph'],
    PHONEVAULT_LTS_ENDPOINT: ready['functiongraph'],
  });

  const serverless = (stage: Stage, ...args: string[]) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      execFile(
        join(root, 'node_modules/.bin/serverless'),
        [...args, '--stage', stage],
        { cwd: root, env: environmentOf(stage) },
        (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), out: `${stdout}${stderr}` }),
      );
    });

  const keys = async (prefix: string): Promise<string[]> => {
    const found = await s3.send(
      new ListObjectsV2Command({ Bucket: ready['bucket'], Prefix: prefix }),
    );
    return (found.Contents ?? []).flatMap(({ Key }) => Key ?? []);
  };

  /** The first report of a stage, as soon as there is one. */
  const reportOf = async (stage: Stage): Promise<unknown> => {
    for (let waited = 0; waited < 3 * MINUTE; waited += 1_000) {
      const Key = (await keys(`${STAGES[stage]}runs/`)).find((key) => key.endsWith('/report.json'));
      if (Key !== undefined) {
        const object = await s3.send(new GetObjectCommand({ Bucket: ready['bucket'], Key }));
        return JSON.parse((await object.Body?.transformToString()) ?? '');
      }
      await sleep(1_000);
    }
    return undefined;
  };

  it(
    'are deployed next to each other, and neither changes the other',
    { timeout: 4 * MINUTE },
    async () => {
      for (const stage of ['prod', 'test'] as const) {
        expect(await serverless(stage, 'deploy')).toMatchObject({ code: 0 });
      }
      for (const stage of ['prod', 'test'] as const) {
        expect((await serverless(stage, 'deploy')).out).toContain('Nothing changed.');
      }
    },
  );

  it('both run a policy, each in its own ledger', { timeout: 5 * MINUTE }, async () => {
    for (const [stage, prefix] of Object.entries(STAGES) as [Stage, string][]) {
      const Key = `${prefix}policies/often.yaml`;
      await s3.send(new PutObjectCommand({ Bucket: ready['bucket'], Key, Body: policyOf(stage) }));
    }
    for (const stage of ['prod', 'test'] as const) {
      const other = stage === 'prod' ? 'test' : 'prod';
      const report = await reportOf(stage);
      expect(report).toMatchObject({
        policy: 'often',
        outcome: 'completed',
        counts: { exported: PHONES },
      });
      expect(JSON.stringify(report)).toContain(`"${stage}/often/`);
      expect(JSON.stringify(report)).not.toContain(`"${other}/often/`);
    }
  });

  it('goes on when the other one is removed', { timeout: 2 * MINUTE }, async () => {
    expect((await serverless('test', 'remove')).out).toContain('Removed 4 functions.');
    expect((await serverless('test', 'info')).out).toContain('drive: not deployed');
    expect((await serverless('prod', 'info')).out).toContain(':phonevault-prod-drive');
    expect((await serverless('prod', 'plan')).code).toBe(0);
  });
});
