import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextOf } from '../cli/invoke/context.ts';
import { layout } from '../lib/ledger/store/layout.ts';
import { realInstance, startInvocation } from '../lib/runtime/invocation.ts';
import { type Cloud, type CloudOptions, createCloud } from '../local/cloud.ts';
import { SERVICE_NAMES } from '../local/api/hosts.ts';
import { listen } from '../local/http/server.ts';
import { bundleHandlers, bundleTools } from '../packaging/bundle.ts';

const root = join(import.meta.dirname, '..');
export const HANDLERS = ['schedule', 'drive', 'http', 'event'] as const;
export type HandlerName = (typeof HANDLERS)[number];

export type Functions = {
  cloud: Cloud;
  /** The functions' environment variables. */
  settings: Record<string, string>;
  /** Where the built handlers lie, with what `phonevault invoke` needs beside them. */
  dist: string;
  /** A cold instance of a built handler: a call of it, under a context as of now. */
  instance(name: HandlerName): (event: unknown) => Promise<unknown>;
  store: ReturnType<typeof startInvocation>['deps']['store'];
  putPolicy(text: string, name?: string): Promise<void>;
  stop(): Promise<void>;
};

/** The functions as they are built, in front of the embedded cloud on loopback sockets. */
export async function startFunctions(
  more: Record<string, string> = {},
  options: CloudOptions = {},
): Promise<Functions> {
  const dist = await mkdtemp(join(tmpdir(), 'phonevault-'));
  const entry = (name: string) => ({ in: join(root, 'handlers', `${name}.ts`), out: name });
  await bundleHandlers(HANDLERS.map(entry), dist);
  await bundleTools([{ in: join(root, 'cli/invoke/worker.ts'), out: 'invoke-worker' }], dist);
  const cloud = await createCloud({ phones: 4, servers: 2, seed: 5, ...options });
  const services = await Promise.all(
    SERVICE_NAMES.map(async (name) => ({
      name,
      ...(await listen(cloud.services[name], 0, 2 ** 26)),
    })),
  );
  const url = (service: string) => services.find(({ name }) => name === service)?.url ?? '';
  const settings = {
    PHONEVAULT_REGION: cloud.region,
    PHONEVAULT_PROJECT_ID: cloud.projectId,
    PHONEVAULT_BUCKET: cloud.bucket,
    PHONEVAULT_TOPIC_URN: cloud.topicUrn,
    PHONEVAULT_CPH_ENDPOINT: url('cph'),
    PHONEVAULT_IAM_ENDPOINT: url('iam'),
    PHONEVAULT_OBS_ENDPOINT: url('obs'),
    PHONEVAULT_OBS_PATH_STYLE: 'true',
    PHONEVAULT_SMN_ENDPOINT: url('smn'),
    PHONEVAULT_FUNCTIONGRAPH_ENDPOINT: url('functiongraph'),
    ...more,
  };
  const facts = {
    ...{ functionName: 'phonevault', requestId: 'a-request', timeoutMs: 60_000 },
    ...{ projectId: cloud.projectId, userData: settings, credentials: cloud.credentials },
  };
  const context = () => contextOf(facts, Date.now);
  const { store } = startInvocation(context(), realInstance(), { needsTopic: true }).deps;
  const load = createRequire(import.meta.url);
  return {
    cloud,
    settings,
    dist,
    instance(name) {
      const file = join(dist, `${name}.js`);
      delete load.cache[file];
      const { handler } = load(file) as {
        handler(event: unknown, context: unknown): Promise<unknown>;
      };
      return (event) => handler(event, context());
    },
    store,
    putPolicy: (text, name = 'nightly') => store.put(layout.policy(name), text),
    async stop() {
      await Promise.all(services.map((service) => service.close()));
      await rm(dist, { recursive: true });
    },
  };
}
