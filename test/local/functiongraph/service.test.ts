import { afterAll, describe, expect, it } from 'vitest';
import { functionBody, sdkFixture } from '../support/functiongraph.ts';

const made = await sdkFixture();
const { client, urn, listening, cloud } = made;
afterAll(() => listening.close());

const as = <T>(value: unknown) => value as T;
type Request<M extends (request: never) => unknown> = Parameters<M>[0];

// The official SDK as a deployer uses it: URNs encoded in the path, requests signed, answers as they are.
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

  it('meets the faults that were asked for', async () => {
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
