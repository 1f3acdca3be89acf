import { afterEach, expect, it } from 'vitest';
import { prepareIncidents } from '../../demo/incidents.ts';
import { createLocalApi } from '../../demo/local-api.ts';
import { createCloud } from '../../local/cloud.ts';
import { listen, type Listening } from '../../local/http/server.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function fixture(phones: number) {
  const cloud = await createCloud({ phones });
  const server = await listen(cloud.services.cph, 0, 2 ** 20);
  open.push(server);
  return { cloud, api: createLocalApi(server.url) };
}

it('prepares the states and failures on the fleet that the cloud has by default', async () => {
  const { cloud, api } = await fixture(60);
  const before = await cloud.control.phones();

  const text = await prepareIncidents(api);

  const changed = (await cloud.control.phones())
    .filter(({ status }, index) => status !== before[index]?.status)
    .map(({ phone_name, status }) => `${phone_name} ${status}`);
  expect(changed).toEqual([
    'game-0009 8',
    'game-0011 3',
    'game-0014 6',
    'game-0018 8',
    'game-0023 -7',
  ]);
  expect(text).toContain('game-0006 fails once, game-0007 fails always');
});

it('names the phone that a smaller fleet does not have', async () => {
  const { api } = await fixture(12);

  await expect(prepareIncidents(api)).rejects.toThrow('the fleet has no phone game-0009');
});
