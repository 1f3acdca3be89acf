import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, type Listening } from '../../local/server.ts';
import { type Functions, type HandlerName, startFunctions } from '../support/functions.ts';

// The built functions as zips in the embedded cloud, each in processes of its own, by its clock: timers, traces and HTTP
// calls have them run, nobody calls a handler.

const SPEED = 30;
const ADVANCE_EVERY = 100;
const GIVE_UP_MS = 120_000;
const TOKEN = 'pv_0123456789abcdef0123456789abcdef';

const POLICY = `
name: nightly
schedule: { cron: "0 */5 * * * *", timezone: Asia/Shanghai }
select: { name: "*" }
export: { include: [/data/data], bucket: phonevault-demo }
wait_for_phones: 1m
`;

let functions: Functions;
let apig: Listening;
let timer: NodeJS.Timeout;

beforeAll(async () => {
  const hash = createHash('sha256').update(TOKEN).digest('hex');
  functions = await startFunctions({
    PHONEVAULT_HTTP_TOKENS: `ops:read:never:sha256-${hash}`,
  });
  const { cloud } = functions;
  apig = await listen(cloud.services.apig, 0, 2 ** 24);
  cloud.functiongraph.setApigUrl(apig.url);
  await cloud.control.setSpeed(SPEED);
  timer = setInterval(() => void cloud.advance(), ADVANCE_EVERY);
}, 120_000);

afterAll(async () => {
  clearInterval(timer);
  await functions.cloud.functiongraph.stop();
  await apig.close();
  await functions.stop();
});

async function call(method: string, path: string, body: unknown): Promise<unknown> {
  const { cloud } = functions;
  const url = `https://functiongraph.${cloud.region}.myhuaweicloud.com/v2/${cloud.projectId}/fgs${path}`;
  const headers = { 'x-auth-token': cloud.renewCredentials().token };
  const answer = await cloud.handle(
    new Request(url, { method, headers, body: JSON.stringify(body) }),
  );
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

const urnOf = (name: HandlerName) =>
  `urn:fss:${functions.cloud.region}:${functions.cloud.projectId}:function:default:phonevault-${name}`;

async function deploy(name: HandlerName, trigger: { type: string; data: object }, most?: number) {
  const file = await readFile(join(functions.dist, `${name}.js`));
  await call('POST', '/functions', {
    func_name: `phonevault-${name}`,
    package: 'default',
    runtime: 'Node.js20.15',
    timeout: 60,
    handler: `${name}.handler`,
    memory_size: 256,
    code_type: 'zip',
    func_code: { file: Buffer.from(zipSync({ [`${name}.js`]: file })).toString('base64') },
    app_xrole: 'phonevault',
    user_data: JSON.stringify({ ...functions.settings, PHONEVAULT_DRIVE_URN: urnOf('drive') }),
  });
  const path = `/functions/${urnOf(name)}/config-max-instance`;
  if (most !== undefined) await call('PUT', path, { max_instance_num: most });
  const { type: trigger_type_code, data: event_data } = trigger;
  return call('POST', `/triggers/${urnOf(name)}`, { trigger_type_code, event_data });
}

const minute = {
  type: 'TIMER',
  data: { name: 'minute', schedule_type: 'Cron', schedule: '0 * * * * *' },
};

describe('deployed functions', () => {
  it('carry out a policy by their timers, and answer over HTTP', async () => {
    const { cloud, putPolicy } = functions;
    await deploy('drive', minute, 1);
    await deploy('schedule', minute);
    await deploy('http', {
      type: 'APIG',
      data: {
        name: 'phonevault',
        type: 1,
        path: '/',
        protocol: 'HTTPS',
        req_method: 'ANY',
        group_id: 'g1',
        match_mode: 'SWA',
        env_name: 'RELEASE',
        env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
        auth: 'NONE',
        func_info: { timeout: 60_000 },
      },
    });
    await putPolicy(POLICY, 'nightly');

    const settled = async () =>
      (await cloud.control.messages()).filter(({ subject }) => subject?.includes('nightly'));
    await expect
      .poll(async () => (await settled()).length, { timeout: GIVE_UP_MS })
      .toBeGreaterThan(0);
    expect((await settled())[0]?.subject).toContain('completed');
    const reports = (await cloud.backend.list(cloud.bucket, 'phonevault/runs/')).filter(({ key }) =>
      key.endsWith('/report.json'),
    );
    expect(reports.length).toBeGreaterThan(0);

    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(`${apig.url}/v1/runs`, { headers });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(await answer.json())).toContain('nightly-');
    expect((await fetch(`${apig.url}/v1/runs`)).status).toBe(401);
  });
});
