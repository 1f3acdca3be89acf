import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { manualClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { deployed, fixture, functionBody, sdkFixture, zipOf } from '../support/functiongraph.ts';

const made = await sdkFixture();
const { client, urn, listening, cloud } = made;
afterAll(() => listening.close());

const as = <T>(value: unknown) => value as T;
type Request<M extends (request: never) => unknown> = Parameters<M>[0];

describe('the official SDK', () => {
  it('creates, reads, changes and deletes a function with its triggers', async () => {
    const missing = client.showFunctionConfig({ function_urn: urn() } as never);
    await expect(missing).rejects.toMatchObject({ httpStatusCode: 404, errorCode: 'FSS.1051' });

    const request = as<Request<typeof client.createFunction>>({ body: functionBody() });
    await client.createFunction(request);
    const function_urn = `${urn()}:latest`;
    const config = await client.showFunctionConfig({ function_urn } as never);
    expect(config).toMatchObject({ func_name: 'backup', httpStatusCode: 200 });

    const same = client.updateFunctionCode({ function_urn, body: functionBody() } as never);
    await expect(same).rejects.toMatchObject({ httpStatusCode: 409, errorCode: 'FSS.0409' });
    const body = functionBody({ description: 'new' });
    await client.updateFunctionConfig({ function_urn, body } as never);
    await client.updateFunctionMaxInstanceConfig({
      function_urn,
      body: { max_instance_num: 1 },
    } as never);
    await client.updateFunctionAsyncInvokeConfig({
      function_urn,
      body: { max_async_retry_attempts: 0 },
    } as never);

    const event_data = { name: 'minute', schedule_type: 'Rate', schedule: '1m' };
    const trigger = await client.createFunctionTrigger({
      function_urn,
      body: { trigger_type_code: 'TIMER', event_data },
    } as never);
    const listed = await client.listFunctionTriggers({ function_urn } as never);
    expect(Array.isArray(listed)).toBe(true);
    expect([...as<unknown[]>(listed)]).toMatchObject([{ trigger_type_code: 'TIMER' }]);
    await client.deleteFunctionTrigger({
      function_urn,
      trigger_type_code: 'TIMER',
      trigger_id: as<Record<string, string>>(trigger)['trigger_id'],
    } as never);
    await client.deleteFunction({ function_urn: urn() } as never);
    const list = await client.listFunctions({} as never);
    expect(list).toMatchObject({ count: 0, functions: [] });
    expect(cloud.control.calls().functiongraph).toMatchObject({
      createFunction: { ok: 1, refused: 0 },
      showFunctionConfig: { ok: 1, refused: 1 },
      updateFunctionCode: { ok: 0, refused: 1 },
    });
  });

  it('meets injected faults', async () => {
    cloud.control.addFault({
      service: 'functiongraph',
      operation: 'listFunctions',
      kind: 'error',
      status: 503,
      code: 'FSS.0503',
      times: 1,
    });
    await expect(client.listFunctions({} as never)).rejects.toMatchObject({
      httpStatusCode: 503,
      errorCode: 'FSS.0503',
    });
    await expect(client.listFunctions({} as never)).resolves.toMatchObject({ httpStatusCode: 200 });
  });
});

describe('a deployed function', () => {
  it('gets credentials of its agency that open the other services', async () => {
    const code = 'exports.handler = async (event, context) => context.getToken();';
    const { invoke, cloud: own } = await deployed(code, { xrole: 'phonevault' });
    const token = (await invoke<string>()).body;
    const url = `https://cph.cn-north-4.myhuaweicloud.com/v1/${own.projectId}/cloud-phone/phones`;
    const response = await own.handle(new Request(url, { headers: { 'x-auth-token': token } }));
    expect(response.status).toBe(200);
    expect((await invoke<string>()).body).toBe(token);
  });

  it('runs with its new code and settings after an update', async () => {
    const { invoke, call, urn: urnOf } = await deployed('exports.handler = async () => 1;');
    expect((await invoke()).body).toBe(1);
    const code = 'exports.handler = async (e, context) => context.getUserData("A");';
    const body = functionBody({ code_type: 'inline', func_code: { file: btoa(code) } });
    await call('PUT', `/functions/${urnOf()}/code`, body);
    await call('PUT', `/functions/${urnOf()}/config`, { ...body, user_data: '{"A":"new"}' });
    expect((await invoke()).body).toBe('new');
  });
});

describe('a function with triggers', () => {
  it('gets the events of a timer, of CTS and of a topic', async () => {
    const clock = manualClock();
    const { cloud: own, create, call, urn: urnOf } = await fixture({ clock });
    onTestFinished(() => own.functiongraph.stop());
    const code = `exports.handler = async (event) => console.log(event.trigger_name ?? Object.keys(event)[0]);`;
    await create({ func_code: { file: zipOf({ 'index.js': code }) } });
    const add = (trigger_type_code: string, event_data: object) =>
      call('POST', `/triggers/${urnOf()}`, { trigger_type_code, event_data });
    await add('TIMER', { name: 'minute', schedule_type: 'Rate', schedule: '1m' });
    await add('CTS', { name: 'phones', operations: ['CPH:phone:createCloudPhone'] });
    await add('SMN', { topic_urn: own.topicUrn });
    clock.move(60_000);
    await own.control.createPhones(1);
    const url = `https://smn.cn-north-4.myhuaweicloud.com/v2/${own.projectId}/notifications/topics/${own.topicUrn}/publish`;
    const headers = { 'x-auth-token': own.credentials.token };
    await own.handle(new Request(url, { method: 'POST', headers, body: '{"message":"m"}' }));
    const events = () =>
      own.functiongraph.logs('backup').filter((line) => /^(minute|cts|record)$/.test(line));
    await eventually(() => events().sort()).toEqual(['cts', 'minute', 'record']);
  });
});
