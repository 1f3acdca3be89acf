import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../../local/cph/service/operations.ts';
import { cphFixture } from '../../support/cph.ts';

/** Runs the operation at a method and a path on a world. */
function run(
  world: ReturnType<typeof cphFixture>['world'],
  [method, path]: [string, string],
  call: { params?: Record<string, string>; body?: object } = {},
) {
  const { params = {}, body } = call;
  const found = OPERATIONS.find((one) => one.method === method && one.path === path);
  const bytes = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
  return found?.run(world, { params, query: {}, body: bytes } as never, 'r1');
}

const CPH = '/v1/:project_id/cloud-phone';
const TAGS = '/v1/:project_id/cph-server';

describe('the calls of CPH', () => {
  it('have one address each', () => {
    const addresses = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('count as writes when they submit jobs or change tags', () => {
    const writes = OPERATIONS.filter(({ kind }) => kind === 'write');
    expect(writes.filter(({ isBatch }) => isBatch).map(({ operation }) => operation)).toEqual([
      ...['batch-storage', 'batch-restore', 'batch-restart', 'batch-reset', 'batch-stop'],
      'commands',
    ]);
    expect(writes.filter(({ isBatch }) => !isBatch).map(({ path }) => path)).toEqual([
      `${TAGS}/:server_id/tags/action`,
    ]);
  });

  it('show the phone and the server of their path', () => {
    const { world, running } = cphFixture();
    const { id, serverId } = running()[0] as { id: string; serverId: string };
    const phone = run(world, ['GET', `${CPH}/phones/:phone_id`], { params: { phone_id: id } });
    expect(phone).toMatchObject({ phone_id: id });
    const params = { server_id: serverId };
    expect(run(world, ['GET', `${CPH}/servers/:server_id`], { params })).toMatchObject(params);
  });

  it('change the tags of a server, which those who read tags then see', () => {
    const { world, running } = cphFixture();
    const { serverId: server_id } = running()[0] as { serverId: string };
    const body = { action: 'create', tags: [{ key: 'stage', value: 'x1' }] };
    const params = { server_id };
    expect(run(world, ['POST', `${TAGS}/:server_id/tags/action`], { params, body })).toBe(
      undefined,
    );
    const own = run(world, ['GET', `${TAGS}/:server_id/tags`], { params });
    const tag = { key: 'stage', value: 'x1' };
    expect(own).toMatchObject({ tags: expect.arrayContaining([tag]) as unknown });
    const tagged = run(world, ['POST', `${TAGS}/resource_instances/action`], {
      body: { action: 'filter', tags: [{ key: 'stage', values: ['x1'] }] },
    });
    expect(JSON.stringify(tagged)).toContain(server_id);
  });

  it.each([
    ['batch-restart', (phone_id: string) => ({ phones: [{ phone_id }] })],
    ['batch-reset', (phone_id: string) => ({ phones: [{ phone_id }] })],
    ['batch-stop', (phone_id: string) => ({ phone_ids: [phone_id] })],
  ])('submit a job: %s', (operation, bodyOf) => {
    const { world, running } = cphFixture();
    const { id } = running()[0] as { id: string };
    const call = { body: bodyOf(id) };
    expect(run(world, ['POST', `${CPH}/phones/${operation}`], call)).toMatchObject({
      jobs: [{ phone_id: id, job_id: expect.any(String) as string }],
    });
  });
});
