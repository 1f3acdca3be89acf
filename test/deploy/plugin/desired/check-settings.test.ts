import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkSettings, checkParams } from '../../../../deploy/plugin/desired/check-settings.js';

const environment = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_BUCKET: 'b',
  PHONEVAULT_TOPIC_URN: 'urn:smn:cn-north-4:p:t',
};

describe('settings', () => {
  it('need a region, a bucket and a topic only', () => {
    expect(() => checkSettings({ environment })).not.toThrow();
  });

  it('that are missing are named, with both ways to set them', () => {
    const given = { ...environment, PHONEVAULT_BUCKET: '', PHONEVAULT_REGION: '' };
    expect(() => checkSettings({ environment: given })).toThrow(
      expect.objectContaining({
        code: 'setting_missing',
        message: 'missing settings: PHONEVAULT_REGION, PHONEVAULT_BUCKET',
        hint: expect.stringMatching(/export PHONEVAULT_BUCKET=.*--param bucket=/) as string,
      }) as Error,
    );
  });
});

describe('an endpoint with a user or a password', () => {
  const url = 'https://someone:hunter2@host.example.com';
  it.each([
    ['provider.endpoint', { environment, endpoint: url }],
    ['provider.ltsEndpoint', { environment, ltsEndpoint: url }],
    ['PHONEVAULT_SMN_ENDPOINT', { environment: { ...environment, PHONEVAULT_SMN_ENDPOINT: url } }],
  ])('is rejected without its value: %s', (name, provider) => {
    expect(() => checkSettings(provider)).toThrow(
      expect.objectContaining({
        code: 'endpoint_invalid',
        message: `${name} has an "@": it may not contain a user or a password`,
      }) as Error,
    );
  });
});

describe('a --param', () => {
  const yaml =
    "# ${param:x}\nregion: ${param:region, env:R}\nagency: ${param:agency}\nA: ${env:PHONEVAULT_WEBHOOK_SECRETS, ''}\n";

  it('is accepted if serverless.yml uses it', () => {
    expect(() => checkParams(['region=a', 'agency=b=c'], yaml)).not.toThrow();
    expect(() => checkParams([], yaml)).not.toThrow();
  });

  it('is rejected if it would be a secret that others can read', () => {
    expect(() => checkParams(['webhookSecrets=whsec_x'], yaml)).toThrow(
      expect.objectContaining({
        code: 'param_secret',
        hint: 'export PHONEVAULT_WEBHOOK_SECRETS=...',
        message: expect.not.stringContaining('whsec_x') as string,
      }) as Error,
    );
  });

  it('is never that of an encrypted setting', () => {
    const whole = readFileSync(new URL('../../../../serverless.yml', import.meta.url), 'utf8');
    const blocks = whole.match(/^ +encryptedEnvironment:\n(?: +PHONEVAULT_.*\n)+/gm);
    expect(blocks).not.toBeNull();
    expect(blocks?.join('')).not.toContain('param:');
  });

  it.each(['agnecy=foo', 'x=1', 'memory'])(
    'is rejected if serverless.yml does not use it: %s',
    (param) => {
      expect(() => checkParams([param], yaml)).toThrow(
        expect.objectContaining({
          code: 'param_unknown',
          hint: 'allowed: agency, region',
        }) as Error,
      );
    },
  );
});
