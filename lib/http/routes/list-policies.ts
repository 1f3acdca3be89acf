import * as z from 'zod';
import { policyStatuses } from '../../run/query/policy-status.ts';
import { unreadableObjectSchema } from '../../run/query/schemas/object.ts';
import { policyStatusSchema } from '../../run/query/schemas/policy.ts';
import { unreadableObjects } from '../../run/query/unreadable.ts';
import { policiesExample } from '../openapi/examples.ts';
import { noQuery, route } from '../route.ts';

export const listPolicies = route({
  id: 'listPolicies',
  method: 'GET',
  path: '/v1/policies',
  tag: 'Policies',
  scope: 'read',
  summary:
    'The policies: whether they are enabled, when they run next, and how fresh their backups are.',
  query: noQuery,
  responses: {
    200: {
      description:
        'All policies, sorted by name, and the objects of the ledger that cannot be used.',
      schema: z.object({
        policies: z.array(policyStatusSchema),
        unreadable: z.array(unreadableObjectSchema),
      }),
      example: policiesExample,
    },
  },
  problems: [],
  handle: async ({ deps }) => {
    const policies = await policyStatuses(deps.run, deps.run.clock.now());
    const found = policies.flatMap(({ unreadable = [] }) => unreadable);
    const unreadable = await unreadableObjects(deps.run.store, found);
    return { status: 200, body: { policies, unreadable } };
  },
});
