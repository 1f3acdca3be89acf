import { afterEach } from 'vitest';
import { createCloud as connect } from '../../../deploy/plugin/cloud.js';
import { deploy, printPlan } from '../../../deploy/plugin/commands/deploy.js';
import { desiredFunction } from '../../../deploy/plugin/desired/desired-function.js';
import type { Cloud as Client, Code, Desired } from '../../../deploy/plugin/types.js';
import { sha256 } from '../../../deploy/plugin/change/marker.js';
import { type Cloud, createCloud } from '../../../local/cloud.ts';
import { listen, type Listening } from '../../../local/http/server.ts';
import { zipOf } from '../../local/support/functiongraph.ts';
import { type Definition, definitions, provider } from './serverless-yml.ts';

const codeOf = (text: string): Code => {
  const zip = Buffer.from(zipOf({ 'drive.js': text }), 'base64');
  return { zip, digest: sha256(zip) };
};
export const FIRST = codeOf('exports.handler = async () => 1;');
export const SECOND = codeOf('exports.handler = async () => 2;');

const servers: Listening[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** An embedded cloud and the deployment of serverless.yml to it. */
export async function fixture() {
  const cloud = await createCloud({ phones: 1, servers: 1 });
  const server = await listen(cloud.services.functiongraph, 0, 96 * 1024 * 1024);
  servers.push(server);
  const { region, projectId, credentials, topicUrn } = cloud;
  const account = {
    region,
    projectId,
    ...credentials,
    endpoint: server.url,
    ltsEndpoint: server.url,
  };
  const waits: number[] = [];
  const client = connect(account, async (ms) => void waits.push(ms));
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const here = {
    ...provider,
    region,
    projectId,
    failureTopicUrn: `${topicUrn}-operators`,
    environment: { PHONEVAULT_TOPIC_URN: topicUrn },
  };
  const allDesired = (
    change: Record<string, Partial<Definition>> = {},
    stage = 'test',
    environment: Record<string, string> = {},
  ): Desired[] =>
    Object.entries(definitions({ apiGroup: 'g1' })).map(([key, definition]) =>
      desiredFunction({
        service: 'phonevault',
        stage,
        provider: { ...here, environment: { ...here.environment, ...environment } },
        key,
        definition: { ...definition, ...change[key] },
      }),
    );
  const piecesOf = (functions: Desired[], code = FIRST) =>
    functions.map((desired) => ({ desired, code }));
  const run = (functions = allDesired(), code = FIRST, options = {}, by: Client = client) =>
    deploy(by, piecesOf(functions, code), options, print);
  const plan = (functions = allDesired(), code = FIRST) =>
    printPlan(client, piecesOf(functions, code), {}, print);
  return { cloud, client, waits, lines, print, allDesired, run, plan };
}

/** Returns what FunctionGraph stores, without values that differ each time. */
export async function stateOf(
  cloud: Cloud,
  client: ReturnType<typeof connect>,
  functions: Desired[],
) {
  const changes = ['last_modified', 'created_time', 'last_updated_time', 'func_id', 'resource_id'];
  const random = [
    'trigger_id',
    'triggerid',
    'api_id',
    'log_group_id',
    'log_stream_id',
    'description',
  ];
  const found = [];
  for (const { urn } of functions) {
    const config = await client.showFunction(urn);
    if (config === undefined) continue;
    found.push({
      config,
      async: await client.showAsync(urn),
      triggers: await client.listTriggers(urn),
    });
  }
  const text = JSON.stringify(found, (key, value: unknown) =>
    [...changes, ...random].includes(key) ? undefined : value,
  );
  const { projectId, topicUrn } = cloud;
  return text.replaceAll(projectId, 'P').replaceAll(topicUrn, 'T');
}

type Events = NonNullable<Definition['events']>;
export const timer = (schedule: string): Events => [
  { triggerTypeCode: 'TIMER', eventData: { name: 'every-minute', scheduleType: 'Rate', schedule } },
];
export const apig = (path: string): Events =>
  (definitions({ apiGroup: 'g1' })['http']?.events ?? []).map((event) => ({
    ...event,
    eventData: { ...event.eventData, path },
  }));
