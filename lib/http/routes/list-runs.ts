import * as z from 'zod';
import { runOutcomes } from '../../ledger/run/report.ts';
import { listRuns as findRuns } from '../../run/query/runs/list-runs.ts';
import { runSummarySchema } from '../../run/query/schemas/run.ts';
import { cursor, flag, instant, pageSize, policyName } from '../fields.ts';
import { runsExample } from '../openapi/examples.ts';
import { route } from '../route.ts';

const querySchema = z.strictObject({
  policy: policyName.optional(),
  outcome: z.enum(runOutcomes).optional().describe('Only settled runs with this outcome.'),
  open: flag.optional().describe('Only open runs, or only settled ones.'),
  since: instant.optional().describe('Settled at this time or later.'),
  until: instant.optional().describe('Settled at this time or earlier.'),
  limit: pageSize(100).default(50),
  after: cursor.optional().describe('The `next` of the previous page.'),
});

const listSchema = z.object({
  runs: z.array(runSummarySchema),
  next: z.string().optional().describe('Pass it as `after` to get the next page.'),
});

export const listRuns = route({
  id: 'listRuns',
  method: 'GET',
  path: '/v1/runs',
  tag: 'Runs',
  scope: 'read',
  summary: 'Lists runs: open ones first, then settled ones, newest first.',
  query: querySchema,
  responses: { 200: { description: 'A page of runs.', schema: listSchema, example: runsExample } },
  problems: [],
  handle: async ({ deps, query }) => {
    const { limit: max, ...filter } = query;
    const given = Object.entries(filter).filter(([, value]) => value !== undefined);
    const found = await findRuns(
      deps.run.store,
      { ...(Object.fromEntries(given) as Given<typeof filter>), max },
      deps.run.clock.now(),
    );
    return { status: 200, body: found };
  },
});

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
