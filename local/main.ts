import { join } from 'node:path';
import { type Cloud, createCloud } from './cloud.ts';
import { SERVICE_NAMES, type ServiceName } from './hosts.ts';
import { folderBackend, memoryBackend } from './obs/index.ts';
import { type LocalOptions, parseOptions, USAGE } from './options.ts';
import { listen, type Listening } from './server.ts';

/** Above the services' own limits, so that they answer in their own words. */
const MAX_BODY = 16 * 1024 * 1024;
const MAX_OBJECT = 256 * 1024 * 1024;
const MAX_BODIES: Partial<Record<ServiceName, number>> = {
  obs: MAX_OBJECT,
  functiongraph: 96 * 1024 * 1024,
};
const ADVANCE_EVERY = 100;

async function start(options: LocalOptions): Promise<void> {
  const backend =
    options.data === undefined ? memoryBackend() : folderBackend(join(options.data, 'obs'));
  const cloud = await createCloud({
    seed: options.seed,
    phones: options.phones,
    servers: options.servers,
    speed: options.speed,
    region: options.region,
    user: { name: options.user, password: options.password },
    switches: options.switches,
    limits: options.limits,
    conditionalPut: options['conditional-put'],
    backend,
  });
  const listening: Listening[] = [];
  for (const [index, name] of SERVICE_NAMES.entries()) {
    const port = options.port === 0 ? 0 : options.port + index;
    listening.push(await listen(cloud.services[name], port, MAX_BODIES[name] ?? MAX_BODY));
  }
  const apig = listening[SERVICE_NAMES.indexOf('apig')];
  if (apig !== undefined) cloud.functiongraph.setApigUrl(apig.url);
  const timer = setInterval(() => void cloud.advance(), ADVANCE_EVERY).unref();
  const stop = () => {
    clearInterval(timer);
    void Promise.all(listening.map((server) => server.close())).then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(readyLine(cloud, listening));
}

function readyLine(cloud: Cloud, listening: Listening[]): string {
  const { region, projectId, credentials, bucket, topicUrn } = cloud;
  const urls = Object.fromEntries(
    SERVICE_NAMES.map((name, index) => [name, listening[index]?.url]),
  );
  return JSON.stringify({
    ready: true,
    ...urls,
    region,
    projectId,
    ...credentials,
    bucket,
    topicUrn,
  });
}

const parsed = parseOptions(process.argv.slice(2));
if (parsed.ok) {
  start(parsed.options).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
} else {
  console.error(`${parsed.faults}\n\n${USAGE}`);
  process.exit(2);
}
