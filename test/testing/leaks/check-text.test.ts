import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { TOKEN } from '../../../testing/keys.ts';
import { checkedTexts, checkText, takeLeaks } from '../../../testing/leaks/check-text.ts';
import { checkErrors } from '../../../testing/leaks/errors.ts';
import { night, NIGHTLY } from '../../../testing/night.ts';
import { cliNight } from '../../cli/support/cli-night.ts';
import { api } from '../../http/support/api.ts';

const SMALL = { phones: 4, servers: 1, seed: 3 };

describe('the search for leaks', () => {
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
});
