import * as z from 'zod';
import { policyStatuses } from '../../run/query/policy-status.ts';
import { policyStatusSchema } from '../../run/query/schemas.ts';
import { noQuery, route } from '../route.ts';

export const listPolicies = route({
  id: 'listPolicies',
  method: 'GET',
  path: '/v1/policies',
  scope: 'read',
  summary:
    'The policies: whether they are enabled, when they run next, and how fresh their backups are.',
  query: noQuery,
  responses: {
    200: {
      description: 'All policies, sorted by name.',
      schema: z.object({ policies: z.array(policyStatusSchema) }),
    },
  },
  problems: [],
  handle: async ({ deps }) => ({
    status: 200,
    body: { policies: await policyStatuses(deps.run, deps.run.clock.now()) },
  }),
});
