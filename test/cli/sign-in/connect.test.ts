import { describe, expect, it } from 'vitest';
import {
  cacheFolder,
  commandSettings,
  commandTools,
  connect,
  signInFromEnv,
} from '../../../cli/sign-in/connect.ts';
import { cliNight } from '../support/cli-night.ts';
import { fakeIo } from '../support/fake-io.ts';

const env = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_BUCKET: 'backups',
  HUAWEICLOUD_SDK_AK: 'AK',
  HUAWEICLOUD_SDK_SK: 'SK',
};
const ioWith = (more: Record<string, string> = {}) => fakeIo({ env: { ...env, ...more } }).io;

describe('signInFromEnv', () => {
  it.each([
    [{ PHONEVAULT_PROJECT_ID: ' p1 ', HUAWEICLOUD_SDK_PROJECT_ID: 'p2' }, 'p1'],
    [{ PHONEVAULT_PROJECT_ID: ' ', HUAWEICLOUD_SDK_PROJECT_ID: 'p2' }, 'p2'],
  ])('takes the project id of %j, without a call', async (given, projectId) => {
    const { settings, signedIn } = await signInFromEnv(ioWith(given));
    expect([settings.projectId, signedIn.projectId]).toEqual([projectId, projectId]);
  });

  it('looks up the project of the region when none is given', async () => {
    const { io, night } = await cliNight({ env: { PHONEVAULT_PROJECT_ID: '' } });
    expect((await signInFromEnv(io)).settings.projectId).toBe(night.cloud.projectId);
  });

  it('throws before any call when a setting is invalid', async () => {
    const signedIn = signInFromEnv(ioWith({ PHONEVAULT_BUCKET: 'a..b' }));
    await expect(signedIn).rejects.toMatchObject({ code: 'setting_invalid' });
  });
});

describe('connect', () => {
  it('reads the bucket and the fleet with the credentials of the user', async () => {
    const { io, night } = await cliNight({ phones: 3 });
    const { deps, settings } = await connect(io);
    expect(deps.ledger).toEqual({ bucket: night.cloud.bucket, prefix: 'phonevault/' });
    expect(settings.projectId).toBe(night.cloud.projectId);
    await deps.store.put('pins/x.json', '{}');
    expect((await deps.store.list('pins/')).map(({ key }) => key)).toEqual(['pins/x.json']);
    expect((await deps.cph.listPhones({ offset: 0, limit: 9 })).count).toBe(3);
  });
});

describe('commandSettings', () => {
  it('needs a topic only for a command that publishes', () => {
    expect(commandSettings(ioWith()).topicUrn).toBeUndefined();
    expect(() => commandSettings(ioWith(), { needsTopic: true })).toThrow('PHONEVAULT_TOPIC_URN');
  });

  it('says where a command reads its settings', () => {
    const read = () => commandSettings(ioWith({ PHONEVAULT_REGION: '' }));
    expect(read).toThrow(
      expect.objectContaining({
        code: 'setting_invalid',
        hint: expect.stringContaining('environment of this command') as string,
      }) as Error,
    );
  });
});

describe('commandTools', () => {
  it.each([
    ['1', 1],
    ['', 0],
  ])('prints its log with PHONEVAULT_DEBUG only: "%s"', (debug, lines) => {
    const { io, printed } = fakeIo({ env: { PHONEVAULT_DEBUG: debug } });
    commandTools(io).log.info('drive_done');
    expect(printed.err).toHaveLength(lines);
    expect(printed.out).toEqual([]);
  });
});

it.each([
  [{ XDG_CACHE_HOME: '/cache' }, '/cache/phonevault'],
  [{ XDG_CACHE_HOME: '' }, '/home/me/.cache/phonevault'],
  [{}, '/home/me/.cache/phonevault'],
])('cacheFolder of %j is %s', (given, folder) => {
  expect(cacheFolder({ env: given, home: '/home/me' })).toBe(folder);
});
