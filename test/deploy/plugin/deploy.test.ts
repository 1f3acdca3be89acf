import { afterEach, describe, expect, it } from 'vitest';
import { createCloud as connect } from '../../../deploy/plugin/cloud.js';
import { deploy, tellPlan } from '../../../deploy/plugin/deploy.js';
import { info } from '../../../deploy/plugin/info.js';
import { remove } from '../../../deploy/plugin/remove.js';
import { wantedFunction } from '../../../deploy/plugin/wanted.js';
import type { Code, Wanted } from '../../../deploy/plugin/types.js';
import { sha256 } from '../../../deploy/plugin/marker.js';
import { type Cloud, createCloud } from '../../../local/cloud.ts';
import { listen, type Listening } from '../../../local/http/server.ts';
import { zipOf } from '../../local/support/functiongraph.ts';
import { type Definition, definitions, provider } from './given.ts';

const codeOf = (text: string): Code => {
  const zip = Buffer.from(zipOf({ 'drive.js': text }), 'base64');
  return { zip, digest: sha256(zip) };
};
const FIRST = codeOf('exports.handler = async () => 1;');
const SECOND = codeOf('exports.handler = async () => 2;');

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function fixture() {
  const cloud = await createCloud({ phones: 1, servers: 1 });
  const server = await listen(cloud.services.functiongraph, 0, 96 * 1024 * 1024);
  open.push(server);
  const { region, projectId, credentials, topicUrn } = cloud;
  const account = {
    region,
    projectId,
    ...credentials,
    endpoint: server.url,
    ltsEndpoint: server.url,
  };
  const waits: number[] = [];
  const client = connect(account, async (ms) => void waits.push(ms));
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const here = {
    ...provider,
    region,
    projectId,
    failureTopicUrn: `${topicUrn}-operators`,
    environment: { PHONEVAULT_TOPIC_URN: topicUrn },
  };
  const wantedAll = (change: Record<string, Partial<Definition>> = {}): Wanted[] =>
    Object.entries(definitions({ apiGroup: 'g1' })).map(([key, definition]) =>
      wantedFunction({
        service: 'phonevault',
        stage: 'test',
        provider: here,
        key,
        definition: { ...definition, ...change[key] },
      }),
    );
  const piecesOf = (functions: Wanted[], code = FIRST) =>
    functions.map((wanted) => ({ wanted, code }));
  const run = (functions = wantedAll(), code = FIRST, options = {}) =>
    deploy(client, piecesOf(functions, code), options, say);
  const plan = (functions = wantedAll(), code = FIRST) =>
    tellPlan(client, piecesOf(functions, code), {}, say);
  return { cloud, client, waits, lines, say, wantedAll, run, plan };
}

/** All that FunctionGraph keeps, without what is different each time. */
async function stateOf(cloud: Cloud, client: ReturnType<typeof connect>, functions: Wanted[]) {
  const changes = ['last_modified', 'created_time', 'last_updated_time', 'func_id', 'resource_id'];
  const random = [
    'trigger_id',
    'triggerid',
    'api_id',
    'log_group_id',
    'log_stream_id',
    'description',
  ];
  const found = [];
  for (const { urn } of functions) {
    const config = await client.showFunction(urn);
    found.push({
      config,
      async: await client.showAsync(urn),
      triggers: await client.listTriggers(urn),
    });
  }
  const text = JSON.stringify(found, (key, value: unknown) =>
    [...changes, ...random].includes(key) ? undefined : value,
  );
  const { projectId, topicUrn } = cloud;
  return text.replaceAll(projectId, 'P').replaceAll(topicUrn, 'T');
}

type Events = NonNullable<Definition['events']>;
const timer = (schedule: string): Events => [
  { triggerTypeCode: 'TIMER', eventData: { name: 'every-minute', scheduleType: 'Rate', schedule } },
];
const apig = (path: string): Events =>
  (definitions({ apiGroup: 'g1' })['http']?.events ?? []).map((event) => ({
    ...event,
    eventData: { ...event.eventData, path },
  }));

describe('deploy', () => {
  it('makes the four functions, and a second time changes nothing', async () => {
    const { cloud, run, plan, lines } = await fixture();
    expect(await plan()).toBeGreaterThan(0);
    expect(changesOf(cloud)['createFunction']).toBe(0);
    await run();
    const before = JSON.stringify(changesOf(cloud));
    expect(await run()).toBe(0);
    expect(await plan()).toBe(0);
    expect(JSON.stringify(changesOf(cloud))).toBe(before);
    expect(lines.at(-1)).toBe('A deployment would change nothing.');
  });

  it('gives drive one instance before it gets its timer', async () => {
    const { lines, run } = await fixture();
    await run();
    const drive = lines.filter((line) => line.startsWith('drive: '));
    const at = (text: string) => drive.findIndex((line) => line.includes(text));
    expect(at('most instances: default -> 1')).toBeGreaterThan(0);
    expect(at('TIMER')).toBeGreaterThan(at('most instances'));
  });

  it('sends only what differs', async () => {
    const { cloud, run, wantedAll, lines } = await fixture();
    await run();
    const before = changesOf(cloud);
    lines.length = 0;
    await run(wantedAll({ event: { memorySize: 512 } }));
    expect(lines.filter((line) => !line.endsWith('nothing to change'))).toEqual([
      'event: settings: memorySize',
    ]);
    expect(changesOf(cloud)).toEqual({
      ...before,
      updateFunctionConfig: (before['updateFunctionConfig'] ?? 0) + 1,
    });
    lines.length = 0;
    await run(wantedAll({ event: { memorySize: 512 } }), SECOND);
    expect(lines).toHaveLength(8);
  });

  it('keeps what was set by hand and serverless.yml does not speak of', async () => {
    const { client, run, wantedAll } = await fixture();
    await run();
    const [schedule] = wantedAll();
    const urn = schedule?.urn ?? '';
    const config = await client.showFunction(urn);
    const { func_name, runtime, handler, memory_size, timeout, description, xrole } = config ?? {};
    await client.updateConfig(urn, {
      ...{ func_name, runtime, handler, memory_size, timeout, description, xrole },
      initializer_handler: 'schedule.init',
      initializer_timeout: 10,
      ephemeral_storage: 10_240,
    });
    await run(wantedAll({ schedule: { timeout: 50 } }));
    expect(await client.showFunction(urn)).toMatchObject({
      timeout: 50,
      initializer_handler: 'schedule.init',
      initializer_timeout: 10,
      ephemeral_storage: 10_240,
    });
  });

  it('keeps no hook of a function that it takes over: the code that is sent has none', async () => {
    const { client, run, wantedAll } = await fixture();
    await run();
    const { urn = '' } = wantedAll().find(({ key }) => key === 'drive') ?? {};
    const config = await client.showFunction(urn);
    const { func_name, runtime, handler, memory_size, timeout, xrole } = config ?? {};
    await client.updateConfig(urn, {
      ...{ func_name, runtime, handler, memory_size, timeout, xrole, description: 'by hand' },
      initializer_handler: 'drive.init',
      initializer_timeout: 10,
    });
    await run(wantedAll(), FIRST, { adopt: true });
    expect((await client.showFunction(urn))?.['initializer_handler'] || undefined).toBeUndefined();
    expect(await run()).toBe(0);
  });

  it('replaces its trigger on a topic when the topic changes, and removes it when there is none', async () => {
    const { cloud, client, run, wantedAll, lines } = await fixture();
    const on = (topicUrn: string) => ({
      event: { events: [{ triggerTypeCode: 'SMN', eventData: { topicUrn } }] },
    });
    const { urn = '' } = wantedAll().find(({ key }) => key === 'event') ?? {};
    const topics = async () =>
      (await client.listTriggers(urn)).map(({ event_data }) => event_data['topic_urn']);
    const other = `${cloud.topicUrn}-operators`;

    await run(wantedAll(on(cloud.topicUrn)));
    expect(await run(wantedAll(on(cloud.topicUrn)))).toBe(0);
    lines.length = 0;
    await run(wantedAll(on(other)));
    expect(await topics()).toEqual([other]);
    expect(lines.find((line) => line.startsWith('event: remove'))).toContain(
      'until its successor is there',
    );
    expect(await run(wantedAll(on(other)))).toBe(0);
    await run(wantedAll({ event: { events: [] } }));
    expect(await topics()).toEqual([]);
    expect(await run(wantedAll({ event: { events: [] } }))).toBe(0);
  });

  it('leaves a trigger on a topic alone that somebody made by hand', async () => {
    const { cloud, client, run, wantedAll } = await fixture();
    await run();
    const { urn = '' } = wantedAll().find(({ key }) => key === 'event') ?? {};
    const event_data = { topic_urn: cloud.topicUrn };
    await client.createTrigger(urn, { trigger_type_code: 'SMN', event_data });
    expect(await run()).toBe(0);
    expect(await client.listTriggers(urn)).toHaveLength(2);
  });

  it('takes no other conflict for the same code, and sends it the next time', async () => {
    const { cloud, client, run, wantedAll } = await fixture();
    await run();
    const { urn = '' } = wantedAll().find(({ key }) => key === 'drive') ?? {};
    const fault = {
      service: 'functiongraph',
      operation: 'updateFunctionCode',
      kind: 'error',
    } as const;
    cloud.control.addFault({ ...fault, status: 409, code: 'FSS.0409', times: 4 });
    await expect(run(wantedAll(), SECOND)).rejects.toMatchObject({ serviceCode: 'FSS.0409' });
    cloud.control.clearFaults();
    const before = (await client.showFunction(urn))?.digest;
    expect(await run(wantedAll(), SECOND)).toBeGreaterThan(0);
    expect((await client.showFunction(urn))?.digest).not.toBe(before);
    expect(await run(wantedAll(), SECOND)).toBe(0);
  });

  it('replaces a timer by its successor first, and tells the gap of other triggers', async () => {
    const { run, wantedAll, lines } = await fixture();
    await run();
    lines.length = 0;
    await run(wantedAll({ drive: { events: timer('2m') }, http: { events: apig('/backup/v1') } }));
    const words = (key: string) =>
      lines.filter((line) => line.startsWith(`${key}: `)).map((line) => line.split(' ')[1]);
    expect(words('drive')).toEqual(['add', 'remove']);
    expect(words('http')).toEqual(['remove', 'add']);
    expect(lines.find((line) => line.startsWith('http: remove'))).toContain(
      'until its successor is there',
    );
  });

  it('leaves foreign triggers alone unless told to prune', async () => {
    const { client, run, wantedAll, lines } = await fixture();
    await run();
    const { urn = '' } = wantedAll().find(({ key }) => key === 'drive') ?? {};
    const event_data = { name: 'by-hand', schedule_type: 'Rate', schedule: '5m' };
    await client.createTrigger(urn, { trigger_type_code: 'TIMER', event_data });
    expect(await run()).toBe(0);
    expect(lines.at(-1)).toBe(
      'drive: TIMER trigger by-hand (5m) is not in serverless.yml and stays; --prune removes it',
    );
    expect(await run(wantedAll(), FIRST, { prune: true })).toBe(1);
    expect(await client.listTriggers(urn)).toHaveLength(1);
  });

  it('compares encrypted settings by a hash, sends them again with every change and loses none', async () => {
    const { cloud, client, run, wantedAll } = await fixture();
    const secrets = { encryptedEnvironment: { PHONEVAULT_HTTP_TOKENS: 'planted-secret' } };
    await run(wantedAll({ http: secrets }));
    expect(await run(wantedAll({ http: secrets }))).toBe(0);
    await run(wantedAll({ http: { ...secrets, memorySize: 256 } }));
    const { urn = '' } = wantedAll().find(({ key }) => key === 'http') ?? {};
    const shown = await client.showFunction(urn);
    expect(JSON.parse(shown?.encrypted_user_data ?? '{}')).toHaveProperty('PHONEVAULT_HTTP_TOKENS');
    expect(JSON.stringify(shown)).not.toContain('planted');
    const other = { encryptedEnvironment: { PHONEVAULT_HTTP_TOKENS: 'another' } };
    expect(await run(wantedAll({ http: { ...other, memorySize: 256 } }))).toBe(1);
    const without = wantedAll({ http: { memorySize: 256 } });
    const before = JSON.stringify(changesOf(cloud));
    await expect(run(without)).rejects.toMatchObject({ code: 'secrets_missing' });
    expect(JSON.stringify(changesOf(cloud))).toBe(before);
    expect(await run(without, FIRST, { dropSecrets: true })).toBe(1);
  });

  it('does not overwrite a function of somebody else unless told to adopt it', async () => {
    const { cloud, client, run, wantedAll } = await fixture();
    const [first] = wantedAll();
    const body = {
      runtime: 'Node.js20.15',
      timeout: 30,
      handler: 'index.handler',
      memory_size: 128,
    };
    const code = { code_type: 'zip', func_code: { file: zipOf({ 'index.js': 'theirs' }) } };
    await client.createFunction({ func_name: first?.name, package: 'default', ...body, ...code });
    const before = JSON.stringify(changesOf(cloud));
    await expect(run()).rejects.toMatchObject({ code: 'not_ours' });
    expect(JSON.stringify(changesOf(cloud))).toBe(before);
    await run(wantedAll(), FIRST, { adopt: true });
    expect(await run()).toBe(0);
  });

  it('says that a runtime stays, before it changes anything', async () => {
    const { run, wantedAll } = await fixture();
    await run();
    const others = wantedAll().map((wanted) => ({ ...wanted, runtime: 'Node.js18.15' }));
    await expect(run(others)).rejects.toMatchObject({ code: 'runtime_fixed' });
  });

  it.each([
    ['an agency that is not there', { agency: 'nobody', executionAgency: 'nobody' }, 'FSS.1121'],
    ['a runtime that is not there', { runtime: 'Node.js99.1' }, 'FSS.1005'],
  ])('tells code, request and fix of %s', async (_, change, serviceCode) => {
    const { run, wantedAll } = await fixture();
    const failure = run(wantedAll().map((wanted) => ({ ...wanted, ...change })));
    await expect(failure).rejects.toMatchObject({
      serviceCode,
      requestId: expect.stringMatching(/\w+/) as string,
      hint: expect.stringMatching(/\w+/) as string,
    });
  });
});

const CHANGES = [
  'createFunction',
  'updateFunctionCode',
  'updateFunctionConfig',
  'updateFunctionMaxInstanceConfig',
  'updateFunctionAsyncInvokeConfig',
  'createFunctionTrigger',
  'deleteFunctionTrigger',
  'deleteFunction',
];

function changesOf(cloud: Cloud): Record<string, number> {
  const calls = cloud.control.calls().functiongraph ?? {};
  return Object.fromEntries(
    Object.entries(calls)
      .filter(([name]) => CHANGES.includes(name))
      .map(([name, { ok }]) => [name, ok]),
  );
}

describe('an interrupted deployment', () => {
  const kinds = [
    ['refused', { kind: 'error', status: 500, code: 'FSS.0500' }],
    ['carried out, the answer lost', { kind: 'drop_answer' }],
  ] as const;
  const operations = CHANGES.filter((name) => name !== 'deleteFunction');
  const cases = operations.flatMap((operation) =>
    kinds.map(([how, fault]) => [operation, how, fault] as const),
  );

  it.each(cases)('at %s, %s, fails and is finished by the next', async (operation, _, fault) => {
    const undisturbed = await fixture();
    const change = {
      drive: {
        events: timer('2m'),
        memorySize: 1024,
        maxInstances: 2,
        async: { retries: 1, maxAge: 90 },
      },
      http: { events: apig('/x/v1') },
    };
    const { cloud, client, run, wantedAll } = await fixture();
    for (const world of [undisturbed, { cloud, client, run, wantedAll }]) {
      if (operation !== 'createFunction') await world.run();
    }
    await undisturbed.run(undisturbed.wantedAll(change), SECOND);
    const struck = { service: 'functiongraph', operation, times: 1, ...fault } as const;
    cloud.control.addFault(struck);
    await expect(run(wantedAll(change), SECOND)).rejects.toMatchObject({ code: 'service' });
    cloud.control.clearFaults();
    expect(await run(wantedAll(change), SECOND)).toBeGreaterThan(0);
    expect(await run(wantedAll(change), SECOND)).toBe(0);
    expect(await stateOf(cloud, client, wantedAll())).toBe(
      await stateOf(undisturbed.cloud, undisturbed.client, undisturbed.wantedAll()),
    );
  });

  it('reads again what could not be read, and waits out a throttled change', async () => {
    const { cloud, run, waits } = await fixture();
    const fault = { service: 'functiongraph', kind: 'error', times: 1 } as const;
    cloud.control.addFault({
      ...fault,
      operation: 'showFunctionConfig',
      status: 502,
      code: 'APIGW.0201',
    });
    cloud.control.addFault({
      ...fault,
      operation: 'createFunction',
      status: 429,
      code: 'APIGW.0308',
    });
    await run();
    expect(waits).toHaveLength(2);
  });
});

describe('remove', () => {
  it('takes triggers and functions away, once', async () => {
    const { client, run, say, wantedAll, lines } = await fixture();
    await run();
    expect(await remove(client, wantedAll(), {}, say)).toBe(4);
    expect(await remove(client, wantedAll(), {}, say)).toBe(0);
    await info(client, wantedAll(), say);
    expect(lines.slice(-4)).toEqual(
      ['schedule', 'http', 'event', 'drive'].map((key) => `${key}: not deployed`),
    );
  });

  it('leaves a function of somebody else alone', async () => {
    const { client, say, wantedAll } = await fixture();
    const [first] = wantedAll();
    const body = {
      runtime: 'Node.js20.15',
      timeout: 30,
      handler: 'index.handler',
      memory_size: 128,
    };
    const code = { code_type: 'zip', func_code: { file: zipOf({ 'index.js': 'theirs' }) } };
    await client.createFunction({ func_name: first?.name, package: 'default', ...body, ...code });
    await expect(remove(client, wantedAll(), {}, say)).rejects.toMatchObject({ code: 'not_ours' });
    expect(await client.showFunction(first?.urn ?? '')).toBeDefined();
  });
});
