import { createCalls } from './api/calls.ts';
import { createCph } from './cph/service/service.ts';
import { createWorld, type WorldOptions } from './cph/world/create-world.ts';
import type { World } from './cph/world/world.ts';
import { createFaultRegistry } from './faults/fault-registry.ts';
import { createFunctionGraph, type FunctionGraph } from './functiongraph/service.ts';
import type { Service } from './http/server.ts';
import type { Account } from './iam/account/account.ts';
import { fetchCredentials } from './iam/auth/credentials.ts';
import type { KeySource } from './iam/auth/keys.ts';
import { createIam, type Iam } from './iam/service/service.ts';
import type { BucketTraits, ObsSettings } from './obs/operations/call.ts';
import { createObs } from './obs/service/service.ts';
import { createSpool } from './obs/storage/spool.ts';
import { createThaws } from './obs/classes/thaws.ts';
import { createVersions, type Versions } from './obs/storage/versions.ts';
import { createRandom } from './simulation/random.ts';
import { createSmn, type Smn } from './smn/service.ts';

export type ObsSwitches = Pick<ObsSettings, 'conditionalPut' | 'listDelayMs'> & {
  /** Special buckets by name. */
  traits: Map<string, BucketTraits>;
};

type Settings = Omit<WorldOptions, 'thaws' | 'faults' | 'projectId' | 'domain' | 'user'> & {
  region: string;
  account: Account;
  topics: string[];
  obs: ObsSwitches;
  keySource: KeySource | undefined;
  mark: string | undefined;
  node: string;
  functions: boolean;
};

export type Services = {
  calls: ReturnType<typeof createCalls>;
  world: World;
  cph: Service;
  iam: Iam;
  /** `switches` are read in every call, so they may change while OBS runs. */
  obs: { service: Service; switches: ObsSwitches; versions: Versions };
  smn: Smn;
  functiongraph: FunctionGraph;
};

/** Returns the services of one account in one region. Traces and messages do not start functions yet. */
export function createServices(settings: Settings): Services {
  const { seed, time, backend, region, account, keySource, mark, node } = settings;
  const { domain, agency, user } = account;
  const projectId = account.project.id;
  const calls = createCalls();
  const faults = createFaultRegistry({ random: createRandom(seed, 'faults'), time });
  const common = { time, calls, faults };
  const iam = createIam({ ...common, account, region, seed, keySource, mark });
  const { gateway } = iam;
  const spool = createSpool(backend.drafts);
  const versions = createVersions(backend, { traits: settings.obs.traits, time, spool });
  const thaws = createThaws({ time, random: createRandom(seed, 'thaws') });
  const world = createWorld({
    ...settings,
    thaws,
    backend: versions.backend,
    faults,
    projectId,
    domain,
    user: { id: user.userId, name: user.userName },
  });
  const obs = {
    ...common,
    ...settings.obs,
    keys: iam.keys,
    backend,
    versions,
    thaws,
    spool,
    region,
    domains: [`obs.${region}.myhuaweicloud.com`, 'obs.localhost', 'localhost', '127.0.0.1'],
    pathStyle: 'allowed' as const,
  };
  const smn = createSmn({
    ...common,
    region,
    projectId,
    authenticate: gateway.authenticate,
    topics: settings.topics,
    random: createRandom(seed, 'smn'),
  });
  const functiongraph = createFunctionGraph({
    ...common,
    seed,
    gateway,
    backend,
    timeline: world.timeline,
    place: { region, projectId, domainId: domain.id },
    isEnabled: settings.functions,
    agencyTrust: iam.agencyTrust,
    issueCredentials: () =>
      fetchCredentials(iam, { ...agency, usesSimulatedTime: true }, projectId),
    hasTopic: smn.hasTopic,
    publish: smn.publishInternally,
    node,
  });
  return {
    calls,
    world,
    cph: createCph({ world, gateway, projectId, calls, time }),
    iam,
    obs: { service: createObs(obs), switches: obs, versions },
    smn,
    functiongraph,
  };
}
