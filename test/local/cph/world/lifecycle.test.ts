import { describe, expect, it } from 'vitest';
import { createPhones, deletePhone } from '../../../../local/cph/world/lifecycle.ts';
import { cphFixture } from '../../support/cph.ts';

const MINUTE = 60_000;

describe('createPhones', () => {
  it('creates phones in status 1 that run within a minute, with a trace for each', async () => {
    const { world, pass } = cphFixture();
    const [server] = [...world.fleet.servers.keys()];
    const phones = createPhones(world, 2, server) ?? [];
    expect(phones.map(({ name, status, serverId }) => [name, status, serverId])).toEqual([
      ['game-0013', 1, server],
      ['game-0014', 1, server],
    ]);
    expect(
      world.traces.list().map(({ trace_name, resource_id }) => [trace_name, resource_id]),
    ).toEqual(phones.map(({ id }) => ['createCloudPhone', id]));
    await pass(MINUTE);
    expect(phones.map(({ status }) => status)).toEqual([2, 2]);
  });

  it('records one trace with the order instead, by switch', () => {
    const { world } = cphFixture({ switches: { traceResource: 'order' } });
    createPhones(world, 3);
    expect(world.traces.list().map(({ resource_id }) => resource_id)).toEqual([
      expect.stringMatching(/^CS/),
    ]);
  });

  it('returns undefined for an unknown server', () => {
    expect(createPhones(cphFixture().world, 1, 'none')).toBeUndefined();
  });
});

it('plans the next status of phones that start in a passing state', async () => {
  const statuses = [0, 1, 3, 4, 7, 6];
  const phones = statuses.map((status) => ({ name: `game-${status}`, status }));
  const { world, pass } = cphFixture({ fleet: { servers: [{ name: 's', tags: {}, phones }] } });
  await pass(2 * MINUTE);
  expect(world.fleet.order.map(({ status }) => status)).toEqual([2, 2, 2, 2, 8, 6]);
});

it('removes a deleted phone and fails its jobs', async () => {
  const fixture = cphFixture();
  const phone = fixture.running()[0]!;
  const { body } = await fixture.export([phone.id]);
  deletePhone(fixture.world, phone);
  expect(fixture.world.fleet.phones.has(phone.id)).toBe(false);
  expect(await fixture.jobs(body.request_id)).toMatchObject([
    { status: -1, error_code: 'CPS.0005' },
  ]);
});
