import * as z from 'zod';
import { requestCancel } from '../../run/request/request-cancel.ts';
import { wakeDrive } from '../../run/request/wake-drive.ts';
import { isRunId } from '../fields.ts';
import { cancellingExample } from '../openapi/examples.ts';
import { problem } from '../problem.ts';
import { noQuery, route } from '../route.ts';
import { noSuchRun } from './show-run.ts';

const cancellingSchema = z.object({ run_id: z.string(), url: z.string() });

export const cancelRun = route({
  id: 'cancelRun',
  method: 'POST',
  path: '/v1/runs/{id}/cancel',
  tag: 'Runs',
  scope: 'cancel',
  summary: 'Cancels a run: no new exports are sent, those in progress are followed to their end.',
  query: noQuery,
  responses: {
    202: {
      description: 'The run is being cancelled.',
      schema: cancellingSchema,
      example: cancellingExample,
      headers: { Location: 'The same as `url`.' },
    },
  },
  problems: [404, 409],
  handle: async ({ deps, id }) => {
    const result = isRunId(id) ? await requestCancel(deps.run.store, id) : 'not_found';
    if (result === 'not_found') throw noSuchRun();
    if (result === 'settled') throw problem(409, 'run_settled', 'This run has already settled.');
    await wakeDrive(deps.run, deps.wake);
    const url = `${deps.mount}/v1/runs/${id}`;
    return { status: 202, body: { run_id: id, url }, headers: { location: url }, run: id };
  },
});
