import * as z from 'zod';
import { previewRestore } from '../../run/plan/restore/preview-restore.ts';
import { thawTiers } from '../../ledger/run/restore-order.ts';
import { restorePreviewSchema } from '../../run/query/schemas/restore.ts';
import { requestRestore } from '../../run/request/request-restore.ts';
import { wakeDrive } from '../../run/request/wake-drive.ts';
import { phoneId, policyName, runId } from '../fields.ts';
import {
  restoreAcceptedExample,
  restoreExamples,
  restorePlanExample,
} from '../openapi/examples.ts';
import { KEY_HEADER, keyOf, tokenOf } from '../idempotency-key.ts';
import { problem } from '../problem.ts';
import { noQuery, route } from '../route.ts';

const MAX_PHONES = 1000;

const bodySchema = z
  .strictObject({
    phones: z
      .array(phoneId)
      .min(1)
      .max(MAX_PHONES)
      .optional()
      .describe('Each is restored from its own newest good archive.'),
    map: z
      .array(z.strictObject({ source: phoneId, target: phoneId }))
      .min(1)
      .max(MAX_PHONES)
      .optional()
      .describe('Each target gets the newest good archive of its source.'),
    run: runId
      .optional()
      .describe('Restores the archives of this run; of a restore: what it was to restore.'),
    failed_only: z
      .boolean()
      .default(false)
      .describe('With `run`: only the phones that it did not export, or did not restore.'),
    at: z
      .string()
      .max(40)
      .optional()
      .describe(
        'The newest archive until then: `2026-11-28 03:00` in the zone of the policy, or with an offset.',
      ),
    policy: policyName.optional().describe('Only archives of this policy.'),
    first: z.int().min(1).optional().describe('Restores only the first phones.'),
    safety_export: z.boolean().default(true).describe('Exports each phone first.'),
    restart: z.boolean().default(true).describe('Restarts each phone afterwards.'),
    reset_first: z.boolean().default(false).describe('Resets each phone first.'),
    thaw: z
      .enum(thawTiers)
      .optional()
      .describe('How fast archives in a cold storage class become readable: expedited by default.'),
    checks: z
      .boolean()
      .default(true)
      .describe(
        'Looks for files that the archive lacks and for wrong owners of apps, by commands on the phones.',
      ),
    dry_run: z.boolean().default(false).describe('Returns the plan, and restores nothing.'),
  })
  .refine(
    ({ phones, map, run }) => [phones ?? map, run].some((one) => one !== undefined),
    'name phones, a map or a run',
  )
  .refine(({ phones, map }) => phones === undefined || map === undefined, 'phones or map, not both')
  .refine(({ failed_only, run }) => !failed_only || run !== undefined, 'failed_only needs run');

const acceptedSchema = z.object({
  run_id: z.string(),
  url: z.string().describe('Where to follow the restore; also in Location.'),
});

export const startRestore = route({
  id: 'startRestore',
  method: 'POST',
  path: '/v1/restores',
  tag: 'Archives',
  scope: 'restore',
  summary: 'Restores phones. The same key with the same body returns the same restore.',
  headers: { 'Idempotency-Key': KEY_HEADER },
  query: noQuery,
  body: bodySchema,
  bodyExamples: restoreExamples,
  responses: {
    200: {
      description: 'With `dry_run`: the plan.',
      schema: restorePreviewSchema,
      example: restorePlanExample,
    },
    202: {
      description: 'The restore is accepted.',
      schema: acceptedSchema,
      example: restoreAcceptedExample,
      headers: { Location: 'The same as `url`.' },
    },
  },
  problems: [409, 422, 503],
  handle: async ({ deps, caller, headers, body }) => {
    const order = orderOf(body);
    if (body.dry_run) {
      const preview = await previewRestore(deps.run, order, deps.until);
      if (preview !== undefined) return { status: 200, body: preview };
      throw problem(503, 'time_up', 'The phones could not be read in time. Name fewer of them.');
    }
    const token = tokenOf(caller, keyOf(caller, headers));
    const { runId: run, repeated } = await requestRestore(deps.run, {
      ...{ token, trigger: 'http', order },
    });
    if (!repeated) await wakeDrive(deps.run, deps.wake);
    const url = `${deps.mount}/v1/runs/${run}`;
    return { status: 202, body: { run_id: run, url }, headers: { location: url }, run };
  },
});

function orderOf(body: z.output<typeof bodySchema>) {
  const { phones, map, run, at, policy, first, safety_export, restart } = body;
  const mapped = map?.map(({ source, target }) => ({ phone: target, source }));
  const targets = mapped ?? phones?.map((phone) => ({ phone }));
  return {
    ...(targets === undefined ? {} : { targets }),
    ...(run === undefined ? {} : { run }),
    ...(at === undefined ? {} : { at }),
    ...(policy === undefined ? {} : { policy }),
    ...(first === undefined ? {} : { first }),
    ...(body.failed_only ? { failed_only: true as const } : {}),
    ...(body.reset_first ? { reset_first: true as const } : {}),
    ...(body.checks ? {} : { checks: false as const }),
    ...(body.thaw === undefined ? {} : { thaw: body.thaw }),
    ...{ safety_export, restart },
  };
}
