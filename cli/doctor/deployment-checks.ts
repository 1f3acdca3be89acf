import { PhonevaultError } from '../../lib/errors.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import type { PolicyStatus } from '../../lib/run/query/schemas/policy.ts';
import { type FunctionKey, functionName, functions, functionUrn } from './deployment/deployed.ts';
import { checkDrive, lastDrive } from './deployment/drive.ts';
import { checkFunction, judgeMissing, judgeNoFunctions } from './deployment/functions.ts';
import { judgePolicies, judgeRuns } from './deployment/policies.ts';
import { checkTriggers } from './deployment/triggers.ts';
import type { DoctorDeps } from './deps.ts';
import { skipped, type Verdict } from './finding/finding.ts';
import { type Check, singleCheck } from './finding/run-check.ts';

/** Returns the checks of the deployed functions, their triggers and what they left in the ledger. */
export function deploymentChecks(
  { clients, settings, deps, io }: DoctorDeps,
  stage: string,
  statuses: () => Promise<PolicyStatus[]>,
): Check[] {
  const { bucket, prefix } = settings;
  const { functiongraph } = clients;
  const place = { stage, ...settings };
  const perFunction = (
    check: string,
    judge: (key: FunctionKey) => Promise<Verdict | undefined>,
    missing: { one(key: FunctionKey): Verdict; all(): Promise<Verdict> },
  ): Check => ({
    name: check,
    run: async () => {
      const verdicts = await Promise.all(functions.map(judge));
      if (verdicts.every((one) => one === undefined)) return [{ check, ...(await missing.all()) }];
      return functions.map((key, index) => ({
        ...{ check, subject: functionName(stage, key) },
        ...(verdicts[index] ?? missing.one(key)),
      }));
    },
  });
  return [
    perFunction('function', (key) => checkFunction(functiongraph, key, { stage, here: settings }), {
      one: (key) => judgeMissing(key, stage),
      all: async () => {
        const last = await lastDrive(deps.store).catch(ifKnown);
        return judgeNoFunctions(stage, last, io.clock.now());
      },
    }),
    perFunction(
      'trigger',
      async (key) =>
        checkTriggers(() => functiongraph.listTriggers(functionUrn(place, key)), key, {
          stage,
          policies: await statuses().catch(() => undefined),
        }),
      {
        one: () => skipped('the function is not deployed'),
        all: async () => skipped('no function is deployed'),
      },
    ),
    singleCheck('policies', async () =>
      judgePolicies(await statuses(), `obs://${bucket}/${prefix}${layout.policy('<name>')}`),
    ),
    singleCheck('runs', async () => judgeRuns(await statuses(), io.clock.now())),
    singleCheck('drive', () => checkDrive(deps.store, io.clock.now())),
  ];
}

/** For `catch`: the checks of the bucket say why the ledger cannot be read. */
function ifKnown(error: unknown): 'unknown' {
  if (error instanceof PhonevaultError) return 'unknown';
  throw error;
}
