import { layout } from '../../lib/ledger/store/layout.ts';
import type { PolicyStatus } from '../../lib/run/query/schemas/policy.ts';
import { type FunctionKey, functionName, functions, functionUrn } from './deployment/deployed.ts';
import { checkDrive } from './deployment/drive.ts';
import { checkFunction } from './deployment/functions.ts';
import { judgePolicies, judgeRuns } from './deployment/policies.ts';
import { checkTriggers } from './deployment/triggers.ts';
import type { DoctorDeps } from './deps.ts';
import type { Verdict } from './finding/finding.ts';
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
  const perFunction = (check: string, run: (key: FunctionKey) => Promise<Verdict>): Check[] =>
    functions.map((key) => ({
      name: check,
      run: async () => [{ check, subject: functionName(stage, key), ...(await run(key)) }],
    }));
  return [
    ...perFunction('function', (key) =>
      checkFunction(functiongraph, key, { stage, here: settings }),
    ),
    ...perFunction('trigger', async (key) =>
      checkTriggers(() => functiongraph.listTriggers(functionUrn(place, key)), key, {
        stage,
        policies: await statuses().catch(() => undefined),
      }),
    ),
    singleCheck('policies', async () =>
      judgePolicies(await statuses(), `obs://${bucket}/${prefix}${layout.policy('<name>')}`),
    ),
    singleCheck('runs', async () => judgeRuns(await statuses(), io.clock.now())),
    singleCheck('drive', () => checkDrive(deps.store, io.clock.now())),
  ];
}
