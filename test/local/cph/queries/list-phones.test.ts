import { describe, expect, it } from 'vitest';
import { cphFixture } from '../../support/cph.ts';

type Listed = { phone_id: string; phone_name: string; server_id: string; status: number };

describe('the phone calls', () => {
  it('list phones newest first, by offset in items', async () => {
    const cloud = cphFixture({ phones: 25 });
    const pages = [];
    for (const offset of [0, 10, 20, 30]) {
      const { body } = await cloud.send('GET', `${cloud.base}/phones?limit=10&offset=${offset}`);
      expect(body.count).toBe(25);
      pages.push((body.phones as Listed[]).map((phone) => phone.phone_id));
    }
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5, 0]);
    expect(pages.flat()).toEqual(
      cloud
        .phones()
        .map((phone) => phone.id)
        .reverse(),
    );
  });

  it('refuse the filter of a server that does not exist, by a switch', async () => {
    const id = 'f'.repeat(32);
    const list = (cloud: ReturnType<typeof cphFixture>) =>
      cloud.send('GET', `${cloud.base}/phones?server_id=${id}`);
    expect(await list(cphFixture())).toMatchObject({ status: 200, body: { count: 0 } });
    const strict = cphFixture({ switches: { unknownServer: 'refused' } });
    expect(await list(strict)).toMatchObject({ status: 400, body: { error_code: 'CPS.0016' } });
  });

  it('return a phone twice if another is created between two pages', async () => {
    const cloud = cphFixture({ phones: 20 });
    const page = async (offset: number) => {
      const { body } = await cloud.send('GET', `${cloud.base}/phones?limit=10&offset=${offset}`);
      return (body.phones as Listed[]).map((phone) => phone.phone_id);
    };
    const first = await page(0);
    await cloud.control.createPhones(1);
    expect((await page(10))[0]).toBe(first[9]);
  });

  it('filter by name part, server and status', async () => {
    const cloud = cphFixture({ phones: 30 });
    const [phone] = cloud.phones();
    const list = async (query: string) =>
      (await cloud.send('GET', `${cloud.base}/phones?limit=200&${query}`)).body.phones as Listed[];
    const ofServer = await list(`server_id=${phone!.serverId}`);
    const named = await list('phone_name=0007');
    const stopped = await list('status=8');
    expect(ofServer.every((p) => p.server_id === phone!.serverId)).toBe(true);
    expect(ofServer).toHaveLength(15);
    expect(named.map((p) => p.phone_name)).toEqual(['game-0007']);
    expect(stopped.map((p) => p.status)).toEqual([8]);
    expect(await list('server_id=unknown')).toEqual([]);
  });

  it.each([
    ['limit=201', 'CPS.0002'],
    ['limit=0', 'CPS.0002'],
    ['limit=ten', 'CPS.0002'],
    ['offset=-1', 'CPS.0002'],
    ['status=running', 'CPS.0010'],
  ])('refuse %s', async (query, code) => {
    const cloud = cphFixture();
    const response = await cloud.send('GET', `${cloud.base}/phones?${query}`);
    expect(response).toMatchObject({ status: 400, body: { error_code: code } });
  });

  it('show details that a list does not contain', async () => {
    const cloud = cphFixture();
    const { id } = cloud.phones()[0]!;
    const { body } = await cloud.send('GET', `${cloud.base}/phones/${id}`);
    const { body: listed } = await cloud.send('GET', `${cloud.base}/phones`);
    expect(body).toMatchObject({ phone_id: id, vnc_enable: 'true', type: 0 });
    expect(JSON.parse(body.property as string)).toBeTypeOf('object');
    expect((listed.phones as object[])[0]).not.toHaveProperty('property');
  });

  it.each([
    ['0'.repeat(32), 'CPS.0005'],
    ['not-an-id', 'CPS.0004'],
  ])('refuse the id %s with %s', async (id, code) => {
    const cloud = cphFixture();
    const response = await cloud.send('GET', `${cloud.base}/phones/${id}`);
    expect(response).toMatchObject({ status: 400, body: { error_code: code } });
  });
});
