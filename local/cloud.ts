import { createAccount } from './account.ts';
import { createCalls } from './api/calls.ts';
import { type ServiceName, serviceOf } from './api/hosts.ts';
import { withCallerTime } from './caller-time.ts';
import { type Control, createControl } from './control/control.ts';
import { createControlService, isControlPath } from './control/service.ts';
import { createCph } from './cph/service/service.ts';
import { createWorld, type WorldOptions } from './cph/world/create-world.ts';
import type { World } from './cph/world/world.ts';
import { createFaultRegistry } from './faults/fault-registry.ts';
import { createFunctionGraph, type FunctionGraph } from './functiongraph/service.ts';
import { targetOf } from './http/raw-request.ts';
import type { Service } from './http/server.ts';
import { type Credentials, fetchCredentials, issueCredentials } from './iam/auth/credentials.ts';
import type { KeySource } from './iam/auth/keys.ts';
import { createIam, type Iam } from './iam/service/service.ts';
import type { BucketTraits, ObsSettings } from './obs/operations/call.ts';
import { createObs } from './obs/service/service.ts';
import type { ObjectBackend } from './obs/storage/backend.ts';
import { memoryBackend } from './obs/storage/memory-backend.ts';
import { createRandom, hexId } from './simulation/random.ts';
import { type BaseClock, createTime, machineClock, type Time } from './simulation/time.ts';
import { functionEvent } from './smn/function-event.ts';
import { createSmn, type SmnMessage } from './smn/service.ts';

type ObsSwitches = Pick<ObsSettings, 'conditionalPut' | 'listDelayMs'> & {
  /** Special buckets by name. */
  traits: Map<string, BucketTraits>;
};

export type CloudOptions = Partial<
  Pick<
    WorldOptions,
    'seed' | 'phones' | 'servers' | 'fleet' | 'limits' | 'switches' | 'timings' | 'onTrace'
  >
> & {
  /** The source of real time; the machine's clock by default. */
  clock?: BaseClock;
  speed?: number;
  region?: string;
  projectId?: string;
  accountId?: string;
  /** Where objects are stored; in memory by default. */
  backend?: ObjectBackend;
  /** The source of temporary keys, if an external object server must know them too. */
  keySource?: KeySource;
  bucket?: string;
  user?: { name: string; password: string };
  /** A word of letters and digits inside every key and token, for a test that searches for leaks. */
  mark?: string;
  /** The Node.js binary that runs functions; by default the one that runs the cloud. */
  node?: string;
} & Partial<ObsSwitches>;

export type Cloud = {
  region: string;
  projectId: string;
  accountId: string;
  /** The agency's credentials, as a function's context returns them; valid for 24 hours. */
  credentials: Credentials;
  /** Issues new credentials of the agency, always by IAM itself. */
  renewCredentials(): Credentials;
  bucket: string;
  topicUrn: string;
  /** Routes by the host name of the real services. Throws ConnectionCut, ConnectionHang. */
  handle: Service;
  services: Record<ServiceName, Service>;
  control: Control<SmnMessage>;
  /** Runs all events that are due; every call does so first. */
  advance(): Promise<void>;
  time: Time;
  backend: ObjectBackend;
  /** How OBS behaves; may change while the cloud runs. */
  obs: ObsSwitches;
  /** The state of CPH, for tests. */
  world: World;
  iam: Iam;
  functiongraph: FunctionGraph;
};

export const DEFAULT_BUCKET = 'phonevault-demo';

/**
 * Huawei Cloud in this process: CPH, IAM, OBS, SMN, FunctionGraph with one account, one project, one bucket, two topics.
 * It behaves the same for the same seed, clock and calls.
 */
export async function createCloud(options: CloudOptions = {}): Promise<Cloud> {
  const { seed = 1, region = 'cn-north-4', bucket = DEFAULT_BUCKET } = options;
  const time = createTime(options.clock ?? machineClock, options.speed);
  const account = createAccount({ ...options, seed, region });
  const { domain, user, agency } = account;
  const [projectId, accountId] = [account.project.id, domain.id];
  const topicUrn = `urn:smn:${region}:${projectId}:phonevault`;
  const backend = options.backend ?? memoryBackend();
  if (!(await backend.hasBucket(bucket))) await backend.createBucket(bucket);

  const calls = createCalls();
  const faults = createFaultRegistry({ random: createRandom(seed, 'faults'), time });
  const common = { time, calls, faults };
  const { keySource, mark } = options;
  const iam = createIam({ ...common, account, region, seed, keySource, mark });
  const { gateway } = iam;
  const world = createWorld({
    ...options,
    seed,
    time,
    faults,
    backend,
    projectId,
    domain,
    user: { id: user.userId, name: user.userName },
    phones: options.phones ?? 60,
    servers: options.servers ?? 3,
  });
  const { timeline } = world;
  const cph = createCph({ world, gateway, projectId, calls, time });
  const obs = {
    ...common,
    keys: iam.keys,
    backend,
    region,
    conditionalPut: options.conditionalPut ?? 'ignored',
    listDelayMs: options.listDelayMs ?? 0,
    traits: options.traits ?? new Map<string, BucketTraits>(),
    domains: [`obs.${region}.myhuaweicloud.com`, 'obs.localhost', 'localhost', '127.0.0.1'],
    pathStyle: 'allowed' as const,
  };
  const smn = createSmn({
    ...common,
    region,
    projectId,
    authenticate: gateway.authenticate,
    topics: [topicUrn, `${topicUrn}-operators`],
    random: createRandom(seed, 'smn'),
  });
  const functiongraph = createFunctionGraph({
    ...common,
    seed,
    gateway,
    backend,
    timeline,
    place: { region, projectId, domainId: accountId },
    agencyTrust: iam.agencyTrust,
    issueCredentials: () =>
      fetchCredentials(iam, { ...agency, usesSimulatedTime: true }, projectId),
    hasTopic: smn.hasTopic,
    publish: smn.publishInternally,
    node: options.node ?? process.execPath,
  });
  const control = createControl({
    world,
    time,
    counts: () => calls.counts(),
    messages: () => smn.messages(),
    onDelivery: (event, { service_type, resource_type, trace_name }) =>
      functiongraph.onTrace({
        service_type: String(service_type),
        resource_type: String(resource_type),
        trace_name,
        event,
      }),
  });
  const requestIds = createRandom(seed, 'topics');
  smn.listen((published) => {
    control.deliverMessage(functionEvent(published, { requestId: hexId(requestIds) }));
    functiongraph.onMessage({
      topicUrn: published.topicUrn,
      attributes: published.message_attributes,
      publishedAt: published.time,
      eventFor: ({ time: receivedAt, ...subscriber }) =>
        functionEvent({ ...published, time: receivedAt }, subscriber),
    });
  });

  const controlService = createControlService(control);
  const serve = (service: Service) => withCallerTime(service, { ...iam, time, timeline });
  const services: Record<ServiceName, Service> = {
    cph: serve((request) =>
      (isControlPath(targetOf(request).path) ? controlService : cph)(request),
    ),
    iam: serve(iam.service),
    obs: serve(createObs(obs)),
    smn: serve(smn.service),
    functiongraph: serve(functiongraph.service),
    apig: serve(functiongraph.apig),
  };

  return {
    region,
    projectId,
    accountId,
    credentials: await fetchCredentials(iam, agency, projectId),
    renewCredentials: () => issueCredentials(iam, agency, projectId),
    bucket,
    topicUrn,
    services,
    control,
    handle: async (request) => services[serviceOf(targetOf(request).host, region)](request),
    advance: timeline.advance,
    time,
    backend,
    obs,
    world,
    iam,
    functiongraph,
  };
}
