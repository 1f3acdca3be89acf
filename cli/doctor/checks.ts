import { layout } from '../../lib/ledger/store/layout.ts';
import { policyStatuses } from '../../lib/run/query/policy-status.ts';
import type { PolicyStatus } from '../../lib/run/query/schemas/policy.ts';
import type { Policy } from '../../lib/policy/schema/schema.ts';
import { functionUrn } from './deployment/deployed.ts';
import { deploymentChecks } from './deployment-checks.ts';
import type { DoctorDeps } from './deps.ts';
import { type Finding, skipped, type Verdict } from './finding/finding.ts';
import { type Check, singleCheck } from './finding/run-check.ts';
import { cphReads, functionReads, obsReads, smnReads, tryReads } from './services/access.ts';
import { archiveWriteUntested, checkArchiveWrite } from './services/archive-write.ts';
import { checkBucket } from './services/bucket.ts';
import { checkConditionalPut } from './services/conditional-put.ts';
import { checkDelegation, delegationUntested } from './services/delegation.ts';
import { checkObjects } from './services/objects.ts';
import { checkProject } from './services/project.ts';
import { checkTopic } from './services/topic.ts';
import { archiveBuckets, validPolicies } from './services/valid-policies.ts';
import { checkVersioning } from './services/versioning.ts';

export type DoctorOptions = {
  stage: string;
  write: boolean;
  /** The phone of which CPH exports a path. */
  phoneId: string | undefined;
  path: string;
  interrupted: AbortSignal;
};

/** What several checks need; read once. */
type Shared = {
  statuses(): Promise<PolicyStatus[]>;
  policies(): Promise<Policy[]>;
};

/** The cleanup must not be cut off: these limits are longer than all calls of the check. */
const DELEGATION_LIMIT_MS = 25 * 60_000;
const WRITE_LIMIT_MS = 5 * 60_000;

/** Checks whether CPH accepts these credentials. Runs before all other cloud checks. */
export const cphCheck = ({ clients }: DoctorDeps): Check =>
  singleCheck('access_cph', () => tryReads(cphReads(clients.cph)));

/** Returns the checks that need valid credentials. `isCphOk`: CPH accepted this project. They run in parallel. */
export function cloudChecks(doctor: DoctorDeps, options: DoctorOptions, isCphOk: boolean): Check[] {
  const { deps, io } = doctor;
  const shared: Shared = {
    statuses: once(() => policyStatuses(deps, io.clock.now())),
    policies: once(() => validPolicies(deps.store, deps.ledger).catch(() => [])),
  };
  return [
    ...accessChecks(doctor, options),
    ...serviceChecks(doctor, options, shared, isCphOk),
    ...deploymentChecks(doctor, options.stage, shared.statuses),
  ];
}

function accessChecks({ clients, settings, deps }: DoctorDeps, { stage }: DoctorOptions): Check[] {
  const { region, projectId, topicUrn } = settings;
  const someTopic = topicUrn ?? `urn:smn:${region}:${projectId}:phonevault`;
  const drive = functionUrn({ stage, ...settings }, 'drive');
  return [
    singleCheck('access_obs', () => tryReads(obsReads(clients.obs, deps.store, settings))),
    singleCheck('access_smn', () => tryReads(smnReads(clients.smn, someTopic))),
    singleCheck('access_functiongraph', () =>
      tryReads(functionReads(clients.functiongraph, drive)),
    ),
  ];
}

function serviceChecks(
  doctor: DoctorDeps,
  options: DoctorOptions,
  shared: Shared,
  isCphOk: boolean,
): Check[] {
  const { clients, settings, buckets, listProjects, deps, io } = doctor;
  const { region, projectId, bucket, topicUrn } = settings;
  const perBucket = (check: string, run: (name: string) => Promise<Verdict>): Check => ({
    name: check,
    run: async () => {
      const subjects = [...new Set([bucket, ...archiveBuckets(await shared.policies())])];
      return Promise.all(
        subjects.map(async (subject) => ({ check, subject, ...(await run(subject)) })),
      );
    },
  });
  return [
    singleCheck('project', () =>
      checkProject({ region, projectId, list: listProjects, acceptedByCph: isCphOk }),
    ),
    perBucket('bucket', (name) => checkBucket(buckets, name, region)),
    perBucket('versioning', (name) => checkVersioning(buckets, name)),
    { name: 'objects', run: () => checkObjects(deps.store, io.clock.now()) },
    conditionalPutCheck(doctor, options),
    archiveWriteCheck(doctor, options, shared),
    delegationCheck(doctor, options, shared),
    singleCheck('topic', () => checkTopic(clients.smn, topicUrn)),
  ];
}

function conditionalPutCheck(
  { clients, settings, holder }: DoctorDeps,
  { write }: DoctorOptions,
): Check {
  const { bucket, prefix } = settings;
  const run = async (): Promise<Verdict> =>
    write
      ? checkConditionalPut(clients.obs, bucket, `${prefix}${layout.probe(holder)}`)
      : skipped('only with --write: it writes and deletes an object below state/');
  return singleCheck('conditional_put', run, WRITE_LIMIT_MS);
}

function archiveWriteCheck(
  { clients, buckets, holder, io }: DoctorDeps,
  { write }: DoctorOptions,
  shared: Shared,
): Check {
  const run = async (): Promise<Finding[]> => {
    if (!write) return [archiveWriteUntested()];
    const deps = { obs: clients.obs, buckets, holder, now: io.clock.now() };
    return checkArchiveWrite(deps, await shared.policies());
  };
  return { name: 'archive_write', limitMs: WRITE_LIMIT_MS, run };
}

function delegationCheck(
  { deps, clients, buckets: bucketSettings, holder }: DoctorDeps,
  { write, phoneId, path, interrupted }: DoctorOptions,
  shared: Shared,
): Check {
  const name = 'delegation';
  const run = async (): Promise<Finding[]> => {
    if (!write || phoneId === undefined) return [{ check: name, ...delegationUntested() }];
    const named = archiveBuckets(await shared.policies());
    // Without a policy, test the ledger's own bucket.
    const buckets = named.length > 0 ? named : [deps.ledger.bucket];
    const { clock, store } = deps;
    const { cph, obs } = clients;
    return checkDelegation(
      { clock, store, cph, obs, buckets: bucketSettings, holder, interrupted },
      { phoneId, path, buckets },
    );
  };
  return { name, limitMs: DELEGATION_LIMIT_MS, run };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}
