import { describe, expect, it } from 'vitest';
import { cphFixture, PROJECT } from '../../support/cph.ts';

const BASE = `/v1/${PROJECT}/cph-server`;

function fixture() {
  const server = (name: string, tags: Record<string, string>) => ({ name, tags, phones: [] });
  const cloud = cphFixture({
    fleet: {
      servers: [
        server('one', { env: 'prod', team: 'games' }),
        server('two', { env: 'test', team: 'games' }),
        server('three', { env: 'prod' }),
        server('four', {}),
      ],
    },
  });
  const filter = async (body: object) => {
    const response = await cloud.send('POST', `${BASE}/resource_instances/action`, {
      action: 'filter',
      ...body,
    });
    const resources = response.body.resources as { resource_name: string }[] | undefined;
    return resources?.map((r) => r.resource_name) ?? response.body.error_code;
  };
  return { cloud, filter, idOf: (n: number) => [...cloud.world.fleet.servers.keys()][n]! };
}

describe('ListResourceInstances', () => {
  it.each([
    [{ tags: [{ key: 'env', values: ['prod'] }] }, ['one', 'three']],
    [{ tags: [{ key: 'env', values: ['prod', 'test'] }] }, ['one', 'two', 'three']],
    [{ tags: [{ key: 'team', values: [] }] }, ['one', 'two']],
    [
      {
        tags: [
          { key: 'env', values: ['prod'] },
          { key: 'team', values: ['games'] },
        ],
      },
      ['one'],
    ],
    [{ tags: [{ key: 'env', values: ['Prod'] }] }, []],
    [{ without_any_tag: true }, ['four']],
    [{ matches: [{ key: 'resource_name', value: 'two' }] }, ['two']],
    [{ limit: '1', offset: '1' }, ['two']],
    [{ limit: 1 }, 'CPS.0002'],
    [{ limit: '1001' }, 'CPS.0002'],
    [{ tags: Array(11).fill({ key: 'a', values: [] }) }, 'CPS.0002'],
  ])('finds by %j the servers %j', async (body, expected) => {
    const { filter } = fixture();
    expect(await filter(body)).toEqual(expected);
  });

  it('counts servers, and refuses a limit then', async () => {
    const { cloud, filter } = fixture();
    const { body } = await cloud.send('POST', `${BASE}/resource_instances/action`, {
      action: 'count',
      tags: [{ key: 'env', values: [] }],
    });
    expect(body).toMatchObject({ total_count: 3 });
    expect(await filter({ action: 'count', limit: '10' })).toBe('CPS.0002');
  });
});

describe('the other tag calls', () => {
  it('create and delete tags with an empty response', async () => {
    const { cloud, idOf } = fixture();
    const path = `${BASE}/${idOf(3)}/tags`;
    const change = (action: string, ...tags: object[]) =>
      cloud.send('POST', `${path}/action`, { action, tags });
    const made = await change('create', { key: 'env', value: 'new' }, { key: 'x', value: '' });
    await change('delete', { key: 'x', value: 'other' }, { key: 'env' });
    expect(made).toMatchObject({ status: 200, body: {} });
    expect((await cloud.send('GET', path)).body.tags).toEqual([{ key: 'x', value: '' }]);
    expect((await change('create', { key: '_sys_a', value: 'b' })).status).toBe(400);
  });

  it('list the keys of the project with their values', async () => {
    const { cloud } = fixture();
    const { body } = await cloud.send('GET', `${BASE}/tags?limit=10`);
    expect(body).toMatchObject({
      total_count: 2,
      tags: [
        { key: 'env', values: ['prod', 'test'] },
        { key: 'team', values: ['games'] },
      ],
    });
  });

  it('return CPS.0016 for an unknown server', async () => {
    const { cloud } = fixture();
    const response = await cloud.send('GET', `${BASE}/${'0'.repeat(32)}/tags`);
    expect(response.body.error_code).toBe('CPS.0016');
  });
});
