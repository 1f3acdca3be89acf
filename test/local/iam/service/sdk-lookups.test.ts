import { BasicCredentials, GlobalCredentials } from '@huaweicloud/huaweicloud-sdk-core';
import type { ICredential } from '@huaweicloud/huaweicloud-sdk-core/auth/ICredential.js';
import { FunctionGraphClient } from '@huaweicloud/huaweicloud-sdk-functiongraph/v2/FunctionGraphClient.js';
import { ListFunctionsRequest } from '@huaweicloud/huaweicloud-sdk-functiongraph/v2/model/ListFunctionsRequest.js';
import { Region } from '@huaweicloud/huaweicloud-sdk-core/region/region.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Cloud, createCloud } from '../../../../local/cloud.ts';
import { rawRequest } from '../../../../local/http/raw-request.ts';
import { listen } from '../../../../local/http/server.ts';
import { silence } from '../../support/functiongraph.ts';
import { signHeaders } from '../../support/sign-s3.ts';
import { signSdk } from '../../support/sign-sdk.ts';

// The core of the official SDK finds out the project of a region by itself, with a signed GET whose body is `{}`.

const MAX_BODY = 1_000_000;

async function over(
  cloud: Cloud,
  credentialFor: (keys: Cloud['credentials'], iam: string) => ICredential,
) {
  const iam = await listen(cloud.services.iam, 0, MAX_BODY);
  const functiongraph = await listen(cloud.services.functiongraph, 0, MAX_BODY);
  onTestFinished(async () => {
    await Promise.all([iam.close(), functiongraph.close()]);
  });
  const client = FunctionGraphClient.newBuilder()
    .withCredential(credentialFor(cloud.credentials, iam.url))
    .withRegion(new Region(cloud.region, functiongraph.url))
    .build();
  silence(client);
  return client;
}

describe('the look-ups of the official SDK', () => {
  it('find the project of a region', async () => {
    const cloud = await createCloud({ phones: 1 });
    const client = await over(cloud, (keys, iam) =>
      new BasicCredentials()
        .withAk(keys.accessKey)
        .withSk(keys.secretKey)
        .withSecurityToken(keys.securityToken)
        .withIamEndpoint(iam),
    );
    const { count } = await client.listFunctions(new ListFunctionsRequest());
    expect(count).toBe(0);
    expect(cloud.control.calls()['iam']?.['list-projects']).toEqual({ ok: 1, refused: 0 });
  });

  it('find the account of a key', async () => {
    const cloud = await createCloud({ phones: 1 });
    const client = await over(cloud, (keys, iam) =>
      new GlobalCredentials()
        .withAk(keys.accessKey)
        .withSk(keys.secretKey)
        .withSecurityToken(keys.securityToken)
        .withIamEndpoint(iam),
    );
    // The path needs a project, which these credentials lack.
    await expect(client.listFunctions(new ListFunctionsRequest())).rejects.toThrow();
    expect(cloud.control.calls()['iam']?.['list-auth-domains']).toEqual({ ok: 1, refused: 0 });
  });
});

describe('a signed GET with a body', () => {
  const paths = {
    cph: (project: string) => `/v1/${project}/cloud-phone/phones`,
    iam: () => '/v3/auth/domains',
    smn: (project: string) => `/v2/${project}/notifications/topics`,
    functiongraph: (project: string) => `/v2/${project}/fgs/functions`,
  };

  it.each(Object.keys(paths) as (keyof typeof paths)[])(
    'is verified over that body by %s, and refused with another one',
    async (service) => {
      const cloud = await createCloud({ phones: 1 });
      const host = `${service}.${cloud.region}.myhuaweicloud.com`;
      const path = paths[service](cloud.projectId);
      const toSign = { method: 'GET', host, path, body: '{}', date: cloud.time.now() };
      const headers = signSdk(toSign, cloud.credentials);
      const send = async (body: string) =>
        (await cloud.handle(rawRequest(`https://${host}${path}`, { method: 'GET', headers, body })))
          .status;
      expect([await send('{}'), await send('{ }')]).toEqual([200, 401]);
    },
  );

  it('is verified over that body by OBS', async () => {
    const cloud = await createCloud({ phones: 1 });
    const host = `${cloud.bucket}.obs.${cloud.region}.myhuaweicloud.com`;
    const toSign = {
      method: 'GET',
      host,
      path: '/',
      query: [['location', '']] as [string, string][],
      body: '{}',
      headers: { 'content-length': '2' },
    };
    const headers = signHeaders(toSign, cloud.credentials, {
      now: cloud.time.now(),
      region: cloud.region,
    });
    const send = async (body: string) =>
      (
        await cloud.handle(
          rawRequest(`https://${host}/?location`, { method: 'GET', headers, body }),
        )
      ).status;
    expect([await send('{}'), await send('{ ')]).toEqual([200, 400]);
  });
});
