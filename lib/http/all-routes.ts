import { cancelRun } from './routes/cancel-run.ts';
import { listArchives } from './routes/list-archives.ts';
import { listPolicies } from './routes/list-policies.ts';
import { listRuns } from './routes/list-runs.ts';
import { plan } from './routes/plan.ts';
import type { Route } from './route.ts';
import { showOpenApi } from './routes/show-openapi.ts';
import { showMetrics } from './routes/show-metrics.ts';
import { showRun } from './routes/show-run.ts';
import { startRestore } from './routes/start-restore.ts';
import { startRun } from './routes/start-run.ts';

const described = [
  startRun,
  startRestore,
  listRuns,
  showRun,
  cancelRun,
  plan,
  listPolicies,
  listArchives,
  showMetrics,
];

/** All routes of the API. */
export const routes: readonly Route[] = [...described, showOpenApi(described)];
