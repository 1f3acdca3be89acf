import * as z from 'zod';
import { PhonevaultError } from '../../errors.ts';
import { requestInventory } from '../../ledger/hints/inventory-request.ts';
import { layout } from '../../ledger/store/layout.ts';
import { wakeDrive } from '../../run/request/wake-drive.ts';
import { previewRun } from '../../run/plan/preview.ts';
import { previewSchema } from '../../run/query/schemas.ts';
import { flag, instant, phones, policyName } from '../fields.ts';
import { type Answer, type HttpDeps, route } from '../route.ts';

const MAX_PHONES = 1000;
const LOOK_AGAIN_S = 30;

const querySchema = z.strictObject({
  fresh: flag.optional().describe('Have the fleet read anew first: answers 202.'),
});

const bodySchema = z.strictObject({
  policy: policyName,
  phones: phones.optional(),
  slot: instant.optional().describe('The moment that the run would be for. Default: now.'),
});

const planSchema = previewSchema.extend({
  truncated: z.boolean().describe(`Whether there are more phones than the first ${MAX_PHONES}.`),
});

const refreshingSchema = z.object({
  asked_at: z.iso.datetime().describe('A plan with this `as_of` or a later one is a fresh one.'),
  url: z.string().describe('Where to ask for the plan; also in Location.'),
  method: z.literal('POST'),
  retry_after: z.int().describe('When to look again, in seconds; also in Retry-After.'),
});

export const plan = route({
  id: 'plan',
  method: 'POST',
  path: '/v1/plan',
  scope: 'read',
  summary: 'What a run of a policy would do, from the fleet as it was last read. Starts nothing.',
  query: querySchema,
  body: bodySchema,
  answers: {
    200: { description: 'The plan, and when the fleet was read.', schema: planSchema },
    202: {
      description: 'The fleet is being read. Ask again, without `fresh`.',
      schema: refreshingSchema,
      headers: {
        Location: 'The same as `url`.',
        'Retry-After': 'The same as `retry_after`.',
      },
    },
  },
  problems: [404, 422],
  handle: async ({ deps, query, body: { policy, phones, slot } }) => {
    const object = await deps.run.store.get(layout.policy(policy));
    if (object === undefined) throw new PhonevaultError('policy_gone', 'there is no such policy');
    if (query.fresh === true) return refresh(deps, policy);
    const ask = {
      policy,
      text: object.body,
      ...(phones === undefined ? {} : { phones }),
      ...(slot === undefined ? {} : { slot }),
      inventory: 'known',
    } as const;
    const preview = await previewRun(deps.run, ask, deps.until);
    if (preview === undefined) return refresh(deps, policy);
    const truncated = preview.phones.length > MAX_PHONES;
    return {
      status: 200,
      body: { ...preview, phones: preview.phones.slice(0, MAX_PHONES), truncated },
    };
  },
});

/** Only drive reads the fleet: it is asked to, and the caller told when to come back. */
async function refresh(deps: HttpDeps, policy: string): Promise<Answer> {
  const now = deps.run.clock.now();
  const { asked_at } = await requestInventory(deps.run.store, { policy, asked_at: now });
  // A wish that was merged into one before has woken drive already.
  if (asked_at === now) await wakeDrive(deps.run, deps.wake);
  const url = `${deps.mount}/v1/plan`;
  return {
    status: 202,
    body: {
      asked_at: new Date(asked_at).toISOString(),
      url,
      method: 'POST',
      retry_after: LOOK_AGAIN_S,
    },
    headers: { location: url, 'retry-after': String(LOOK_AGAIN_S) },
  };
}
