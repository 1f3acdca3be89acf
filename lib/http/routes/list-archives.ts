import * as z from 'zod';
import { listArchives as findArchives } from '../../run/query/archives.ts';
import { archiveSchema } from '../../run/query/schemas/archive.ts';
import { objectProblemSchema } from '../../run/query/schemas/object.ts';
import { archiveCursor, instant, pageSize, policyName } from '../fields.ts';
import { archivesExample } from '../openapi/examples.ts';
import { route } from '../route.ts';

const querySchema = z.strictObject({
  phone: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('Only archives of the phone of this id or name.'),
  policy: policyName.optional(),
  at: instant.optional().describe('Only archives verified at this time or earlier.'),
  limit: pageSize(1000).default(100),
  after: archiveCursor.optional().describe('The `next` of the previous page.'),
});

const listSchema = z.object({
  archives: z.array(archiveSchema),
  next: z.string().optional().describe('Pass it as `after` to get the next page.'),
  unreadable: z
    .array(objectProblemSchema)
    .optional()
    .describe('Objects of the catalogue that cannot be used. Their archives are missing here.'),
});

export const listArchives = route({
  id: 'listArchives',
  method: 'GET',
  path: '/v1/archives',
  tag: 'Archives',
  scope: 'read',
  summary: 'Lists verified archives, newest first.',
  query: querySchema,
  responses: {
    200: { description: 'A page of archives.', schema: listSchema, example: archivesExample },
  },
  problems: [404],
  handle: async ({ deps, query }) => {
    const { limit: max, ...filter } = query;
    const given = Object.entries(filter).filter(([, value]) => value !== undefined);
    const found = await findArchives(deps.run.store, {
      ...(Object.fromEntries(given) as Given<typeof filter>),
      max,
    });
    return { status: 200, body: found };
  },
});

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
