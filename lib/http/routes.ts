import { cancelRun } from './cancel-run.ts';
import { listPolicies } from './list-policies.ts';
import { listRuns } from './list-runs.ts';
import { plan } from './plan.ts';
import type { Route } from './route.ts';
import { showOpenApi } from './show-openapi.ts';
import { showRun } from './show-run.ts';
import { startRun } from './start-run.ts';

const described = [startRun, listRuns, showRun, cancelRun, plan, listPolicies];

/** All that the API has. */
export const routes: readonly Route[] = [...described, showOpenApi(described)];
