import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Ready } from '../../demo/cloud-process.ts';
import { deployFunctions, timerEvent } from '../../demo/functions.ts';
import { createCloud } from '../../local/cloud.ts';
import { listen } from '../../local/http/server.ts';

const RUN = 'nightly-20260102t183000z';
const NOW = Date.UTC(2026, 0, 2, 18, 30);

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** A cloud, and a checkout whose function `schedule` does what `body` says. */
async function deployed(body: string) {
  const root = await mkdtemp(join(tmpdir(), 'phonevault-demo-'));
  cleanUp.push(() => rm(root, { recursive: true }));
  const files = {
    LICENSE: '',
    'dist/THIRD-PARTY-LICENSES.txt': '',
    'dist/drive.js': 'exports.handler = async () => 1;',
    'dist/schedule.js': `exports.handler = async (event, context) => { ${body} };`,
  };
  await mkdir(join(root, 'dist'));
  for (const [file, text] of Object.entries(files)) await writeFile(join(root, file), text);
  const cloud = await createCloud({ phones: 1, servers: 1 });
  const server = await listen(cloud.services.functiongraph, 0, 2 ** 26);
  cleanUp.push(
    () => server.close(),
    () => cloud.functiongraph.stop(),
  );
  const { region, projectId, credentials, bucket, topicUrn } = cloud;
  const urls = { cph: 'http://cph', iam: 'http://iam', obs: 'http://obs', smn: 'http://smn' };
  const ready: Ready = {
    ...{ ready: true, ...urls, functiongraph: server.url },
    ...{ region, projectId, bucket, topicUrn, ...credentials },
  };
  const folder = join(root, 'functions');
  return { root, functions: await deployFunctions(root, folder, ready) };
}

it('deploys the handlers, sends schedule the event of its timer and returns the requested run', async () => {
  const { root, functions } = await deployed(
    `console.log(context.getUserData('PHONEVAULT_SMN_ENDPOINT'), JSON.stringify(event));
    return { requested: ['${RUN}'] };`,
  );

  expect(functions.names).toEqual(['phonevault-demo-drive', 'phonevault-demo-schedule']);
  expect(await functions.fireNightly(NOW)).toBe(RUN);
  const file = join(root, 'functions.log');
  await functions.keepLogs(file);
  expect(await readFile(file, 'utf8')).toContain(
    `http://smn ${JSON.stringify(timerEvent(NOW, 'nightly'))}`,
  );
});

it.each([
  ['throw new TypeError("no bucket")', 'requested no run: TypeError: no bucket'],
  ['return { requested: [] }', 'requested no run: returned {"requested":[]}'],
])('says why no run was requested: %s', async (body, message) => {
  const { functions } = await deployed(body);

  await expect(functions.fireNightly(NOW)).rejects.toThrow(message);
});

it.each([
  ['nightly', { trigger_name: 'nightly', user_event: 'nightly' }],
  ['', { trigger_name: 'every-minute', user_event: '' }],
])('gives the event of a timer China’s time, user event %j', (userEvent, expected) => {
  expect(timerEvent(NOW, userEvent)).toEqual({
    version: 'v1.0',
    time: '2026-01-03T02:30:00+08:00',
    trigger_type: 'TIMER',
    ...expected,
  });
});
