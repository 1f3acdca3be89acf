import { afterEach, describe, expect, it } from 'vitest';
import { fixture, zipOf } from '../../support/functiongraph.ts';

type Made = Awaited<ReturnType<typeof fixture>>;
const made: Made[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map(({ cloud }) => cloud.functiongraph.stop()));
});

/** A function of this code, and how it is called. */
async function deployed(code: string, more: Record<string, unknown> = {}, speed = 1) {
  const all = await fixture({ speed });
  made.push(all);
  const { status } = await all.create({
    func_code: { file: zipOf({ 'index.js': code }) },
    ...more,
  });
  expect(status).toBe(200);
  const invoke = async (event: unknown = {}, headers: Record<string, string> = {}) => {
    const answer = await all.call<{ result: string; log: string; status: number }>(
      'POST',
      `/functions/${all.urn()}/invocations`,
      event,
      { 'x-cff-request-version': 'v1', 'x-cff-log-type': 'tail', ...headers },
    );
    const { result } = answer.body;
    return { ...answer, value: result ? (JSON.parse(result) as unknown) : undefined };
  };
  return { ...all, invoke };
}

const contextCode = `exports.handler = async (event, context) => ({
  event,
  requestId: typeof context.getRequestID(),
  left: context.getRemainingTimeInMilliSeconds(),
  running: context.getRunningTimeInSeconds(),
  plain: context.getUserData('PLAIN'),
  secret: context.getUserData('SECRET'),
  other: typeof context.getUserData('toString'),
  name: context.getFunctionName(),
  version: context.getVersion(),
  alias: context.getAlias(),
  package: context.getPackage(),
  memory: context.getMemorySize(),
  cpu: context.getCPUNumber(),
  project: context.getProjectID(),
  token: context.getToken(),
  keys: [context.getSecurityAccessKey(), context.getSecuritySecretKey(), context.getSecurityToken()],
  old: [context.getAccessKey(), context.getSecretKey()],
  env: process.env,
  argv: process.argv.length,
  send: typeof process.send,
});`;

describe('invoking a function', () => {
  it('gives it event, context and environment, and nothing of this machine', async () => {
    const { invoke, cloud } = await deployed(contextCode, {
      user_data: '{"PLAIN":"1"}',
      encrypted_user_data: '{"SECRET":"2"}',
    });
    const { value, status, headers, body } = await invoke({ a: [1] });
    expect([status, body.status]).toEqual([200, 200]);
    expect(headers.get('x-is-func-err')).toBe('false');
    const { env, left, ...rest } = value as { env: Record<string, string>; left: number };
    expect(rest).toEqual({
      event: { a: [1] },
      requestId: 'string',
      running: 30_000,
      plain: '1',
      secret: '2',
      other: 'undefined',
      name: 'backup',
      version: 'latest',
      alias: '',
      package: 'default',
      memory: '256',
      cpu: '300',
      project: cloud.projectId,
      token: '',
      keys: ['', '', ''],
      old: ['', ''],
      argv: 2,
      send: 'undefined',
    });
    expect(left).toBeGreaterThan(29_000);
    expect(left).toBeLessThanOrEqual(30_000);
    expect(env).toMatchObject({
      RUNTIME_FUNC_NAME: 'backup',
      RUNTIME_TIMEOUT: '30',
      RUNTIME_USERDATA: '{"PLAIN":"1","SECRET":"2"}',
    });
    const names = Object.keys(env).filter((name) => !name.startsWith('RUNTIME_'));
    expect(names.sort()).toEqual(['HOME', 'LANG', 'PATH', 'TZ']);
  });

  it('gives it credentials of its agency, that open the other services', async () => {
    const { invoke, cloud } = await deployed(contextCode, { xrole: 'phonevault' });
    const { token, keys } = (await invoke()).value as { token: string; keys: string[] };
    expect(keys.every((key) => key.length >= 20)).toBe(true);
    const url = `https://cph.cn-north-4.myhuaweicloud.com/v1/${cloud.projectId}/cloud-phone/phones`;
    const answer = await cloud.handle(new Request(url, { headers: { 'x-auth-token': token } }));
    expect(answer.status).toBe(200);
    expect(((await invoke()).value as { token: string }).token).toBe(token);
  });

  it.each([
    ['a callback', 'exports.handler = (event, context, callback) => callback(null, 7);', 7],
    ['a promise', 'exports.handler = () => Promise.resolve({ b: 1 });', { b: 1 }],
    ['null', 'exports.handler = async () => null;', null],
    ['nothing', 'exports.handler = async () => undefined;', undefined],
  ])('answers %s', async (_, code, expected) => {
    const { invoke } = await deployed(code);
    expect((await invoke()).value).toEqual(expected);
  });

  it.each([
    ['a throw', `exports.handler = async () => { throw new TypeError('no'); };`, 'TypeError', 'no'],
    [
      'a failed callback',
      `exports.handler = (e, c, done) => done(new Error('no'));`,
      'Error',
      'no',
    ],
    ['a text to the callback', `exports.handler = (e, c, done) => done('no');`, 'Error', 'no'],
    ['a result that is no JSON', 'exports.handler = async () => 1n;', 'TypeError', 'BigInt'],
    ['an exit', 'exports.handler = async () => process.exit(3);', 'RuntimeExit', 'exit code 3'],
    [
      'a crash',
      `exports.handler = () => new Promise(() => setTimeout(() => { throw new Error('late'); }));`,
      'RuntimeExit',
      'exited',
    ],
    ['code that cannot be loaded', `throw new SyntaxError('bad');`, 'SyntaxError', 'bad'],
    ['a handler that is not there', 'exports.other = 1;', 'TypeError', 'index.handler'],
  ])('tells of %s as an error of the function', async (_, code, errorType, part) => {
    const { invoke } = await deployed(code);
    const { status, headers, body, value } = await invoke();
    expect([status, body.status, headers.get('x-is-func-err')]).toEqual([200, 500, 'true']);
    expect(value).toMatchObject({ errorType });
    expect((value as { errorMessage: string }).errorMessage).toContain(part);
  });

  it('kills what runs over its time, whatever it does', async () => {
    const code = `exports.handler = async () => { try { for (;;); } finally { console.log('survived'); } };`;
    const { invoke } = await deployed(code, { timeout: 3 }, 10);
    const { value, body } = await invoke();
    expect(value).toMatchObject({ errorType: 'Timeout' });
    expect(body.log).toContain('timed out after 3 s');
    expect(body.log).not.toContain('survived');
  });

  it('keeps a warm instance, one event at a time, and lets nothing run between two', async () => {
    const code = `let count = 0, ticks = 0;
      exports.handler = async (event) => {
        if (event.start) setInterval(() => { ticks += 1; }, 1);
        count += 1;
        return { count, ticks, pid: process.pid };
      };`;
    const { invoke, cloud } = await deployed(code);
    const first = (await invoke({ start: true })).value as { pid: number; ticks: number };
    await cloud.time.sleep(150);
    const second = (await invoke()).value as { count: number; pid: number; ticks: number };
    expect(second).toMatchObject({ count: 2, pid: first.pid });
    expect(second.ticks).toBeLessThan(20);
  });

  it('starts more instances for events at once, and refuses what is over the most', async () => {
    const code = `exports.handler = async (event) => {
      await new Promise((resolve) => setTimeout(resolve, event.ms));
      return process.pid;
    };`;
    const { invoke, call, urn } = await deployed(code);
    const both = await Promise.all([invoke({ ms: 300 }), invoke({ ms: 300 })]);
    expect(new Set(both.map(({ value }) => value)).size).toBe(2);
    const path = `/functions/${urn()}/config-max-instance`;
    await call('PUT', path, { max_instance_num: 0 });
    expect((await invoke({ ms: 0 })).status).toBe(403);
    await call('PUT', `/functions/${urn()}/code`, {
      code_type: 'zip',
      func_code: { file: zipOf({ 'index.js': `${code} // newer` }) },
    });
    await call('PUT', path, { max_instance_num: 1 });
    const [one, other] = await Promise.all([invoke({ ms: 300 }), invoke({ ms: 300 })]);
    expect([one.status, other.status].sort()).toEqual([200, 429]);
  });

  it('runs the new code and settings after an update', async () => {
    const { invoke, call, urn } = await deployed('exports.handler = async () => 1;');
    expect((await invoke()).value).toBe(1);
    const code = 'exports.handler = async (e, context) => context.getUserData("A");';
    const func_code = { file: zipOf({ 'index.js': code }) };
    await call('PUT', `/functions/${urn()}/code`, { code_type: 'zip', func_code });
    const { body } = await call('GET', `/functions/${urn()}/config`);
    await call('PUT', `/functions/${urn()}/config`, { ...body, user_data: '{"A":"new"}' });
    expect((await invoke()).value).toBe('new');
  });

  it('runs the initializer once an instance, and gives up after three', async () => {
    const code = `let ready = 0;
      exports.init = (context, callback) => { console.log('init'); ready += 1; callback(null, ''); };
      exports.bad = (context, callback) => callback(new Error('not today'));
      exports.handler = async () => ready;`;
    const { invoke, create, call, urn } = await deployed(code, {
      initializer_handler: 'index.init',
      initializer_timeout: 3,
    });
    const first = await invoke();
    expect([first.value, (await invoke()).value]).toEqual([1, 1]);
    expect(first.body.log).toContain('init');
    await create({
      func_name: 'bad',
      func_code: { file: zipOf({ 'index.js': code }) },
      initializer_handler: 'index.bad',
      initializer_timeout: 3,
    });
    const { body } = await call(
      'POST',
      `/functions/${urn('bad')}/invocations`,
      {},
      { 'x-cff-request-version': 'v1' },
    );
    expect(body.result).toContain('not today');
  });

  it('keeps what is printed, in order, with start and finish', async () => {
    const code = `exports.handler = async (event, context) => {
      console.log('one'); console.error('two');
      context.getLogger().info('three'); context.getLogger().debug('hidden');
      process.stdout.write('four');
    };`;
    const { invoke } = await deployed(code);
    const { body, headers } = await invoke();
    const lines = body.log.split('\n');
    expect(lines[0]).toMatch(/^\S+Z Start invoke request '[0-9a-f-]{36}', version: latest$/);
    expect(lines.slice(1, 3)).toEqual(['one', 'two']);
    expect(lines[3]).toMatch(/^\S+Z [0-9a-f-]{36} INFO three$/);
    expect(lines[4]).toBe('four');
    expect(lines[5]).toMatch(
      /Finish invoke request .*, duration: [\d.]+ms, .* memory used: \d+\.\d{3}MB/,
    );
    expect(Buffer.from(headers.get('x-cff-function-log') ?? '', 'base64').toString()).toContain(
      'three',
    );
  });

  it('answers the plain result without an envelope by default', async () => {
    const { call, urn } = await deployed('exports.handler = async () => ({ a: 1 });');
    const { body, headers } = await call('POST', `/functions/${urn()}/invocations`, {});
    expect([body, headers.get('x-cff-response-version')]).toEqual([{ a: 1 }, 'v0']);
  });

  it('refuses what is too large or no JSON', async () => {
    const { invoke, cloud, urn } = await deployed('exports.handler = async () => "x".repeat(7e6);');
    expect((await invoke({ text: 'x'.repeat(7e6) })).status).toBe(413);
    expect((await invoke()).value).toMatchObject({
      errorMessage: 'the response body exceeds 6 MB',
    });
    const url = `https://functiongraph.cn-north-4.myhuaweicloud.com/v2/${cloud.projectId}/fgs/functions/${urn()}/invocations`;
    const headers = { 'x-auth-token': cloud.credentials.token };
    const bad = await cloud.handle(new Request(url, { method: 'POST', headers, body: '{' }));
    expect(bad.status).toBe(400);
  });

  it('ends an instance whose heap is larger than its memory', async () => {
    const code = `exports.handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill({})); };`;
    const { invoke } = await deployed(code, { memory_size: 128 });
    expect((await invoke()).value).toMatchObject({ errorType: 'RuntimeExit' });
  });

  it('keeps what is printed while the code is loaded', async () => {
    const { invoke } = await deployed(`console.log('loading'); exports.handler = async () => 1;`);
    expect((await invoke()).body.log.split('\n')[1]).toBe('loading');
    expect((await invoke()).body.log).not.toContain('loading');
  });

  it('tells a function by which version and alias it was called', async () => {
    const code = `exports.handler = async (event, context) => [context.getVersion(), context.getAlias()];`;
    const { call, urn } = await deployed(code);
    await call('POST', `/functions/${urn()}/versions`, {});
    await call('POST', `/functions/${urn()}/aliases`, { name: 'live', version: 'v1' });
    const told = async (qualifier: string) =>
      (await call('POST', `/functions/${urn()}${qualifier}/invocations`, {})).body;
    expect(await told(':live')).toEqual(['v1', 'live']);
    expect(await told(':v1')).toEqual(['v1', '']);
    expect(await told('')).toEqual(['latest', '']);
    expect(await told(':none')).toMatchObject({ error_code: 'FSS.1052' });
  });

  it('lets faults strike before and after it has run', async () => {
    const { invoke, cloud } = await deployed(`exports.handler = async () => console.log('ran');`);
    const fault = { service: 'functiongraph', operation: 'invokeFunction', times: 1 };
    cloud.control.addFault({ ...fault, kind: 'error', status: 503, code: 'FSS.0503' });
    expect((await invoke()).status).toBe(503);
    expect(cloud.functiongraph.logs('backup')).toEqual([]);
    cloud.control.addFault({ ...fault, kind: 'drop_answer' });
    await expect(invoke()).rejects.toThrow('cut');
    expect(cloud.functiongraph.logs('backup')).toContain('ran');
  });

  it('runs by the scaled clock, dates and waits alike, also when it changes under way', async () => {
    const code = `const { setTimeout: wait } = require('node:timers/promises');
      exports.handler = async (event, context) => {
        const [from, left] = [Date.now(), context.getRemainingTimeInMilliSeconds()];
        await wait(event.ms);
        return { took: Date.now() - from, left: left - context.getRemainingTimeInMilliSeconds(), now: new Date().getTime() };
      };`;
    const { invoke, cloud } = await deployed(code, { timeout: 600 });
    await cloud.control.setSpeed(200);
    const began = performance.now();
    const quick = (await invoke({ ms: 60_000 })).value as Record<string, number>;
    expect(performance.now() - began).toBeLessThan(5_000);
    // A timer may fire a millisecond early: 200 of the model's.
    expect(quick['took']).toBeGreaterThanOrEqual(59_800);
    expect(quick['left']).toBeGreaterThanOrEqual(59_800);
    expect(Math.abs((quick['now'] ?? 0) - cloud.time.model())).toBeLessThan(10_000);
    await cloud.control.setSpeed(1);
    const slow = invoke({ ms: 20_000 });
    await cloud.time.sleep(200);
    await cloud.control.setSpeed(200);
    const changed = (await slow).value as Record<string, number>;
    expect(changed['took']).toBeGreaterThanOrEqual(19_500);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
