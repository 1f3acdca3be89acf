import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core';
import { FunctionGraphClient } from '@huaweicloud/huaweicloud-sdk-functiongraph/v2/FunctionGraphClient.js';
import { strToU8, zipSync } from 'fflate';
import { type CloudOptions, createCloud } from '../../../local/cloud.ts';
import { listen, type Listening } from '../../../local/http/server.ts';

const MAX_BODY = 96 * 1024 * 1024;

type Json = Record<string, unknown>;
export type Answer<T = Json> = { status: number; body: T; headers: Headers };

/** A zip of these files, as Base64. */
export function zipOf(files: Record<string, string>): string {
  const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(entries), { mtime: '2026-01-01' })).toString(
    'base64',
  );
}

/** What a createFunction needs, with a handler that gives its event back. */
export function functionBody(more: Json = {}): Json {
  return {
    func_name: 'backup',
    package: 'default',
    runtime: 'Node.js20.15',
    timeout: 30,
    handler: 'index.handler',
    memory_size: 256,
    code_type: 'zip',
    func_code: { file: zipOf({ 'index.js': 'exports.handler = async (event) => event;' }) },
    ...more,
  };
}

/** An embedded cloud whose FunctionGraph is called in this process. */
export async function fixture(options: CloudOptions = {}) {
  const cloud = await createCloud({ phones: 3, servers: 1, ...options });
  const { region, projectId } = cloud;
  const root = `https://functiongraph.${region}.myhuaweicloud.com/v2/${projectId}`;
  /** A call below /v2/{project_id}/fgs, or below /v2/{project_id} with `//`. */
  const call = async <T = Json>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> => {
    const url = path.startsWith('//') ? `${root}${path.slice(1)}` : `${root}/fgs${path}`;
    const response = await cloud.handle(
      new Request(url, {
        method,
        headers: { 'x-auth-token': cloud.credentials.token, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
      headers: response.headers,
    };
  };
  const urn = (name = 'backup') => `urn:fss:${region}:${projectId}:function:default:${name}`;
  const create = (more?: Json) => call('POST', '/functions', functionBody(more));
  return { cloud, call, urn, create };
}

const nothing = () => undefined;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The official SDK's client at a cloud behind a socket, signing with its keys. */
export async function sdkFixture(
  options: CloudOptions = {},
): Promise<
  Awaited<ReturnType<typeof fixture>> & { client: FunctionGraphClient; listening: Listening }
> {
  const made = await fixture(options);
  const listening = await listen(made.cloud.services.functiongraph, 0, MAX_BODY);
  const { accessKey, secretKey, securityToken } = made.cloud.credentials;
  const credentials = new BasicCredentials()
    .withAk(accessKey)
    .withSk(secretKey)
    .withSecurityToken(securityToken)
    .withProjectId(made.cloud.projectId);
  const client = FunctionGraphClient.newBuilder()
    .withCredential(credentials)
    .withEndpoint(listening.url)
    .build();
  // On every error it prints the request, keys and all.
  const { httpClient } = Reflect.get(client, 'hcClient') as { httpClient: object };
  Reflect.set(httpClient, '_logger', quiet);
  return { ...made, client, listening };
}
