import { glob, id, listOf, mapping, tags, whole } from './fields.ts';

const MAX_IDS = 10_000;
const ids = (what: string) => listOf(id, what, 1, MAX_IDS);

const exclusion = mapping({
  phones: ids('phone ids')
    .optional()
    .meta({
      description: 'Phones that are never exported, by id.',
      examples: [['0123456789abcdef0123456789abcdef']],
    }),
  servers: ids('server ids')
    .optional()
    .meta({
      description: 'Servers whose phones are never exported, by server id.',
      examples: [['fedcba9876543210fedcba9876543210']],
    }),
  name: glob.optional().meta({
    description: 'Phones that are never exported, by name pattern.',
    examples: ['game-000[1-3]'],
  }),
});

/** Which phones to export. */
export const select = mapping({
  phones: ids('phone ids')
    .optional()
    .meta({
      description: 'Phones by id. A phone that CPH does not list ends as `failed: not_found`.',
      examples: [['0123456789abcdef0123456789abcdef']],
    }),
  servers: ids('server ids')
    .optional()
    .meta({
      description: 'Phones on these servers, by server id.',
      examples: [['fedcba9876543210fedcba9876543210']],
    }),
  server_tags: tags.optional().meta({
    description:
      'Phones on servers that have all these tags, each with one of the listed values. An empty list matches any value.',
    examples: [{ env: ['prod', 'staging'], team: [] }],
  }),
  name: glob.optional().meta({
    description:
      'Phones by name pattern, case-sensitive: `*` any text, `?` any character, `[a-z]` one of a set, `[!a-z]` one outside it.',
    examples: ['game-*', '*'],
  }),
  exclude: exclusion.optional().meta({
    description: 'Phones that are never exported, even if they meet all conditions.',
    examples: [{ name: 'game-000[1-3]' }],
  }),
  max_phones: whole(1, 100_000)
    .prefault(5000)
    .meta({
      description: 'A run that selects more phones fails before it exports anything.',
      examples: [200],
    }),
}).meta({
  description:
    'The phones to export. A phone must meet every condition; at least one condition is required, and `exclude` wins.',
  examples: [{ server_tags: { env: ['prod'] }, name: 'game-*' }],
});
