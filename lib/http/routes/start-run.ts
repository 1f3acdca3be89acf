import * as z from 'zod';
import { requestRun } from '../../run/request/request-run.ts';
import { wakeDrive } from '../../run/request/wake-drive.ts';
import { phones, policyName } from '../fields.ts';
import { acceptedExample, startExamples } from '../openapi/examples.ts';
import { KEY_HEADER, keyOf, tokenOf } from '../idempotency-key.ts';
import { problem } from '../problem.ts';
import { noQuery, route } from '../route.ts';

const fieldsSchema = z.strictObject({ policy: policyName, phones: phones.optional() });

const bodySchema = z.union([
  fieldsSchema,
  z
    .object({ type: z.string(), timestamp: z.union([z.string(), z.number()]), data: fieldsSchema })
    .transform(({ data }) => data)
    .describe('A Standard Webhooks message.'),
]);

const acceptedSchema = z.object({
  run_id: z.string(),
  policy: z.string(),
  url: z.string().describe('Where to follow the run; also in Location.'),
});

export const startRun = route({
  id: 'startRun',
  method: 'POST',
  path: '/v1/runs',
  tag: 'Runs',
  scope: 'run',
  summary: 'Starts a run of a policy. The same key with the same body returns the same run.',
  headers: {
    'Idempotency-Key': KEY_HEADER,
  },
  query: noQuery,
  body: bodySchema,
  bodyExamples: startExamples,
  responses: {
    202: {
      description: 'The run is accepted.',
      schema: acceptedSchema,
      example: acceptedExample,
      headers: { Location: 'The same as `url`.' },
    },
  },
  problems: [404, 409, 422],
  handle: async ({ deps, caller, headers, body }) => {
    const key = keyOf(caller, headers);
    const { policy } = body;
    if (caller.kind === 'webhook' && caller.policies?.includes(policy) === false) {
      throw problem(403, 'forbidden', 'This webhook may not run that policy.');
    }
    const { runId, repeated } = await requestRun(deps.run, {
      policy,
      token: tokenOf(caller, key),
      trigger: 'http',
      ...(body.phones === undefined ? {} : { phones: body.phones }),
    });
    if (!repeated) await wakeDrive(deps.run, deps.wake);
    const url = `${deps.mount}/v1/runs/${runId}`;
    return {
      status: 202,
      body: { run_id: runId, policy, url },
      headers: { location: url },
      run: runId,
    };
  },
});
