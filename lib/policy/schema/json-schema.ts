import * as z from 'zod';
import { DURATION_PATTERN } from './duration.ts';
import { policySchema } from './schema.ts';

type JsonSchema = Record<string, unknown>;

const NAME_PART = '([A-Za-z0-9._+#=-]|\\{(policy|date|slot)\\})+';
const PATH = '^/(data|cache)(/[A-Za-z0-9./_+#=-]*\\*?)?$';

/**
 * What an editor can check of the rules that the schema has as code, by field. Each is at least as wide as its rule: an
 * editor must never underline what `parsePolicy` takes. No look-around, which not every validator knows.
 */
const hints: Record<string, JsonSchema> = {
  paused_until: {
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$',
  },
  'schedule.cron': { pattern: '^\\s*\\S+(\\s+\\S+){5}\\s*$', maxLength: 256 },
  'schedule.timezone': { pattern: '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$' },
  select: {
    anyOf: ['phones', 'servers', 'server_tags', 'name'].map((field) => ({ required: [field] })),
  },
  'select.server_tags': {
    minProperties: 1,
    maxProperties: 10,
    propertyNames: { type: 'string', minLength: 1, maxLength: 127 },
  },
  'select.name': { minLength: 1, maxLength: 128 },
  'select.exclude.name': { minLength: 1, maxLength: 128 },
  'export.include.*': { pattern: PATH },
  'export.exclude.*': { pattern: PATH },
  'export.object_path': { pattern: `^${NAME_PART}(/${NAME_PART})*$`, maxLength: 1024 },
};

const DURATION: JsonSchema = {
  pattern: '^([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$',
  minLength: 2,
};

/**
 * The JSON Schema of a policy file as people write it, for editors and the reference page: draft 7, which all of them
 * know. Rules that join fields, and the file's name, are `parsePolicy`'s alone.
 */
export function policyJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(policySchema, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema, path }) => {
      const field = path
        .filter((part) => part !== 'properties')
        .map((part) => (part === 'items' ? '*' : part))
        .join('.');
      // zod leaves out the examples of what it transforms; ours are of the text that goes in.
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (jsonSchema.pattern === DURATION_PATTERN.source) Object.assign(jsonSchema, DURATION);
      if (jsonSchema.type === 'array') jsonSchema.uniqueItems = true;
      Object.assign(jsonSchema, hints[field]);
    },
  });
  return { ...schema, title: 'Phonevault policy' };
}
