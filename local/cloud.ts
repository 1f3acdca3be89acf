import { createCalls } from './api/calls.ts';
import { type Control, createControl } from './control/control.ts';
import { createControlService, isControlPath } from './control/service.ts';
import { inModelTime, isFromFunction } from './caller-time.ts';
import { createWorld, type WorldOptions } from './cph/world/create-world.ts';
import { createCph } from './cph/service/service.ts';
import type { World } from './cph/world/world.ts';
import { createFaultBook } from './faults/fault-book.ts';
import { createFunctionGraph, type FunctionGraph } from './functiongraph/service.ts';
import { type ServiceName, serviceOf } from './api/hosts.ts';
import { type Credentials, fetchCredentials, issueCredentials } from './iam/auth/credentials.ts';
import { createIam, type Iam } from './iam/service/service.ts';
import { type BucketTraits } from './obs/operations/call.ts';
import { createObs } from './obs/service/service.ts';
import { memoryBackend } from './obs/storage/memory-backend.ts';
import { createRandom, hexId } from './simulation/random.ts';
import { targetOf } from './http/raw-request.ts';
import { functionEvent } from './smn/delivery.ts';
import { createSmn, type SmnMessage } from './smn/service.ts';
import { type BaseClock, createTime, machineClock, type Time } from './simulation/time.ts';
import type { KeySource } from './iam/auth/keys.ts';
import type { ObjectBackend } from './obs/storage/backend.ts';
import type { Service } from './http/server.ts';

type ObsSwitches = {
  /** What OBS makes of If-None-Match and If-Match on a PUT; its manuals know neither. */
  conditionalPut: 'honoured' | 'ignored' | 'refused';
  /** Model milliseconds until a LIST shows an object. */
  listDelayMs: number;
  /** What buckets are besides their objects, by name. */
  traits: Map<string, BucketTraits>;
};

export type CloudOptions = Partial<
  Pick<
    WorldOptions,
    'seed' | 'phones' | 'servers' | 'fleet' | 'limits' | 'switches' | 'timings' | 'onTrace'
  >
> & {
  /** True time; the machine's unless a test moves its own. */
  clock?: BaseClock;
  speed?: number;
  region?: string;
  projectId?: string;
  accountId?: string;
  /** Where objects lie; in memory unless given. */
  backend?: ObjectBackend;
  /** Where temporary keys come from when the objects' server must know them too. */
  keySource?: KeySource;
  bucket?: string;
  user?: { name: string; password: string };
  /** A word of letters and digits that stands in every key and token, for a test that looks for them. */
  mark?: string;
  /** The Node.js that runs functions; this one unless given. */
  node?: string;
} & Partial<ObsSwitches>;

export type Cloud = {
  region: string;
  projectId: string;
  accountId: string;
  /** Of the agency, as a function's context gives them; good for 24 hours. */
  credentials: Credentials;
  /** The same, issued anew by IAM itself. */
  renewCredentials(): Credentials;
  bucket: string;
  topicUrn: string;
  /** Routes by the host name of the real services. Throws ConnectionCut, ConnectionHang. */
  handle: Service;
  services: Record<ServiceName, Service>;
  control: Control<SmnMessage>;
  /** Lets happen what has fallen due; every call does so by itself. */
  advance(): Promise<void>;
  time: Time;
  backend: ObjectBackend;
  /** How OBS behaves; may be changed while the cloud runs. */
  obs: ObsSwitches;
  /** The model behind it, for tests. */
  world: World;
  iam: Iam;
  functiongraph: FunctionGraph;
};

export const DEFAULT_BUCKET = 'phonevault-demo';

/** The password user that `POST /v3/auth/tokens` knows unless another is given. */
export const DEFAULT_USER = { name: 'phonevault', password: 'Phonevault-local-1' };

/**
 * Huawei Cloud in this process: CPH, IAM, OBS, SMN, FunctionGraph with one account, one project,
 * one bucket and two topics. Without timers of its own, and the same for the same seed, clock and calls.
 */
export async function createCloud(options: CloudOptions = {}): Promise<Cloud> {
  const { seed = 1, region = 'cn-north-4', bucket = DEFAULT_BUCKET } = options;
  const time = createTime(options.clock ?? machineClock, options.speed);
  const ids = createRandom(seed, 'account');
  const projectId = options.projectId ?? hexId(ids);
  const accountId = options.accountId ?? hexId(ids);
  const topicUrn = `urn:smn:${region}:${projectId}:phonevault`;
  const backend = options.backend ?? memoryBackend();
  if (!(await backend.hasBucket(bucket))) await backend.createBucket(bucket);

  const calls = createCalls();
  const faults = createFaultBook({ random: createRandom(seed, 'faults'), time });
  const { name, password } = options.user ?? DEFAULT_USER;
  const domain = { id: accountId, name: 'demo' };
  const agency = { userId: hexId(ids), userName: 'phonevault', domainId: accountId };
  const userId = hexId(ids);
  const account = {
    domain,
    project: { id: projectId, name: region },
    user: { userId, userName: name, domainId: accountId, password },
    agency,
  };
  const iam = createIam({
    ...{ account, region, seed, time, calls, faults },
    keySource: options.keySource,
    mark: options.mark,
  });
  const { gateway } = iam;

  const world = createWorld({
    ...options,
    seed,
    time,
    faults,
    backend,
    projectId,
    domain,
    user: { id: userId, name },
    phones: options.phones ?? 60,
    servers: options.servers ?? 3,
  });
  const cph = createCph({ world, gateway, projectId, calls, time });
  const obsSwitches: ObsSwitches = {
    conditionalPut: options.conditionalPut ?? 'ignored',
    listDelayMs: options.listDelayMs ?? 0,
    traits: options.traits ?? new Map<string, BucketTraits>(),
  };
  const obs = createObs({
    time,
    keys: iam.keys,
    backend,
    calls,
    faults,
    region,
    get conditionalPut() {
      return obsSwitches.conditionalPut;
    },
    get listDelayMs() {
      return obsSwitches.listDelayMs;
    },
    traits: obsSwitches.traits,
    domains: [`obs.${region}.myhuaweicloud.com`, 'obs.localhost', 'localhost', '127.0.0.1'],
    pathStyle: 'allowed',
  });
  const smn = createSmn({
    time,
    authenticate: (request, body) => gateway.authenticate(request, body),
    topics: [topicUrn, `${topicUrn}-operators`],
    region,
    projectId,
    calls,
    faults,
    random: createRandom(seed, 'smn'),
  });
  const requestIds = createRandom(seed, 'topics');
  const control = createControl({
    world,
    time,
    counts: () => calls.counts(),
    messages: () => smn.messages(),
    listenToTopics: (listener) =>
      smn.listen((published) => {
        const { topicUrn: urn, messageId, time: at } = published;
        const requestId = hexId(requestIds);
        listener(functionEvent(published, { topicUrn: urn, messageId, requestId, time: at }));
      }),
    onDelivery: (event, { service_type, resource_type, trace_name }) =>
      functiongraph.onTrace({
        service_type: String(service_type),
        resource_type: String(resource_type),
        trace_name,
        event,
      }),
  });
  const controlService = createControlService(control);
  const functiongraph = createFunctionGraph({
    place: { region, projectId, domainId: accountId },
    seed,
    gateway,
    agency: iam.agency,
    issue: () => fetchCredentials(iam, { ...agency, inModelTime: true }, projectId),
    hasTopic: smn.hasTopic,
    publish: smn.publishInside,
    backend,
    timeline: world.timeline,
    calls,
    faults,
    time,
    node: options.node ?? process.execPath,
  });
  smn.listen((published) => {
    const { topicUrn: urn, messageId, message_attributes: attributes } = published;
    functiongraph.onMessage({
      topicUrn: urn,
      attributes,
      eventFor: ({ at, ...subscriber }) =>
        functionEvent(published, {
          ...subscriber,
          ...{ topicUrn: urn, messageId, time: at(published.time) },
        }),
    });
  });

  const dated =
    (service: Service): Service =>
    async (request) => {
      await world.timeline.advance();
      const response = await service(request);
      const isFunctions = isFromFunction(request, iam);
      const now = isFunctions ? time.model() : time.now();
      response.headers.set('date', new Date(now).toUTCString());
      return isFunctions ? inModelTime(response, time) : response;
    };
  const services: Record<ServiceName, Service> = {
    cph: dated((request) =>
      isControlPath(targetOf(request).path) ? controlService(request) : cph(request),
    ),
    iam: dated(iam.service),
    obs: dated(obs),
    smn: dated(smn.service),
    functiongraph: dated(functiongraph.service),
    apig: dated(functiongraph.apig),
  };

  const renewCredentials = () => issueCredentials(iam, agency, projectId);

  return {
    region,
    projectId,
    accountId,
    credentials: await fetchCredentials(iam, agency, projectId),
    renewCredentials,
    bucket,
    topicUrn,
    services,
    control,
    handle: async (request) => services[serviceOf(targetOf(request).host, region)](request),
    advance: () => world.timeline.advance(),
    time,
    backend,
    obs: obsSwitches,
    world,
    iam,
    functiongraph,
  };
}
