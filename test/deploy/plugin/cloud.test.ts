import { afterEach, describe, expect, it } from 'vitest';
import { createCloud } from '../../../deploy/plugin/cloud.js';
import { listen, type Listening } from '../../../local/http/server.ts';

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** What a service returns: a status and a body, or nothing before it cuts the connection. */
type Reply = [status: number, body: unknown];
const URN = 'urn:fss:r:p1:function:default:drive';
const failure = (status: number, error_code = 'FSS.0500'): Reply => [
  status,
  { error_code, error_msg: 'no' },
];

/** A service that returns these one after the other, and the last one again and again. */
async function scene(...replies: Reply[]) {
  const calls: string[] = [];
  const server = await listen(
    async (request) => {
      calls.push(`${request.method} ${new URL(request.url).pathname}`);
      const [status, body] = replies[Math.min(calls.length, replies.length) - 1] ?? [500, {}];
      return Response.json(body, { status });
    },
    0,
    1024 * 1024,
  );
  servers.push(server);
  return { ...connect(server.url), calls };
}

function connect(endpoint: string) {
  const account = {
    ...{ region: 'r', projectId: 'p1', accessKey: 'AK', secretKey: 'SK' },
    ...{ securityToken: undefined, endpoint, ltsEndpoint: endpoint },
  };
  const waits: number[] = [];
  return { cloud: createCloud(account, async (ms) => void waits.push(ms)), waits };
}

const shown: Reply = [200, { func_urn: URN, runtime: 'Node.js20.15' }];
const setInstances = ({ cloud }: Awaited<ReturnType<typeof scene>>) =>
  cloud.setMaxInstances(URN, 1);

describe('a read', () => {
  it('is tried again after a failure of the service, four times in all', async () => {
    const passes = await scene(failure(500), failure(502), [200, {}], shown);
    expect(await passes.cloud.showFunction(URN)).toMatchObject({ func_urn: URN });
    expect(passes.waits).toEqual([2_000, 4_000, 8_000]);
    const fails = await scene(failure(500));
    await expect(fails.cloud.showFunction(URN)).rejects.toMatchObject({ status: 500 });
    expect(fails.calls).toHaveLength(4);
  });

  it('is not tried again after a refusal, nor where nothing listens', async () => {
    const refused = await scene(failure(403, 'FSS.0403'));
    await expect(refused.cloud.showFunction(URN)).rejects.toMatchObject({
      serviceCode: 'FSS.0403',
    });
    expect(refused.waits).toEqual([]);
    const nowhere = connect('http://127.0.0.1:1');
    await expect(nowhere.cloud.showFunction(URN)).rejects.toThrow('ECONNREFUSED');
    expect(nowhere.waits).toEqual([]);
  });

  it('is undefined for a function that does not exist, and throws for an address that does not', async () => {
    const gone = await scene(failure(404, 'FSS.1051'));
    expect(await gone.cloud.showFunction(URN)).toBeUndefined();
    expect(await gone.cloud.showAsync(URN)).toBeUndefined();
    const nowhere = await scene(failure(404, 'APIGW.0101'));
    await expect(nowhere.cloud.showFunction(URN)).rejects.toMatchObject({ status: 404 });
  });

  it.each<[string, unknown]>([
    ['showFunction', { runtime: 'Node.js20.15' }],
    ['listFunctions', { functions: 'none' }],
    ['listTriggers', [{ trigger_id: 't' }]],
    ['listTriggers', {}],
  ])('throws for a response of %s that cannot be read: %j', async (operation, body) => {
    const { cloud } = await scene([200, body]);
    const read = (cloud as unknown as Record<string, (urn: string) => Promise<unknown>>)[operation];
    await expect(read?.(URN)).rejects.toThrow('cannot be read');
  });
});

describe('a change', () => {
  it.each([429, 503])('is tried again after %i: nothing was carried out', async (status) => {
    const world = await scene(failure(status), [200, {}]);
    await setInstances(world);
    expect(world.calls).toHaveLength(2);
  });

  it.each([500, 502, 409])('is not tried again after %i', async (status) => {
    const world = await scene(failure(status), [200, {}]);
    await expect(setInstances(world)).rejects.toMatchObject({ status });
    expect(world.calls).toHaveLength(1);
  });
});

describe('updateCode', () => {
  const update = async (...replies: Reply[]) =>
    (await scene(...replies)).cloud.updateCode(URN, Buffer.from('zip'));
  const conflict = (error_msg: string, error_code = 'FSS.0409'): Reply => [
    409,
    { error_code, error_msg },
  ];

  it('says whether the code was another one', async () => {
    expect(await update([200, {}])).toBe('changed');
    expect(await update(conflict('The code is not changed.'))).toBe('same');
  });

  it.each([
    ['another conflict', conflict('The function is being updated.')],
    ['the same text with another code', conflict('The code is not changed.', 'FSS.1061')],
  ])('throws for %s', async (_, reply) => {
    await expect(update(reply)).rejects.toMatchObject({ status: 409 });
  });
});
