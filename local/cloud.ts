import { createAccount } from './account.ts';
import { type ServiceName, serviceOf } from './api/hosts.ts';
import { withCallerTime } from './caller-time.ts';
import { connectServices } from './connect-services.ts';
import type { Control } from './control/control.ts';
import { createControlService, isControlPath } from './control/service.ts';
import type { WorldOptions } from './cph/world/create-world.ts';
import type { World } from './cph/world/world.ts';
import { createServices, type ObsSwitches } from './create-services.ts';
import type { FunctionGraph } from './functiongraph/service.ts';
import { targetOf } from './http/raw-request.ts';
import type { Service } from './http/server.ts';
import { type Credentials, fetchCredentials, issueCredentials } from './iam/auth/credentials.ts';
import type { KeySource } from './iam/auth/keys.ts';
import type { Iam } from './iam/service/service.ts';
import type { BucketTraits } from './obs/operations/call.ts';
import type { ObjectBackend } from './obs/storage/backend.ts';
import type { Versions } from './obs/storage/versions.ts';
import { memoryBackend } from './obs/storage/memory-backend.ts';
import { type BaseClock, createTime, machineClock, type Time } from './simulation/time.ts';
import type { SmnMessage } from './smn/service.ts';

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
  user?: { name: string; password?: string | undefined };
  /** A word of letters and digits inside every key and token, for a test that searches for leaks. */
  mark?: string;
  /** False: FunctionGraph creates no functions, so that no code runs. */
  functions?: boolean;
  /** The Node.js binary that runs functions; by default the one that runs the cloud. */
  node?: string;
} & Partial<ObsSwitches>;

export type Cloud = {
  region: string;
  projectId: string;
  accountId: string;
  /** Signs in with `POST /v3/auth/tokens`. */
  user: { name: string; password: string };
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
  /** The versions of objects, for tests. */
  versions: Versions;
  /** The state of CPH, for tests. */
  world: World;
  iam: Iam;
  functiongraph: FunctionGraph;
};

export const DEFAULT_BUCKET = 'phonevault-demo';

/**
 * Huawei Cloud in this process: CPH, IAM, OBS, SMN, FunctionGraph with one account, one project, one bucket, two topics.
 * It behaves the same for the same seed, clock and calls; only keys, tokens and the password differ each time.
 */
export async function createCloud(options: CloudOptions = {}): Promise<Cloud> {
  const { seed = 1, region = 'cn-north-4', bucket = DEFAULT_BUCKET } = options;
  const time = createTime(options.clock ?? machineClock, options.speed);
  const account = createAccount({ ...options, seed, region });
  const { agency } = account;
  const [projectId, accountId] = [account.project.id, account.domain.id];
  const topicUrn = `urn:smn:${region}:${projectId}:phonevault`;
  const backend = options.backend ?? memoryBackend();
  if (!(await backend.hasBucket(bucket))) await backend.createBucket(bucket, time.now());

  const created = createServices({
    ...options,
    seed,
    region,
    time,
    account,
    backend,
    phones: options.phones ?? 60,
    servers: options.servers ?? 3,
    topics: [topicUrn, `${topicUrn}-operators`],
    obs: {
      conditionalPut: options.conditionalPut ?? 'ignored',
      listDelayMs: options.listDelayMs ?? 0,
      traits: options.traits ?? new Map<string, BucketTraits>(),
    },
    keySource: options.keySource,
    mark: options.mark,
    node: options.node ?? process.execPath,
    functions: options.functions ?? true,
  });
  const { world, cph, iam, obs, smn, functiongraph } = created;
  const { timeline } = world;
  const control = connectServices(created, time);
  const controlService = createControlService(control);
  const serve = (service: Service) => withCallerTime(service, { ...iam, time, timeline });
  const services: Record<ServiceName, Service> = {
    cph: serve((request) =>
      (isControlPath(targetOf(request).path) ? controlService : cph)(request),
    ),
    iam: serve(iam.service),
    obs: serve(obs.service),
    smn: serve(smn.service),
    functiongraph: serve(functiongraph.service),
    apig: serve(functiongraph.apig),
  };

  return {
    region,
    projectId,
    accountId,
    user: { name: account.user.userName, password: account.user.password },
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
    obs: obs.switches,
    versions: obs.versions,
    world,
    iam,
    functiongraph,
  };
}
