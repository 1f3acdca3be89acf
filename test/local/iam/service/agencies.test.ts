import { describe, expect, it } from 'vitest';
import { createCloud } from '../../../../local/cloud.ts';

type Json = Record<string, unknown>;

async function fixture() {
  const cloud = await createCloud({ phones: 1, servers: 1 });
  const get = async (path: string) => {
    const headers = { 'x-auth-token': cloud.credentials.token };
    const url = `https://iam.myhuaweicloud.com/v3.0/OS-AGENCY${path}`;
    const response = await cloud.handle(new Request(url, { headers }));
    return { status: response.status, body: (await response.json()) as Json };
  };
  return { cloud, get };
}

describe('agencies', () => {
  it('are listed by name with the service that they trust', async () => {
    const { cloud, get } = await fixture();
    const all = await get(`/agencies?domain_id=${cloud.accountId}`);
    expect(all.body.agencies).toMatchObject([
      { name: 'phonevault', trust_domain_name: 'op_svc_cff', domain_id: cloud.accountId },
      { name: 'other-service', trust_domain_name: 'op_svc_ecs' },
    ]);
    const none = await get(`/agencies?domain_id=${cloud.accountId}&name=phone`);
    expect(none.body.agencies).toEqual([]);
  });

  it('need the id of the account', async () => {
    const { get } = await fixture();
    expect((await get('/agencies')).status).toBe(400);
    expect((await get('/agencies?domain_id=other')).status).toBe(403);
  });

  it('have roles by scope', async () => {
    const { cloud, get } = await fixture();
    const { body } = await get(`/agencies?domain_id=${cloud.accountId}`);
    const [own, other] = (body.agencies as { id: string }[]).map(({ id }) => id);
    expect((await get(`/agencies/${own}`)).body).toMatchObject({ agency: { name: 'phonevault' } });
    const domain = await get(`/domains/${cloud.accountId}/agencies/${own}/roles`);
    expect(domain.body.roles).toMatchObject([{ display_name: 'OBS OperateAccess' }]);
    const project = await get(`/projects/${cloud.projectId}/agencies/${own}/roles`);
    expect(project.body.roles).toHaveLength(3);
    expect((await get(`/projects/${cloud.projectId}/agencies/${other}/roles`)).body.roles).toEqual(
      [],
    );
    for (const path of ['/agencies/none', `/projects/p2/agencies/${own}/roles`]) {
      expect((await get(path)).status).toBe(404);
    }
  });
});
