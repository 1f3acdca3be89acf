import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../deploy/plugin/change/marker.js';
import { createCloud as connect } from '../../../deploy/plugin/cloud.js';
import { deploy } from '../../../deploy/plugin/commands/deploy.js';
import { desiredFunction } from '../../../deploy/plugin/desired/desired-function.js';
import { timerEvent } from '../../../demo/functions.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { type Functions, startFunctions } from '../../../testing/functions.ts';
import { definitions } from '../../deploy/plugin/serverless-yml.ts';
import { eventually } from '../../local/support/eventually.ts';
import { zipOf } from '../../local/support/functiongraph.ts';

const SPEED = 10;
const MINUTES = 5;
const WAKES_A_MINUTE = 6;
const MINUTE = 60_000 / SPEED;

describe('drive as serverless.yml deploys it', () => {
  let functions: Functions;
  let timeline: NodeJS.Timeout;

  beforeAll(async () => {
    functions = await startFunctions({}, { phones: 2, servers: 1, speed: SPEED });
    const { cloud } = functions;
    timeline = setInterval(() => void cloud.advance(), 100);
    // Jobs that never end keep each drive at work until its time is up.
    cloud.control.addFault({ service: 'cph', kind: 'never_ends' });
    await functions.putPolicy(NIGHTLY);
    await functions.instance('schedule')(timerEvent(cloud.time.simulated(), 'nightly'));
  });

  afterAll(async () => {
    clearInterval(timeline);
    await functions.cloud.functiongraph.stop();
    await functions.stop();
  });

  const urn = () => `urn:fss:${functions.cloud.region}:${functions.cloud.projectId}:function:default:phonevault-test-drive`; // oxfmt-ignore

  const deployDrive = async (source: string) => {
    const { cloud, settings } = functions;
    const endpoint = settings['PHONEVAULT_FUNCTIONGRAPH_ENDPOINT'] ?? '';
    const { region, projectId, topicUrn, credentials } = cloud;
    const account = { region, projectId, ...credentials, endpoint, ltsEndpoint: endpoint };
    const provider = {
      region,
      projectId,
      agency: 'phonevault',
      failureTopicUrn: `${topicUrn}-operators`,
      environment: settings,
    };
    const definition = definitions()['drive']!;
    const desired = desiredFunction({ service: 'phonevault', stage: 'test', provider, key: 'drive', definition }); // oxfmt-ignore
    const zip = Buffer.from(zipOf({ 'drive.js': source }), 'base64');
    const pieces = [{ desired, code: { zip, digest: sha256(zip) } }];
    await deploy(connect(account, sleep), pieces, {}, () => undefined);
  };

  const wake = async () => {
    const { cloud } = functions;
    const path = `/v2/${cloud.projectId}/fgs/functions/${urn()}/invocations-async`;
    const url = `https://functiongraph.${cloud.region}.myhuaweicloud.com${path}`;
    const headers = { 'x-auth-token': cloud.credentials.token };
    const response = await cloud.handle(new Request(url, { method: 'POST', headers, body: '{}' }));
    expect(response.status).toBe(202);
  };

  const failures = async () => {
    const messages = await functions.cloud.control.messages();
    return messages
      .filter(({ subject }) => subject?.startsWith('FunctionGraph'))
      .map(({ message }) => message ?? '');
  };
  const linesWith = (text: string) =>
    functions.cloud.functiongraph
      .logs('phonevault-test-drive')
      .filter((line) => line.includes(text)).length;

  it('reports no failure when timers and wake-ups meet a working drive', async () => {
    await deployDrive(readFileSync(join(functions.dist, 'drive.js'), 'utf8'));
    for (let count = 0; count < MINUTES * WAKES_A_MINUTE; count += 1) {
      await wake();
      await sleep(MINUTE / WAKES_A_MINUTE);
    }
    expect(linesWith('"event":"lease_held"')).toBeGreaterThan(MINUTES);
    expect(linesWith('"event":"lease_taken"')).toBeGreaterThan(MINUTES / 2);
    expect(await failures()).toEqual([]);
  });

  it('reports a drive that crashes', async () => {
    const before = (await failures()).length;
    await deployDrive('exports.handler = async () => { throw new Error("no luck"); };');
    await eventually(async () => (await failures()).length).toBeGreaterThan(before);
    const message = (await failures()).at(-1) ?? '';
    expect(JSON.parse(message)).toMatchObject({ response_context: { function_error: 'no luck' } });
  });
});
