import { describe, expect, it } from 'vitest';
import { demandSettings, refuseUnknownParams } from '../../../deploy/plugin/given.js';

const environment = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_BUCKET: 'b',
  PHONEVAULT_TOPIC_URN: 'urn:smn:cn-north-4:p:t',
};

describe('settings', () => {
  it('are enough with a region, a bucket and a topic', () => {
    expect(() => demandSettings({ environment })).not.toThrow();
  });

  it('that are missing name themselves and both ways to give them', () => {
    const given = { ...environment, PHONEVAULT_BUCKET: '', PHONEVAULT_REGION: '' };
    expect(() => demandSettings({ environment: given })).toThrow(
      expect.objectContaining({
        code: 'setting_missing',
        message: 'not given: PHONEVAULT_REGION, PHONEVAULT_BUCKET',
        hint: expect.stringMatching(/export PHONEVAULT_BUCKET=.*--param bucket=/) as string,
      }) as Error,
    );
  });
});

describe('a --param', () => {
  const yaml = '# ${param:x}\nregion: ${param:region, env:R}\nagency: ${param:agency}\n';

  it('is taken when serverless.yml reads it', () => {
    expect(() => refuseUnknownParams(['region=a', 'agency=b=c'], yaml)).not.toThrow();
    expect(() => refuseUnknownParams([], yaml)).not.toThrow();
  });

  it.each(['agnecy=foo', 'x=1', 'memory'])('is refused when nothing reads it: %s', (param) => {
    expect(() => refuseUnknownParams([param], yaml)).toThrow(
      expect.objectContaining({
        code: 'param_unknown',
        hint: 'one of agency, region',
      }) as Error,
    );
  });
});
