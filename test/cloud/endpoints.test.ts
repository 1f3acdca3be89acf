import { afterAll, describe, expect, it } from 'vitest';
import { CPH_REGIONS, endpointsOf } from '../../lib/cloud/endpoints.ts';
import { hasCode } from '../../lib/errors.ts';
import { nodeSend } from '../../lib/cloud/request/send.ts';
import { readSettings } from '../../lib/runtime/settings.ts';

describe('endpointsOf', () => {
  it('returns the hosts of a region', () => {
    expect(endpointsOf('cn-north-4')).toEqual({
      cph: 'https://cph.cn-north-4.myhuaweicloud.com',
      iam: 'https://iam.cn-north-4.myhuaweicloud.com',
      obs: 'https://obs.cn-north-4.myhuaweicloud.com',
      smn: 'https://smn.cn-north-4.myhuaweicloud.com',
      functiongraph: 'https://functiongraph.cn-north-4.myhuaweicloud.com',
    });
  });

  it.each(['cn-north-1', '', 'constructor'])(
    'throws for "%s" and lists the allowed regions',
    (region) => {
      let caught: unknown;
      try {
        endpointsOf(region);
      } catch (error) {
        caught = error;
      }
      expect(hasCode(caught, 'setting_invalid')).toBe(true);
      const { hint } = caught as { hint: string };
      for (const known of CPH_REGIONS) expect(hint).toContain(known);
      expect(hint).toContain('endpoint');
    },
  );
});

describe('plain http', () => {
  const send = nodeSend();
  afterAll(() => send.close());

  it.each([
    'http://cph.cn-north-4.myhuaweicloud.com/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://10.0.0.1/',
    'http://169.254.169.254/',
    'http://[::2]/',
    'http://0.0.0.0/',
    'http://notlocalhost/',
    'http://127.0.0.1@example.com/',
    'ftp://127.0.0.1/',
  ])('is refused to %s, as a request and as a setting', async (url) => {
    const request = { method: 'GET', url, headers: { 'X-Auth-Token': 'T' }, timeoutMs: 1_000 };
    await expect(send(request)).rejects.toMatchObject({ code: 'setting_invalid' });
    const env = {
      PHONEVAULT_REGION: 'cn-north-4',
      PHONEVAULT_PROJECT_ID: 'p1',
      PHONEVAULT_BUCKET: 'backups',
    };
    for (const service of ['CPH', 'IAM', 'OBS', 'SMN', 'FUNCTIONGRAPH']) {
      const name = `PHONEVAULT_${service}_ENDPOINT`;
      const read = () => readSettings({}, { env: { ...env, [name]: url.slice(0, -1) } });
      expect(read, name).toThrow(name);
    }
  });

  it.each(['http://127.0.0.1:1', 'http://localhost:1', 'http://a.localhost:1', 'http://[::1]:1'])(
    'is allowed to this machine: %s',
    async (url) => {
      const request = { method: 'GET', url, headers: {}, timeoutMs: 1_000 };
      await expect(send(request)).rejects.toMatchObject({ name: 'TransportError' });
    },
  );
});
