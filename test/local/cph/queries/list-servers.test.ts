import { describe, expect, it } from 'vitest';
import { cphFixture } from '../../support/cph.ts';

type Listed = { server_id: string; server_name: string };

describe('the server calls', () => {
  it('list servers newest first, with filters', async () => {
    const cloud = cphFixture({ servers: 5, phones: 10 });
    const list = async (query: string) =>
      (await cloud.send('GET', `${cloud.base}/servers?${query}`)).body as {
        count: number;
        servers: Listed[];
      };
    const all = await list('limit=100');
    expect(all.servers.map((server) => server.server_name)).toEqual(
      [5, 4, 3, 2, 1].map((n) => `server-00${n}`),
    );
    expect(await list('limit=2&offset=4')).toMatchObject({ count: 5, servers: [{}] });
    expect((await list('server_name=003')).servers).toHaveLength(1);
    expect((await list('status=8')).servers).toEqual([]);
  });

  it('show one server, and refuse an invalid id or page', async () => {
    const cloud = cphFixture();
    const [id] = [...cloud.world.fleet.servers.keys()];
    const show = (server: string) => cloud.send('GET', `${cloud.base}/servers/${server}`);
    expect((await show(id!)).body).toMatchObject({ server_id: id, status: 5, volumes: [] });
    expect((await show('0'.repeat(32))).body.error_code).toBe('CPS.0016');
    expect((await show('not-an-id')).body.error_code).toBe('CPS.0015');
    expect((await cloud.send('GET', `${cloud.base}/servers?limit=101`)).status).toBe(400);
  });
});
