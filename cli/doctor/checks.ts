import { layout } from '../../lib/ledger/store/layout.ts';
import { policyStatuses } from '../../lib/run/query/policy-status.ts';
import { cphReads, functionReads, obsReads, smnReads, tryReads } from './services/access.ts';
import { archiveBuckets } from './services/archive-buckets.ts';
import { checkBucket } from './services/bucket.ts';
import { checkConditionalPut } from './services/conditional-put.ts';
import { proveDelegation, unproven } from './services/delegation.ts';
import { checkDrive } from './deployment/drive.ts';
import { type Finding, skipped, type Verdict } from './finding.ts';
import { checkFunction, functionNames, nameOf, urnOf } from './deployment/functions.ts';
import { judgePolicies, judgeRuns } from './deployment/policies.ts';
import { checkProject } from './services/project.ts';
import { checkTopic } from './services/topic.ts';
import { checkTriggers } from './deployment/triggers.ts';
import { checkVersioning } from './services/versioning.ts';
import type { Check } from './within.ts';
import type { World } from './world.ts';

export type DoctorOptions = {
  stage: string;
  write: boolean;
  /** The phone of which CPH exports a path. */
  phoneId: string | undefined;
  path: string;
  interrupted: AbortSignal;
};

/** The cleanup must not be cut off: these limits are longer than all calls of the check. */
const DELEGATION_LIMIT_MS = 25 * 60_000;
const CONDITIONAL_LIMIT_MS = 5 * 60_000;

const one = (check: string, run: () => Promise<Verdict>, limitMs?: number): Check => ({
  name: check,
  ...(limitMs === undefined ? {} : { limitMs }),
  run: async () => [{ check, ...(await run()) }],
});

/** Checks whether CPH accepts these credentials. Runs before all other cloud checks. */
export const cphCheck = ({ clients }: World): Check =>
  one('access_cph', () => tryReads(cphReads(clients.cph)));

/** Returns the checks that need valid credentials. `hasAnswered`: CPH answered for this project. They run in parallel. */
export function cloudChecks(world: World, options: DoctorOptions, hasAnswered: boolean): Check[] {
  const { clients, settings, deps, buckets, io } = world;
  const { region, projectId, bucket, prefix, topicUrn } = settings;
  const { stage, write } = options;
  const place = { stage, region, projectId };
  const someTopic = topicUrn ?? `urn:smn:${region}:${projectId}:phonevault`;
  // Read once, used by several checks.
  const statuses = once(() => policyStatuses(deps, io.clock.now()));
  const archives = once(() => archiveBuckets(deps.store, deps.ledger).catch(() => []));
  const perBucket = (check: string, run: (name: string) => Promise<Verdict>): Check => ({
    name: check,
    run: async () => {
      const subjects = [...new Set([bucket, ...(await archives())])];
      return Promise.all(
        subjects.map(async (subject) => ({ check, subject, ...(await run(subject)) })),
      );
    },
  });
  const perFunction = (
    check: string,
    run: (name: (typeof functionNames)[number]) => Promise<Verdict>,
  ): Check[] =>
    functionNames.map((name) => ({
      name: check,
      run: async () => [{ check, subject: nameOf(stage, name), ...(await run(name)) }],
    }));

  return [
    one('access_obs', () => tryReads(obsReads(deps.store))),
    one('access_smn', () => tryReads(smnReads(clients.smn, someTopic))),
    one('access_functiongraph', () =>
      tryReads(functionReads(clients.functiongraph, urnOf(place, 'drive'))),
    ),
    one('project', () =>
      checkProject({ region, projectId, list: world.listProjects, answered: hasAnswered }),
    ),
    perBucket('bucket', (name) => checkBucket(buckets, name, region)),
    perBucket('versioning', (name) => checkVersioning(buckets, name)),
    one(
      'conditional_put',
      async () =>
        write
          ? checkConditionalPut(clients.obs, bucket, `${prefix}${layout.probe(world.holder)}`)
          : skipped('only with --write: it writes and deletes an object below state/'),
      CONDITIONAL_LIMIT_MS,
    ),
    delegationCheck(world, options, archives),
    one('topic', () => checkTopic(clients.smn, topicUrn)),
    ...perFunction('function', (name) =>
      checkFunction(clients.functiongraph, name, { stage, here: settings }),
    ),
    ...perFunction('trigger', async (name) =>
      checkTriggers(() => clients.functiongraph.listTriggers(urnOf(place, name)), name, {
        stage,
        policies: await statuses().catch(() => undefined),
      }),
    ),
    one('policies', async () =>
      judgePolicies(await statuses(), `obs://${bucket}/${prefix}${layout.policy('<name>')}`),
    ),
    one('runs', async () => judgeRuns(await statuses(), io.clock.now())),
    one('drive', () => checkDrive(deps.store, io.clock.now())),
  ];
}

function delegationCheck(
  { deps, clients, holder }: World,
  { write, phoneId, path, interrupted }: DoctorOptions,
  archives: () => Promise<string[]>,
): Check {
  const name = 'delegation';
  const run = async (): Promise<Finding[]> => {
    if (!write || phoneId === undefined) return [{ check: name, ...unproven() }];
    const named = await archives();
    // Without a policy, test the ledger's own bucket.
    const buckets = named.length > 0 ? named : [deps.ledger.bucket];
    const { clock, store } = deps;
    const { cph, obs } = clients;
    return proveDelegation(
      { clock, store, cph, obs, holder, interrupted },
      { phoneId, path, buckets },
    );
  };
  return { name, limitMs: DELEGATION_LIMIT_MS, run };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}
