import * as z from 'zod';
import { readRunState } from '../../run/query/get-run.ts';
import { runPhoneSchema, runViewSchema } from '../../run/query/schemas.ts';
import { flag, isRunId, pageSize } from '../fields.ts';
import { problem } from '../problem.ts';
import { route } from '../route.ts';

/** Keeps the largest page below the 6 MB that FunctionGraph lets an answer have, however long the keys. */
const MAX_PHONES = 500;

const querySchema = z.strictObject({
  phones: flag.optional().describe('Whether to tell each phone, page by page.'),
  limit: pageSize(MAX_PHONES).default(MAX_PHONES).describe('Phones a page.'),
  after: z.string().max(32).optional().describe('The `next` of the page before.'),
});

const runSchema = runViewSchema.extend({
  phones: z.array(runPhoneSchema).optional(),
  next: z.string().optional().describe('Give it as `after` for the next page of phones.'),
});

export const showRun = route({
  id: 'showRun',
  method: 'GET',
  path: '/v1/runs/{id}',
  scope: 'read',
  summary: 'One run: how far it is, or how it ended.',
  query: querySchema,
  answers: { 200: { description: 'The run.', schema: runSchema } },
  problems: [404],
  handle: async ({ deps, id, query }) => {
    const { store, clock } = deps.run;
    const found = isRunId(id) ? await readRunState(store, id, clock.now()) : undefined;
    if (found === undefined) throw noSuchRun();
    const view = await found.view();
    if (query.phones !== true) return { status: 200, body: view, run: id };
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
  throw problem(400, 'query_invalid', 'after is not the `next` of a page of this run.');
}

export function noSuchRun() {
  return problem(404, 'run_unknown', 'There is no run of this id.');
}
