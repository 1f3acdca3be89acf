import * as z from 'zod';
import { readRunState } from '../../run/query/runs/get-run.ts';
import { runPhoneSchema, runViewSchema } from '../../run/query/schemas/run.ts';
import { flag, isRunId, pageSize } from '../fields.ts';
import { runExample } from '../openapi/examples.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

/** Keeps a page below FunctionGraph's limit of 6 MB for a response, even with the longest keys. */
const MAX_PHONES = 500;

const querySchema = z.strictObject({
  phones: flag.optional().describe('Include the phones, page by page.'),
  limit: pageSize(MAX_PHONES).default(MAX_PHONES).describe('Phones per page.'),
  after: z.string().max(32).optional().describe('The `next` of the previous page.'),
});

const runSchema = runViewSchema.extend({
  phones: z.array(runPhoneSchema).optional(),
  next: z.string().optional().describe('Pass it as `after` to get the next page of phones.'),
});

export const showRun = route({
  id: 'showRun',
  method: 'GET',
  path: '/v1/runs/{id}',
  tag: 'Runs',
  scope: 'read',
  summary: 'Shows a run: its progress, or how it ended.',
  query: querySchema,
  responses: { 200: { description: 'The run.', schema: runSchema, example: runExample } },
  problems: [404],
  handle: async ({ deps, id, query }) => {
    const { store, clock } = deps.run;
    const found = isRunId(id) ? await readRunState(store, id, clock.now()) : undefined;
    if (found === undefined) throw noSuchRun();
    const withPhones = query.phones === true;
    const view = await found.view({ phones: withPhones });
    if (!withPhones) return { status: 200, body: view, run: id };
    const phones = await found.phones();
    const from = query.after === undefined ? 0 : placeAfter(query.after, phones);
    const page = phones.slice(from, from + query.limit);
    const last = from + page.length < phones.length ? page.at(-1) : undefined;
    const next = last === undefined ? {} : { next: last.phone_id };
    return { status: 200, body: { ...view, phones: page, ...next }, run: id };
  },
});

function placeAfter(phoneId: string, phones: { phone_id: string }[]): number {
  const at = phones.findIndex((phone) => phone.phone_id === phoneId);
  if (at >= 0) return at + 1;
  throw problem(400, 'query_invalid', '`after` must be the `next` of a page of this run.');
}

export function noSuchRun() {
  return problem(404, 'run_unknown', 'Run not found.');
}
