import { execFileSync } from 'node:child_process';
import { type Cloud, createCloud, DEFAULT_BUCKET } from './cloud.ts';
import { SERVICE_NAMES, type ServiceName } from './api/hosts.ts';
import { openObjects } from './open-objects.ts';
import { type LocalOptions, parseOptions, USAGE } from './options.ts';
import { writeReadyFile } from './ready-file.ts';
import { listen, type Listening } from './http/server.ts';

/** Above the services' own limits, so that the services return their own errors. */
const MAX_BODY = 16 * 1024 * 1024;
const MAX_OBJECT = 6 * 1024 * 1024 * 1024;
const MAX_BODIES: Partial<Record<ServiceName, number>> = {
  obs: MAX_OBJECT,
  functiongraph: 96 * 1024 * 1024,
};
const ADVANCE_INTERVAL_MS = 100;

async function start(options: LocalOptions): Promise<void> {
  if (options.node !== undefined) checkNode(options.node);
  const objects = await openObjects(options, DEFAULT_BUCKET);
  const cloud = await createCloud({
    seed: options.seed,
    phones: options.phones,
    servers: options.servers,
    speed: options.speed,
    region: options.region,
    user: { name: options.user, password: options.PHONEVAULT_LOCAL_PASSWORD },
    functions: options.functions === 'on',
    switches: options.switches,
    limits: options.limits,
    conditionalPut: options['conditional-put'],
    bucket: DEFAULT_BUCKET,
    backend: objects.backend,
    ...(objects.server && { keySource: objects.server.keySource }),
    ...(options.node !== undefined && { node: options.node }),
  });
  if (objects.server && cloud.credentials.securityToken === '') {
    console.error(
      `${objects.server.url} issues no session keys: functions get the keys given for --obs`,
    );
  }
  const listening: Listening[] = [];
  const urls: Partial<Record<ServiceName, string>> = {};
  for (const [index, name] of SERVICE_NAMES.entries()) {
    if (name === 'obs' && objects.server) {
      urls[name] = objects.server.url;
      continue;
    }
    const port = options.port === 0 ? 0 : options.port + index;
    const server = await listen(cloud.services[name], port, MAX_BODIES[name] ?? MAX_BODY);
    urls[name] = server.url;
    listening.push(server);
  }
  if (urls.apig !== undefined) cloud.functiongraph.setApigUrl(urls.apig);
  const timer = setInterval(() => void cloud.advance(), ADVANCE_INTERVAL_MS).unref();
  const ready = readyLine(cloud, urls);
  const deleteReadyFile = await keepReadyFile(options['ready-file'], cloud, ready);
  const stop = () => {
    deleteReadyFile();
    clearInterval(timer);
    const ends = [...listening.map((server) => server.close()), cloud.functiongraph.stop()];
    void Promise.all(ends).then(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, stop);
  console.log(ready);
}

/** Writes the ready file, if there is to be one. Returns a function that deletes it. Warns if another cloud has it. */
async function keepReadyFile(
  file: string | undefined,
  cloud: Cloud,
  ready: string,
): Promise<() => void> {
  if (file === undefined) return () => undefined;
  const result = await writeReadyFile(file, cloud, ready);
  if (result.kind === 'written') return result.remove;
  console.error(
    `${file} belongs to ${result.by}: it is left as it is, and "local:env" and "--stage local" mean that one. For this cloud use --ready-file FILE and PHONEVAULT_READY_FILE=FILE`,
  );
  return () => undefined;
}

/** Throws unless the path is a Node.js binary that runs. */
function checkNode(path: string): void {
  try {
    execFileSync(path, ['--version'], { stdio: 'pipe' });
  } catch {
    throw new Error(`--node ${path}: cannot be run. Set the path of a Node.js binary`);
  }
}

function readyLine(cloud: Cloud, urls: Partial<Record<ServiceName, string>>): string {
  const { region, projectId, credentials, bucket, topicUrn } = cloud;
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

// The AWS SDK warns on Node 20 about its requirements of 2027.
Object.assign(process.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
const parsed = parseOptions(process.argv.slice(2), process.env);
if (parsed.ok) {
  start(parsed.options).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
} else {
  console.error(`${parsed.errors}\n\n${USAGE}`);
  process.exit(2);
}
