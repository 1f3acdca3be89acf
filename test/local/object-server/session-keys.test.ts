import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../local/http/server.ts';
import { getSessionKeys } from '../../../local/object-server/session-keys.ts';

const keys = { accessKey: 'AK', secretKey: 's', securityToken: undefined, expiresAt: undefined };
const credentials = (more = '<Expiration>2026-01-02T03:04:05Z</Expiration>') =>
  `<GetSessionTokenResponse><GetSessionTokenResult><Credentials><AccessKeyId>AS</AccessKeyId><SecretAccessKey>ss</SecretAccessKey><SessionToken>st</SessionToken>${more}</Credentials></GetSessionTokenResult></GetSessionTokenResponse>`;

/** Asks a server whose STS responds like this, and whose bucket accepts the session keys or not. */
async function sessionKeys(sts: Response, bucketStatus = 200) {
  const forms: string[] = [];
  const server = await listen(
    async (request) => {
      if (request.method !== 'POST') return new Response(null, { status: bucketStatus });
      forms.push(await request.text());
      return sts;
    },
    0,
    1_000,
  );
  onTestFinished(() => server.close());
  const found = await getSessionKeys({ url: server.url, region: 'r', keys }, 'bucket', 1e9);
  return { found, forms };
}

describe('getSessionKeys', () => {
  it('returns the keys of STS, for 12 hours at most', async () => {
    const { found, forms } = await sessionKeys(new Response(credentials()));
    expect(found).toEqual({
      accessKey: 'AS',
      secretKey: 'ss',
      securityToken: 'st',
      expiresAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    });
    expect(forms).toEqual(['Action=GetSessionToken&Version=2011-06-15&DurationSeconds=43200']);
  });

  it.each([
    ['STS refuses', new Response('', { status: 403 }), 200],
    ['the response is not XML', new Response('<html'), 200],
    ['the keys have no expiration', new Response(credentials('')), 200],
    ['the server does not accept its own keys', new Response(credentials()), 403],
  ])('returns undefined if %s', async (_, sts, bucketStatus) => {
    expect((await sessionKeys(sts, bucketStatus)).found).toBeUndefined();
  });
});
