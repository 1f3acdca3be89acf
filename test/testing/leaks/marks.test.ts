import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TOKEN, WEBHOOK_KEYS } from '../../../testing/keys.ts';
import { leakIn, MARK } from '../../../testing/leaks/marks.ts';
import { night } from '../../../testing/night.ts';

const SMALL = { phones: 4, servers: 1, seed: 3 };

describe('leakIn', () => {
  it('knows the secrets of the embedded cloud, and pieces of them', async () => {
    const { cloud } = await night(SMALL);
    const { token, secretKey, securityToken } = cloud.credentials;
    for (const secret of [token, secretKey, securityToken, TOKEN, WEBHOOK_KEYS[0] ?? '']) {
      expect(secret).toContain(MARK);
      for (const text of [
        `x ${secret} y`,
        secret.slice(-36),
        secret.toUpperCase(),
        encodeURIComponent(secret),
        JSON.stringify(JSON.stringify({ secret })),
        Buffer.from(secret).toString('base64'),
        Buffer.from(` ${secret}`).toString('base64url'),
        Buffer.from(`: ${secret}`).toString('base64'),
        Buffer.from(secret).toString('hex'),
      ]) {
        expect(leakIn(text), text.slice(0, 60)).toBeDefined();
      }
    }
  });

  it('knows the private fields of a phone, and signatures', async () => {
    const { cloud, invocation } = await night(SMALL);
    const [phone] = (await invocation().clients.cph.listPhones({ offset: 0, limit: 1 })).phones;
    const url = `https://cph.${cloud.region}.myhuaweicloud.com/v1/${cloud.projectId}/cloud-phone/phones/${phone?.phone_id}`;
    const headers = { 'x-auth-token': cloud.credentials.token };
    const answer = await cloud.services.cph(new Request(url, { headers }));
    const detail = (await answer.json()) as Record<string, unknown>;
    const [place] = detail.access_infos as Record<string, string>[];
    for (const secret of [detail.imei, detail.property, place?.phone_ip, place?.server_ip]) {
      expect(leakIn(`text: ${String(secret)}.`)).toBeDefined();
    }
    const signature = `SDK-HMAC-SHA256 Access=AK, Signature=${'0a'.repeat(32)}`;
    expect(leakIn(signature)).toBeDefined();
    expect(leakIn(`Bearer ${'x'.repeat(22)}`)).toBeDefined();
    const names = [cloud.projectId, cloud.topicUrn, cloud.credentials.accessKey, phone?.phone_id];
    expect(leakIn(names.join(' '))).toBeUndefined();
  });

  it('accepts encrypted credentials', async () => {
    const { settings, clients } = (await night(SMALL)).invocation();
    const shown = inspect({ settings, clients }, { depth: 20, showHidden: true });
    expect(leakIn(shown)).toBeUndefined();
  });
});
