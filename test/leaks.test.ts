import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../lib/errors.ts';
import { cliNight } from './cli/support/cli-night.ts';
import { api } from './http/support/api.ts';
import { TOKEN, WEBHOOK_KEYS } from '../testing/keys.ts';
import { checkErrors } from '../testing/leaks/errors.ts';
import { leakIn, MARK } from '../testing/leaks/marks.ts';
import { takeLeaks, checkedTexts, checkText } from '../testing/leaks/check-text.ts';
import { night, NIGHTLY } from '../testing/night.ts';

const SMALL = { phones: 4, servers: 1, seed: 3 };

describe('the search for leaks', () => {
  it('knows the secrets of the embedded cloud, and pieces of them', async () => {
    const { cloud } = await night(SMALL);
    const { token, secretKey, securityToken } = cloud.credentials;
    for (const secret of [token, secretKey, securityToken, TOKEN, WEBHOOK_KEYS[0] ?? '']) {
      expect(secret).toContain(MARK);
      for (const told of [
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
        expect(leakIn(told), told.slice(0, 60)).toBeDefined();
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
      expect(leakIn(`told: ${String(secret)}.`)).toBeDefined();
    }
    const signature = `SDK-HMAC-SHA256 Access=AK, Signature=${'0a'.repeat(32)}`;
    expect(leakIn(signature)).toBeDefined();
    expect(leakIn(`Bearer ${'x'.repeat(22)}`)).toBeDefined();
    const names = [cloud.projectId, cloud.topicUrn, cloud.credentials.accessKey, phone?.phone_id];
    expect(leakIn(names.join(' '))).toBeUndefined();
  });

  it('searches every output', async () => {
    const before = checkedTexts();
    const http = await api({ ...SMALL, conditionalPut: 'honoured' });
    await http.putPolicy(NIGHTLY);
    await http.call('POST', '/v1/runs', { key: 'k1', body: { policy: 'nightly' } });
    await http.call('GET', '/v1/runs', { token: `${TOKEN}x` });
    await http.settle(await http.requestRun());
    const cli = await cliNight({ env: { PHONEVAULT_REGION: 'nowhere' } });
    await cli.run('status');
    process.stdout.write('printed\n');
    checkErrors();
    const now = checkedTexts();
    for (const kind of ['log', 'cli', 'console', 'http', 'error', 'obs', 'cph', 'smn']) {
      expect([kind, (now.get(kind) ?? 0) > (before.get(kind) ?? 0)]).toEqual([kind, true]);
    }
  });

  it('finds a secret in a log line, a document, a message, a response and an error', async () => {
    const world = await night(SMALL);
    const { deps, log, clients } = world.invocation();
    const { token, secretKey } = world.cloud.credentials;
    log.info('mistaken', { note: token });
    await deps.store.put('state/mistaken.json', JSON.stringify({ secretKey }));
    await clients.smn.publish(world.cloud.topicUrn, {
      subject: 'mistaken',
      message_structure: { default: token.slice(0, 60) },
      message_attributes: [],
    });
    checkText('http', `{"detail":"${TOKEN}"}`);
    const hint = `check ${secretKey}`;
    void new PhonevaultError('service', 'mistaken', { hint });
    void new PhonevaultError('service', 'mistaken too', { cause: { keys: { secretKey } } });
    checkErrors();
    const found = takeLeaks().map((leak) => leak.slice(0, leak.indexOf(':')));
    for (const kind of ['log', 'obs', 'smn', 'http', 'error']) expect(found).toContain(kind);
    expect(found.filter((kind) => kind === 'error').length).toBeGreaterThanOrEqual(2);
    expect(takeLeaks()).toEqual([]);
  });

  it('accepts encrypted credentials', async () => {
    const { settings, clients } = (await night(SMALL)).invocation();
    const shown = inspect({ settings, clients }, { depth: 20, showHidden: true });
    expect(leakIn(shown)).toBeUndefined();
  });
});
