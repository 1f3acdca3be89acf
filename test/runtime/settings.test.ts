import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PhonevaultError } from '../../lib/errors.ts';
import { readSettings } from '../../lib/runtime/settings.ts';

const base = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_PROJECT_ID: 'p1',
  PHONEVAULT_BUCKET: 'backups',
};

const read = (env: Record<string, string | undefined>, needsTopic = false) =>
  readSettings({}, { env: { ...base, ...env }, needsTopic });

function fault(env: Record<string, string | undefined>, needsTopic = false): PhonevaultError {
  try {
    read(env, needsTopic);
  } catch (error) {
    expect(error).toMatchObject({ code: 'setting_invalid' });
    return error as PhonevaultError;
  }
  throw new Error('no fault was found');
}

describe('readSettings', () => {
  it('needs three settings and has defaults for the rest', () => {
    expect(read({})).toEqual({
      region: 'cn-north-4',
      projectId: 'p1',
      bucket: 'backups',
      prefix: 'phonevault/',
      topicUrn: undefined,
      driveUrn: undefined,
      keepRuns: 90 * 24 * 3_600_000,
      heartbeat: undefined,
      httpTokens: [],
      webhookSecrets: [],
      endpoints: {
        cph: 'https://cph.cn-north-4.myhuaweicloud.com',
        iam: 'https://iam.cn-north-4.myhuaweicloud.com',
        obs: 'https://obs.cn-north-4.myhuaweicloud.com',
        smn: 'https://smn.cn-north-4.myhuaweicloud.com',
        functiongraph: 'https://functiongraph.cn-north-4.myhuaweicloud.com',
      },
      obsPathStyle: false,
    });
  });

  it('prefers user data to the environment, and reads an empty value as unset', () => {
    const userData: Record<string, string> = {
      PHONEVAULT_BUCKET: ' from-context ',
      PHONEVAULT_PREFIX: '',
    };
    const context = { getUserData: (name: string) => userData[name] };
    const settings = readSettings(context, { env: { ...base, PHONEVAULT_PREFIX: 'other' } });
    expect(settings.bucket).toBe('from-context');
    expect(settings.prefix).toBe('other/');
  });

  it.each([
    ['the context', { getProjectID: () => 'p9' }, {}, 'p9'],
    ['the platform', {}, { RUNTIME_PROJECT_ID: 'p8' }, 'p8'],
    ['the setting first', { getProjectID: () => 'p9' }, { PHONEVAULT_PROJECT_ID: 'p1' }, 'p1'],
  ])('reads the project id from %s', (_what, context, env, expected) => {
    const settings = readSettings(context, {
      env: { ...base, PHONEVAULT_PROJECT_ID: undefined, ...env },
    });
    expect(settings.projectId).toBe(expected);
  });

  it('names every error at once, with the value and what is allowed', () => {
    const { message, hint } = fault({
      PHONEVAULT_REGION: undefined,
      PHONEVAULT_BUCKET: 'My.Bucket',
      PHONEVAULT_OBS_ENDPOINT: 'http://obs.example.com',
      PHONEVAULT_OBS_PATH_STYLE: 'maybe',
    });
    const lines = message.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^PHONEVAULT_REGION is missing; set it to/);
    expect(lines[1]).toMatch(/^PHONEVAULT_BUCKET is "My\.Bucket"; allowed: 3 to 63/);
    expect(message).toMatch(/PHONEVAULT_OBS_ENDPOINT is "http:.*https/);
    expect(message).toMatch(/PHONEVAULT_OBS_PATH_STYLE is "maybe"; allowed: true or false/);
    expect(hint).toContain('environment variables');
  });

  it('refuses a value of more than 4,096 characters without quoting it whole', () => {
    const { message } = fault({ PHONEVAULT_BUCKET: 'b'.repeat(5_000) });
    expect(message).toMatch(/^PHONEVAULT_BUCKET is "/);
    expect(message.length).toBeLessThan(400);
  });

  it.each([
    ['user and password', 'https://someone:hunter2@iam.example.com'],
    ['a slash in the password', 'https://someone:hunter2/x@iam.example.com'],
    ['a password only', 'http://hunter2@localhost:8080'],
    ['no scheme', 'someone:hunter2@iam.example.com'],
    ['too many characters', `https://someone:hunter2@${'x'.repeat(5_000)}`],
  ])('does not show an endpoint that may contain a password: %s', (_, value) => {
    const { message, hint } = fault({ PHONEVAULT_IAM_ENDPOINT: value });
    expect(message).toMatch(/^PHONEVAULT_IAM_ENDPOINT has an "@"/);
    expect(`${message}${hint}`).not.toMatch(/hunter2|someone/);
  });

  it('prefers an endpoint that is set to that of the region', () => {
    const { endpoints } = read({ PHONEVAULT_CPH_ENDPOINT: 'http://localhost:8080/' });
    expect(endpoints.cph).toBe('http://localhost:8080');
    expect(endpoints.smn).toContain('myhuaweicloud.com');
  });

  it('accepts an unknown region only with every endpoint', () => {
    const endpoints = Object.fromEntries(
      ['CPH', 'IAM', 'OBS', 'SMN', 'FUNCTIONGRAPH'].map((name) => [
        `PHONEVAULT_${name}_ENDPOINT`,
        'http://localhost:1',
      ]),
    );
    expect(read({ PHONEVAULT_REGION: 'moon-1', ...endpoints }).region).toBe('moon-1');
    const { message } = fault({ PHONEVAULT_REGION: 'moon-1' });
    expect(message).toMatch(/PHONEVAULT_REGION: .*moon-1.*cn-north-4.*endpoint/);
  });

  it('needs a topic only with needsTopic', () => {
    expect(read({}).topicUrn).toBeUndefined();
    expect(fault({}, true).message).toMatch(/^PHONEVAULT_TOPIC_URN is missing/);
  });

  it('reads each setting by its name', () => {
    const [topicUrn, driveUrn] = ['urn:smn:r:p1:backup', 'urn:fss:r:p1:function:default:drive'];
    const settings = read({
      ...{ PHONEVAULT_PREFIX: 'a/b', PHONEVAULT_OBS_PATH_STYLE: 'true' },
      ...{ PHONEVAULT_TOPIC_URN: topicUrn, PHONEVAULT_DRIVE_URN: driveUrn },
      ...{ PHONEVAULT_HEARTBEAT: '08:00 UTC', PHONEVAULT_KEEP_RUNS: '48h' },
    });
    expect(settings).toMatchObject({
      ...{ prefix: 'a/b/', obsPathStyle: true, topicUrn, driveUrn },
      ...{ heartbeat: { cron: '0 0 8 * * *' }, keepRuns: 2 * 86_400_000 },
    });
  });

  it('reads tokens and webhook secrets and never prints them', () => {
    const hash = 'ab'.repeat(32);
    const key = Buffer.alloc(32, 7).toString('base64');
    const settings = read({
      PHONEVAULT_HTTP_TOKENS: `ci:read+run:2027-01-31:sha256-${hash},\nops:cancel:never:sha256-${hash}`,
      PHONEVAULT_WEBHOOK_SECRETS: `whsec_${key} crm:nightly+weekly:whsec_${key}`,
    });
    expect(settings.httpTokens.map(({ name, scopes, expires }) => [name, scopes, expires])).toEqual(
      [
        ['ci', ['read', 'run'], Date.UTC(2027, 1, 1)],
        ['ops', ['cancel'], Number.POSITIVE_INFINITY],
      ],
    );
    expect(settings.webhookSecrets.map(({ name, policies }) => [name, policies])).toEqual([
      ['webhook', undefined],
      ['crm', ['nightly', 'weekly']],
    ]);
    const printed = JSON.stringify(settings) + inspect(settings, { depth: 9 });
    expect(printed).not.toContain(hash);
    expect(printed).not.toContain(key);
  });

  const entry = `ci:read:never:sha256-${'0'.repeat(64)}`;

  it.each([
    ['PHONEVAULT_HTTP_TOKENS', `${entry},hunter2`, 'entry 2'],
    ['PHONEVAULT_HTTP_TOKENS', `Hunter2:read:never:sha256-${'0'.repeat(64)}`, 'a name'],
    ['PHONEVAULT_HTTP_TOKENS', `ci:read+hunter2:never:sha256-${'0'.repeat(64)}`, 'scopes of'],
    ['PHONEVAULT_HTTP_TOKENS', `ci::never:sha256-${'0'.repeat(64)}`, 'scopes of'],
    ['PHONEVAULT_HTTP_TOKENS', `ci:read:2027-02-30:sha256-${'0'.repeat(64)}`, 'a last day'],
    ['PHONEVAULT_HTTP_TOKENS', `ci:read::sha256-${'0'.repeat(64)}`, 'a last day'],
    ['PHONEVAULT_HTTP_TOKENS', 'ci:read:never:hunter2', 'hash of the token'],
    ['PHONEVAULT_WEBHOOK_SECRETS', 'hunter2', 'entry 1'],
    ['PHONEVAULT_WEBHOOK_SECRETS', 'whsec_hunter2hunter2', '24 to 64 bytes'],
    ['PHONEVAULT_WEBHOOK_SECRETS', `crm:nightly:whsec_${'A'.repeat(32)}:hunter2`, 'whsec_<base64>'],
    ['PHONEVAULT_WEBHOOK_SECRETS', `crm:Hunter2:whsec_${'A'.repeat(32)}`, 'names of policies'],
  ])('refuses an invalid entry of %s without printing it', (name, value, expected) => {
    const { message } = fault({ [name]: value });
    expect(message).toContain(`${name} is invalid`);
    expect(message).toContain(expected);
    expect(message).not.toMatch(/hunter2|000000/i);
  });
});
