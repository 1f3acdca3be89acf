import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { S3Client, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { functionBody, zipOf } from './support/functiongraph.ts';

type Ready = Record<string, string> & { ready: true };

const run = (...args: string[]) =>
  spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the embedded cloud as a process', () => {
  it('prints one line when it is ready, serves over sockets, keeps archives as files, stops on SIGTERM', async () => {
    const data = mkdtempSync(join(tmpdir(), 'cloud-'));
    const child = run('--phones', '5', '--servers', '1', '--speed', '10000', '--data', data);
    try {
      const lines: string[] = [];
      const reader = createInterface({ input: child.stdout });
      reader.on('line', (line) => lines.push(line));
      await once(reader, 'line');
      const cloud = JSON.parse(lines[0]!) as Ready;
      const phones = (await (await fetch(`${cloud.cph}/_local/phones`)).json()) as {
        phone_id: string;
      }[];
      const id = phones[0]!.phone_id;
      const response = await fetch(
        `${cloud.cph}/v1/${cloud.projectId}/cloud-phone/phones/batch-storage`,
        {
          method: 'POST',
          headers: { 'x-auth-token': cloud.token!, 'content-type': 'application/json' },
          body: JSON.stringify({
            storage_infos: [
              {
                phone_id: id,
                include_files: ['/data'],
                bucket_name: cloud.bucket,
                object_path: 'a/b.tar',
              },
            ],
          }),
        },
      );
      const s3 = new S3Client({
        region: cloud.region!,
        endpoint: cloud.obs!,
        forcePathStyle: true,
        credentials: {
          accessKeyId: cloud.accessKey!,
          secretAccessKey: cloud.secretKey!,
          sessionToken: cloud.securityToken!,
        },
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      });
      const list = new ListObjectsV2Command({ Bucket: cloud.bucket });
      await eventually(async () => (await s3.send(list)).KeyCount).toBe(1);
      const archive = readFileSync(join(data, 'obs', cloud.bucket!, 'a/b.tar'));
      expect(response.status).toBe(200);
      expect(Object.keys(cloud)).toEqual(
        'ready cph iam obs smn functiongraph apig region projectId accessKey secretKey securityToken token bucket topicUrn'.split(
          ' ',
        ),
      );
      expect(archive.subarray(257, 262).toString()).toBe('ustar');
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(lines).toHaveLength(1);
    } finally {
      child.kill('SIGKILL');
      rmSync(data, { recursive: true });
    }
  });

  it('runs functions on the Node.js of --node, and ends them when it stops', async () => {
    const child = run('--phones', '1', '--servers', '1', '--node', process.execPath);
    try {
      const reader = createInterface({ input: child.stdout });
      const [line] = (await once(reader, 'line')) as [string];
      const cloud = JSON.parse(line) as Ready;
      const fgs = `${cloud.functiongraph}/v2/${cloud.projectId}/fgs`;
      const post = (path: string, body: unknown) =>
        fetch(`${fgs}${path}`, {
          method: 'POST',
          headers: { 'x-auth-token': cloud.token! },
          body: JSON.stringify(body),
        });
      const code = 'exports.handler = async () => [process.pid, process.env.RUNTIME_CODE_ROOT];';
      await post('/functions', functionBody({ func_code: { file: zipOf({ 'index.js': code }) } }));
      const urn = `urn:fss:${cloud.region}:${cloud.projectId}:function:default:backup`;
      const response = await post(`/functions/${encodeURIComponent(urn)}/invocations`, {});
      const [pid, root] = (await response.json()) as [number, string];
      expect(process.kill(pid, 0)).toBe(true);
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
      await eventually(() => isAlive(pid)).toBe(false);
      expect(existsSync(root)).toBe(false);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('exits with 1 if the Node.js of --node cannot be run', async () => {
    const child = run('--node', '/nowhere/node');
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output).toContain('--node /nowhere/node');
  });

  it('exits with 2 and names an invalid option', async () => {
    const child = run('--phones', 'many');
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(output).toContain('phones');
  });

  it('keeps the ready file until it stops, also while another cloud starts and stops in its folder', async () => {
    const data = mkdtempSync(join(tmpdir(), 'cloud-'));
    const file = join(data, 'a', 'ready.json');
    const child = run('--phones', '1', '--servers', '1', '--ready-file', file);
    try {
      const reader = createInterface({ input: child.stdout });
      const [line] = (await once(reader, 'line')) as [string];
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(JSON.parse(line) as Ready);
      const second = run('--phones', '1', '--servers', '1', '--ready-file', file);
      let warning = '';
      second.stderr.on('data', (chunk: Buffer) => (warning += chunk.toString()));
      await once(createInterface({ input: second.stdout }), 'line');
      second.kill('SIGTERM');
      await once(second, 'close');
      expect(warning).toContain(`belongs to process ${child.pid}`);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(JSON.parse(line) as Ready);
      child.kill('SIGTERM');
      await once(child, 'exit');
      expect(existsSync(file)).toBe(false);
    } finally {
      child.kill('SIGKILL');
      rmSync(data, { recursive: true });
    }
  });
});
