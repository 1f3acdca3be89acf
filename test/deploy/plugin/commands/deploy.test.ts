import { describe, expect, it } from 'vitest';
import { info } from '../../../../deploy/plugin/commands/info.js';
import { remove } from '../../../../deploy/plugin/commands/remove.js';
import type { Cloud } from '../../../../local/cloud.ts';
import { zipOf } from '../../../local/support/functiongraph.ts';
import { apig, FIRST, fixture, SECOND, stateOf, timer } from '../deploy-scene.ts';

describe('deploy', () => {
  it('creates the four functions, and changes nothing when repeated', async () => {
    const { cloud, run, plan, lines } = await fixture();
    expect(await plan()).toBeGreaterThan(0);
    expect(changesOf(cloud)['createFunction']).toBe(0);
    await run();
    const before = JSON.stringify(changesOf(cloud));
    expect(await run()).toBe(0);
    expect(await plan()).toBe(0);
    expect(JSON.stringify(changesOf(cloud))).toBe(before);
    expect(lines.at(-1)).toBe('deploy would change nothing.');
  });

  it("limits a function's instances before it creates its timer", async () => {
    const { lines, run, allDesired } = await fixture();
    await run(allDesired({ drive: { maxInstances: 1 } }));
    const drive = lines.filter((line) => line.startsWith('drive: '));
    const at = (text: string) => drive.findIndex((line) => line.includes(text));
    expect(at('maximum instances: default -> 1')).toBeGreaterThan(0);
    expect(at('TIMER')).toBeGreaterThan(at('maximum instances'));
  });

  it('sends only what differs', async () => {
    const { cloud, run, allDesired, lines } = await fixture();
    await run();
    const before = changesOf(cloud);
    lines.length = 0;
    await run(allDesired({ event: { memorySize: 512 } }));
    expect(lines.filter((line) => !line.endsWith('no change'))).toEqual([
      'event: settings: memorySize',
    ]);
    expect(changesOf(cloud)).toEqual({
      ...before,
      updateFunctionConfig: (before['updateFunctionConfig'] ?? 0) + 1,
    });
    lines.length = 0;
    await run(allDesired({ event: { memorySize: 512 } }), SECOND);
    expect(lines).toHaveLength(8);
  });

  it('keeps settings that serverless.yml does not contain', async () => {
    const { client, run, allDesired } = await fixture();
    await run();
    const [schedule] = allDesired();
    const urn = schedule?.urn ?? '';
    const config = await client.showFunction(urn);
    const { func_name, runtime, handler, memory_size, timeout, description, xrole } = config ?? {};
    await client.updateConfig(urn, {
      ...{ func_name, runtime, handler, memory_size, timeout, description, xrole },
      initializer_handler: 'schedule.init',
      initializer_timeout: 10,
      ephemeral_storage: 10_240,
    });
    await run(allDesired({ schedule: { timeout: 50 } }));
    expect(await client.showFunction(urn)).toMatchObject({
      timeout: 50,
      initializer_handler: 'schedule.init',
      initializer_timeout: 10,
      ephemeral_storage: 10_240,
    });
  });

  it('removes the hooks of an adopted function, since the new code has none', async () => {
    const { client, run, allDesired } = await fixture();
    await run();
    const { urn = '' } = allDesired().find(({ key }) => key === 'drive') ?? {};
    const config = await client.showFunction(urn);
    const { func_name, runtime, handler, memory_size, timeout, xrole } = config ?? {};
    await client.updateConfig(urn, {
      ...{ func_name, runtime, handler, memory_size, timeout, xrole, description: 'by hand' },
      initializer_handler: 'drive.init',
      initializer_timeout: 10,
    });
    await run(allDesired(), FIRST, { adopt: true });
    expect((await client.showFunction(urn))?.['initializer_handler'] || undefined).toBeUndefined();
    expect(await run()).toBe(0);
  });

  it('replaces an SMN trigger if the topic changes, and removes it if no topic is set', async () => {
    const { cloud, client, run, allDesired, lines } = await fixture();
    const on = (topicUrn: string) => ({
      event: { events: [{ triggerTypeCode: 'SMN', eventData: { topicUrn } }] },
    });
    const { urn = '' } = allDesired().find(({ key }) => key === 'event') ?? {};
    const topics = async () =>
      (await client.listTriggers(urn)).map(({ event_data }) => event_data['topic_urn']);
    const other = `${cloud.topicUrn}-operators`;

    await run(allDesired(on(cloud.topicUrn)));
    expect(await run(allDesired(on(cloud.topicUrn)))).toBe(0);
    lines.length = 0;
    await run(allDesired(on(other)));
    expect(await topics()).toEqual([other]);
    expect(lines.find((line) => line.startsWith('event: remove'))).toContain(
      'no such trigger until the new one is created',
    );
    expect(await run(allDesired(on(other)))).toBe(0);
    await run(allDesired({ event: { events: [] } }));
    expect(await topics()).toEqual([]);
    expect(await run(allDesired({ event: { events: [] } }))).toBe(0);
  });

  it('keeps an SMN trigger that someone created by hand', async () => {
    const { cloud, client, run, allDesired } = await fixture();
    await run();
    const { urn = '' } = allDesired().find(({ key }) => key === 'event') ?? {};
    const event_data = { topic_urn: cloud.topicUrn };
    await client.createTrigger(urn, { trigger_type_code: 'SMN', event_data });
    expect(await run()).toBe(0);
    expect(await client.listTriggers(urn)).toHaveLength(2);
  });

  it('fails on a conflict other than unchanged code, and uploads the code next time', async () => {
    const { cloud, client, run, allDesired } = await fixture();
    await run();
    const { urn = '' } = allDesired().find(({ key }) => key === 'drive') ?? {};
    const fault = {
      service: 'functiongraph',
      operation: 'updateFunctionCode',
      kind: 'error',
    } as const;
    cloud.control.addFault({ ...fault, status: 409, code: 'FSS.0409', times: 4 });
    await expect(run(allDesired(), SECOND)).rejects.toMatchObject({ serviceCode: 'FSS.0409' });
    cloud.control.clearFaults();
    const before = (await client.showFunction(urn))?.digest;
    expect(await run(allDesired(), SECOND)).toBeGreaterThan(0);
    expect((await client.showFunction(urn))?.digest).not.toBe(before);
    expect(await run(allDesired(), SECOND)).toBe(0);
  });

  it('creates a new timer before it removes the old one, and names the gap of other triggers', async () => {
    const { run, allDesired, lines } = await fixture();
    await run();
    lines.length = 0;
    await run(allDesired({ drive: { events: timer('2m') }, http: { events: apig('/backup/v1') } }));
    const words = (key: string) =>
      lines.filter((line) => line.startsWith(`${key}: `)).map((line) => line.split(' ')[1]);
    expect(words('drive')).toEqual(['add', 'remove']);
    expect(words('http')).toEqual(['remove', 'add']);
    expect(lines.find((line) => line.startsWith('http: remove'))).toContain(
      'no such trigger until the new one is created',
    );
  });

  it('keeps foreign triggers unless --prune is set', async () => {
    const { client, run, allDesired, lines } = await fixture();
    await run();
    const { urn = '' } = allDesired().find(({ key }) => key === 'drive') ?? {};
    const event_data = { name: 'by-hand', schedule_type: 'Rate', schedule: '5m' };
    await client.createTrigger(urn, { trigger_type_code: 'TIMER', event_data });
    expect(await run()).toBe(0);
    expect(lines.at(-1)).toBe(
      'drive: TIMER trigger by-hand (5m) is not in serverless.yml; --prune removes it',
    );
    expect(await run(allDesired(), FIRST, { prune: true })).toBe(1);
    expect(await client.listTriggers(urn)).toHaveLength(1);
  });

  it('compares encrypted settings by a hash, and keeps them with every change', async () => {
    const { cloud, client, run, allDesired } = await fixture();
    const secrets = { encryptedEnvironment: { PHONEVAULT_HTTP_TOKENS: 'planted-secret' } };
    await run(allDesired({ http: secrets }));
    expect(await run(allDesired({ http: secrets }))).toBe(0);
    await run(allDesired({ http: { ...secrets, memorySize: 256 } }));
    const { urn = '' } = allDesired().find(({ key }) => key === 'http') ?? {};
    const shown = await client.showFunction(urn);
    expect(JSON.parse(shown?.encrypted_user_data ?? '{}')).toHaveProperty('PHONEVAULT_HTTP_TOKENS');
    expect(JSON.stringify(shown)).not.toContain('planted');
    const other = { encryptedEnvironment: { PHONEVAULT_HTTP_TOKENS: 'another' } };
    expect(await run(allDesired({ http: { ...other, memorySize: 256 } }))).toBe(1);
    const without = allDesired({ http: { memorySize: 256 } });
    const before = JSON.stringify(changesOf(cloud));
    await expect(run(without)).rejects.toMatchObject({ code: 'secrets_missing' });
    expect(JSON.stringify(changesOf(cloud))).toBe(before);
    expect(await run(without, FIRST, { dropSecrets: true })).toBe(1);
  });

  it('does not overwrite a foreign function unless --adopt is set', async () => {
    const { cloud, client, run, allDesired } = await fixture();
    const [first] = allDesired();
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
    await run(allDesired(), FIRST, { adopt: true });
    expect(await run()).toBe(0);
  });

  it('rejects a new runtime before it changes anything', async () => {
    const { run, allDesired } = await fixture();
    await run();
    const others = allDesired().map((desired) => ({ ...desired, runtime: 'Node.js18.15' }));
    await expect(run(others)).rejects.toMatchObject({ code: 'runtime_immutable' });
  });

  it.each([
    ['a missing agency', { agency: 'nobody', executionAgency: 'nobody' }, 'FSS.1121'],
    ['an unknown runtime', { runtime: 'Node.js99.1' }, 'FSS.1005'],
  ])('reports the code, request id and fix for %s', async (_, change, serviceCode) => {
    const { run, allDesired } = await fixture();
    const failure = run(allDesired().map((desired) => ({ ...desired, ...change })));
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
    ['rejected', { kind: 'error', status: 500, code: 'FSS.0500' }],
    ['carried out with a lost response', { kind: 'drop_answer' }],
  ] as const;
  const operations = CHANGES.filter((name) => name !== 'deleteFunction');
  const cases = operations.flatMap((operation) =>
    kinds.map(([how, fault]) => [operation, how, fault] as const),
  );

  it.each(cases)('at %s, %s, fails, and the next one completes it', async (operation, _, fault) => {
    const reference = await fixture();
    const change = {
      drive: {
        events: timer('2m'),
        memorySize: 1024,
        maxInstances: 2,
        async: { retries: 1, maxAge: 90 },
      },
      http: { events: apig('/x/v1') },
    };
    const { cloud, client, run, allDesired } = await fixture();
    for (const world of [reference, { cloud, client, run, allDesired }]) {
      if (operation !== 'createFunction') await world.run();
    }
    await reference.run(reference.allDesired(change), SECOND);
    const injected = { service: 'functiongraph', operation, times: 1, ...fault } as const;
    cloud.control.addFault(injected);
    await expect(run(allDesired(change), SECOND)).rejects.toMatchObject({ code: 'service' });
    cloud.control.clearFaults();
    expect(await run(allDesired(change), SECOND)).toBeGreaterThan(0);
    expect(await run(allDesired(change), SECOND)).toBe(0);
    expect(await stateOf(cloud, client, allDesired())).toBe(
      await stateOf(reference.cloud, reference.client, reference.allDesired()),
    );
  });
});

describe('a read that FunctionGraph did not answer', () => {
  it.each([
    ['showFunctionConfig', { kind: 'garbage' }],
    ['listFunctionTriggers', { kind: 'garbage' }],
    ['showFunctionConfig', { kind: 'error', status: 404, code: 'APIGW.0101' }],
  ] as const)('is an error, and nothing is changed or removed: %s %j', async (operation, fault) => {
    const { cloud, client, run, print, allDesired, lines } = await fixture();
    await run();
    const before = JSON.stringify(changesOf(cloud));
    cloud.control.addFault({ service: 'functiongraph', operation, ...fault });
    lines.length = 0;
    const tries = [
      () => run(allDesired(), SECOND),
      () => remove(client, allDesired(), {}, print),
      () => info(client, allDesired(), print),
    ];
    for (const attempt of tries) {
      await expect(attempt()).rejects.toThrow(`${operation}: `);
    }
    expect(lines).toEqual([]);
    expect(JSON.stringify(changesOf(cloud))).toBe(before);
  });
});

describe('remove', () => {
  it('removes triggers and functions once', async () => {
    const { client, run, print, allDesired, lines } = await fixture();
    await run();
    expect(await remove(client, allDesired(), {}, print)).toBe(4);
    expect(await remove(client, allDesired(), {}, print)).toBe(0);
    await info(client, allDesired(), print);
    expect(lines.slice(-4)).toEqual(
      ['schedule', 'http', 'event', 'drive'].map((key) => `${key}: not deployed`),
    );
  });

  it('keeps a foreign function', async () => {
    const { client, print, allDesired } = await fixture();
    const [first] = allDesired();
    const body = {
      runtime: 'Node.js20.15',
      timeout: 30,
      handler: 'index.handler',
      memory_size: 128,
    };
    const code = { code_type: 'zip', func_code: { file: zipOf({ 'index.js': 'theirs' }) } };
    await client.createFunction({ func_name: first?.name, package: 'default', ...body, ...code });
    await expect(remove(client, allDesired(), {}, print)).rejects.toMatchObject({
      code: 'not_ours',
    });
    expect(await client.showFunction(first?.urn ?? '')).toBeDefined();
  });
});
