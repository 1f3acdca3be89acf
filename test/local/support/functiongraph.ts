import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core';
import { FunctionGraphClient } from '@huaweicloud/huaweicloud-sdk-functiongraph/v2/FunctionGraphClient.js';
import { strToU8, zipSync } from 'fflate';
import { onTestFinished } from 'vitest';
import { type CloudOptions, createCloud } from '../../../local/cloud.ts';
import { readConfig } from '../../../local/functiongraph/config/read-config.ts';
import type { FunctionRecord } from '../../../local/functiongraph/model/function.ts';
import type { TriggerRecord, TriggerType } from '../../../local/functiongraph/model/trigger.ts';
import { listen, type Listening } from '../../../local/http/server.ts';

const MAX_BODY = 96 * 1024 * 1024;

type Json = Record<string, unknown>;
export type Reply<T = Json> = { status: number; body: T; headers: Headers };

export const PLACE = { region: 'cn-north-4', projectId: 'p1', domainId: 'd1' };

/** Returns a zip of these files as Base64. */
export function zipOf(files: Record<string, string>): string {
  const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(entries), { mtime: '2026-01-01' })).toString(
    'base64',
  );
}

/** Returns the body of a createFunction whose handler returns its event. */
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

/** Returns a function with inline code. */
export function functionRecord(more: Json = {}, source = ''): FunctionRecord {
  const { name, package: group, config } = readConfig(functionBody(more));
  const bytes = Buffer.from(source);
  const digest = bytes.toString('hex').padEnd(32, '0');
  return {
    id: `id-of-${name}`,
    name,
    package: group,
    config,
    code: { type: 'inline', url: '', filename: 'index.js', bytes, digest },
    maxInstances: 400,
    lastModified: 0,
    asyncConfig: undefined,
  };
}

/** Returns an active trigger of a function. */
export function triggerRecord(
  type: TriggerType,
  data: Json,
  record: FunctionRecord = functionRecord(),
): TriggerRecord {
  const id = `${type}-${JSON.stringify(data)}`;
  return { id, type, status: 'ACTIVE', data, function: record, createdAt: 0, updatedAt: 0 };
}

/** An embedded cloud whose FunctionGraph is called in this process; its instances end with the test. */
export async function fixture(options: CloudOptions = {}) {
  const cloud = await createCloud({ phones: 3, servers: 1, ...options });
  const { region, projectId } = cloud;
  const root = `https://functiongraph.${region}.myhuaweicloud.com/v2/${projectId}`;
  /** Calls a path below /v2/{project_id}/fgs, or below /v2/{project_id} if it starts with `//`. */
  const call = async <T = Json>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<T>> => {
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

/** A cloud with one function of this code, which ends with the test, and how to invoke it. */
export async function deployed(source: string, more: Json = {}) {
  const made = await fixture();
  onTestFinished(() => made.cloud.functiongraph.stop());
  await made.create({ func_code: { file: zipOf({ 'index.js': source }) }, ...more });
  const invoke = <T = Json>(event: unknown = {}, headers: Record<string, string> = {}) =>
    made.call<T>('POST', `/functions/${made.urn()}/invocations`, event, headers);
  return { ...made, invoke };
}

const nothing = () => undefined;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Stops the SDK's client from printing every failed request, with its keys. */
export function silence(client: FunctionGraphClient): void {
  const { httpClient } = Reflect.get(client, 'hcClient') as { httpClient: object };
  Reflect.set(httpClient, '_logger', quiet);
}

/** The official SDK's client, connected to a cloud over a socket. */
export async function sdkFixture(): Promise<
  Awaited<ReturnType<typeof fixture>> & { client: FunctionGraphClient; listening: Listening }
> {
  const made = await fixture();
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
  silence(client);
  return { ...made, client, listening };
}
