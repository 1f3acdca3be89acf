import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../local/http/server.ts';
import { postSignedForm } from '../../../local/object-server/signed-form.ts';
import { canonicalRequest, sha256Hex } from '../../../local/obs/signing/canonical.ts';
import { credentialOf } from '../../../local/obs/signing/credential.ts';

const keys = { accessKey: 'AK', secretKey: 's', securityToken: 'token', expiresAt: undefined };

it('posts a form with a complete signature for the service', async () => {
  const seen: unknown[] = [];
  const server = await listen(
    async (request) => {
      const { accessKey, scope, signedHeaders, payloadHash, securityToken } = credentialOf(request);
      const body = await request.text();
      const isCanonical = canonicalRequest(request, signedHeaders, payloadHash) !== undefined;
      seen.push(
        accessKey,
        scope.slice(1),
        securityToken,
        payloadHash === sha256Hex(body),
        isCanonical,
        body,
      );
      return new Response('done', { status: 202 });
    },
    0,
    1_000,
  );
  onTestFinished(() => server.close());
  const form = { Action: 'GetSessionToken', Version: '2011-06-15' };
  const { status, body } = await postSignedForm(
    { url: server.url, region: 'r', keys },
    'sts',
    form,
  );
  expect([status, body.toString()]).toEqual([202, 'done']);
  expect(seen).toEqual([
    'AK',
    ['r', 'sts', 'aws4_request'],
    'token',
    true,
    true,
    'Action=GetSessionToken&Version=2011-06-15',
  ]);
});

it('rejects if nobody listens', async () => {
  const server = { url: 'http://127.0.0.1:1', region: 'r', keys };
  await expect(postSignedForm(server, 'sts', {})).rejects.toThrow('ECONNREFUSED');
});
