import * as z from 'zod';
import { PhonevaultError } from '../../errors.ts';
import { requestInventory } from '../../ledger/hints/inventory-request.ts';
import { layout } from '../../ledger/store/layout.ts';
import { getObject } from '../../ledger/store/object-error.ts';
import { wakeDrive } from '../../run/request/wake-drive.ts';
import { previewRun } from '../../run/plan/preview.ts';
import { previewSchema } from '../../run/query/schemas/preview.ts';
import { flag, instant, phones, policyName } from '../fields.ts';
import { planExample, planExamples, refreshingExample } from '../openapi/examples.ts';
import { type HttpDeps, route, type RouteResponse } from '../route.ts';

const MAX_PHONES = 1000;
const RETRY_AFTER_S = 30;

const querySchema = z.strictObject({
  fresh: flag.optional().describe('Read the fleet again first; returns 202.'),
});

const bodySchema = z.strictObject({
  policy: policyName,
  phones: phones.optional(),
  slot: instant.optional().describe('The time of the run. Default: now.'),
});

const planSchema = previewSchema.extend({
  truncated: z.boolean().describe(`True when there are more than these ${MAX_PHONES} phones.`),
});

const refreshingSchema = z.object({
  requested_at: z.iso
    .datetime()
    .describe('A plan is fresh when its `as_of` is this time or later.'),
  url: z.string().describe('Where to request the plan; also in Location.'),
  method: z.literal('POST'),
  retry_after: z.int().describe('Seconds to wait before the next request; also in Retry-After.'),
});

export const plan = route({
  id: 'plan',
  method: 'POST',
  path: '/v1/plan',
  tag: 'Policies',
  scope: 'read',
  summary:
    'Shows what a run of a policy would do, by the last reading of the fleet. Starts nothing.',
  query: querySchema,
  body: bodySchema,
  bodyExamples: planExamples,
  responses: {
    200: {
      description: 'The plan, and when the fleet was read.',
      schema: planSchema,
      example: planExample,
    },
    202: {
      description: 'The fleet is being read. Repeat the request without `fresh`.',
      schema: refreshingSchema,
      example: refreshingExample,
      headers: {
        Location: 'The same as `url`.',
        'Retry-After': 'The same as `retry_after`.',
      },
    },
  },
  problems: [404, 422],
  handle: async ({ deps, query, body: { policy, phones, slot } }) => {
    const object = await getObject(deps.run.store, layout.policy(policy));
    if (object === undefined)
      throw new PhonevaultError('policy_not_found', `policy ${policy} does not exist`);
    if (query.fresh === true) return refresh(deps, policy);
    const selection = {
      policy,
      text: object.body,
      ...(phones === undefined ? {} : { phones }),
      ...(slot === undefined ? {} : { slot }),
      inventory: 'known',
    } as const;
    const preview = await previewRun(deps.run, selection, deps.until);
    if (preview === undefined) return refresh(deps, policy);
    const truncated = preview.phones.length > MAX_PHONES;
    return {
      status: 200,
      body: { ...preview, phones: preview.phones.slice(0, MAX_PHONES), truncated },
    };
  },
});

/** Only drive reads the fleet: requests a reading and returns when to try again. */
async function refresh(deps: HttpDeps, policy: string): Promise<RouteResponse> {
  const now = deps.run.clock.now();
  const { requested_at } = await requestInventory(deps.run.store, { policy, requested_at: now });
  // A request that was merged into an earlier one needs no second wake-up.
  if (requested_at === now) await wakeDrive(deps.run, deps.wake);
  const url = `${deps.mount}/v1/plan`;
  return {
    status: 202,
    body: {
      requested_at: new Date(requested_at).toISOString(),
      url,
      method: 'POST',
      retry_after: RETRY_AFTER_S,
    },
    headers: { location: url, 'retry-after': String(RETRY_AFTER_S) },
  };
}
