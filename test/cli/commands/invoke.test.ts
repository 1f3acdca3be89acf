import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runHandler } from '../../../cli/invoke/run-handler.ts';
import { bundleTools } from '../../../scripts/build/bundle.ts';
import { cliNight } from '../support/cli-night.ts';
import { fakeIo } from '../support/fake-io.ts';

const ECHO = `exports.handler = async (event, context) => {
  console.log('a line of its log');
  if (event.wait) await new Promise((resolve) => setTimeout(resolve, 60000));
  if (event.exit) process.exit(3);
  if (event.foreign) throw new TypeError('hunter2');
  if (event.ours) {
    throw Object.assign(new Error('the topic is gone: make one'), { name: 'ServiceError', code: 'not_found' });
  }
  if (event.nothing) return undefined;
  return {
    event,
    project: context.getProjectID(),
    bucket: context.getUserData('PHONEVAULT_BUCKET'),
    unknown: context.getUserData('HUAWEICLOUD_SDK_SK') ?? null,
    hasKeys: context.getSecurityAccessKey() !== '' && context.getSecuritySecretKey() !== '',
    hasTime: context.getRemainingTimeInMilliSeconds() > 20000,
    id: context.getRequestID(),
  };
};`;
let dist: string;

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'phonevault-'));
  const worker = join(import.meta.dirname, '../../../cli/invoke/worker.ts');
  await bundleTools([{ in: worker, out: 'invoke-worker' }], dist);
  for (const name of ['echo', 'phonevault', 'local', 'function-instance']) {
    await writeFile(join(dist, `${name}.js`), ECHO);
  }
});
afterAll(() => rm(dist, { recursive: true }));

const invoke = async (event: object, ...more: string[]) => {
  const cli = await cliNight({
    io: {
      parts: { version: '0', dist, local: [], worker: join(dist, 'invoke-worker.js') },
      readStdin: async () => JSON.stringify(event),
    },
  });
  return { cli, ...(await cli.run('invoke', 'echo', '--event', '-', ...more)) };
};

it('runs a handler with the settings and credentials of the environment', async () => {
  const { cli, code, out, err } = await invoke({ n: 1 }, '--timeout', '30s');

  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({
    event: { n: 1 },
    project: cli.night.cloud.projectId,
    bucket: cli.night.cloud.bucket,
    unknown: null,
    hasKeys: true,
    hasTime: true,
    id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
  });
  expect(err).toBe('a line of its log');
});

it('prints null for no result', async () => {
  expect(await invoke({ nothing: true })).toMatchObject({ code: 0, out: 'null' });
});

it.each([
  [{ ours: true }, 'error: the topic is gone: make one'],
  [{ foreign: true }, 'error: unexpected TypeError'],
  [{ exit: true }, 'error: the handler ended the process'],
])('ends with 1 when it throws: %j', async (event, message) => {
  const { code, out, err } = await invoke(event);

  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(message);
  expect(err).not.toContain('hunter2');
});

it('ends a handler at its time limit', async () => {
  const { io } = fakeIo({
    parts: { version: '0', dist, local: [], worker: join(dist, 'invoke-worker.js') },
  });
  const facts = {
    functionName: 'echo',
    requestId: '',
    timeoutMs: 10,
    projectId: '',
    userData: {},
    credentials: { token: '', accessKey: '', secretKey: '', securityToken: '' },
  };

  await expect(
    runHandler(io, { file: join(dist, 'echo.js'), event: { wait: true }, facts }),
  ).rejects.toThrow('the handler ran longer than 10 ms');
});

it.each(['ehco', 'local', 'phonevault', '../x', 'invoke-worker', 'function-instance'])(
  'knows no handler %s, but those that exist',
  async (name) => {
    const cli = await cliNight({ io: { parts: { version: '0', dist, local: [], worker: '' } } });

    const { code, err } = await cli.run('invoke', name);

    expect(code).toBe(2);
    expect(err).toContain('handlers: echo');
  },
);
