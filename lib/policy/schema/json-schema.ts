import * as z from 'zod';
import { DURATION_PATTERN } from './duration.ts';
import { policySchema } from './schema.ts';

type JsonSchema = Record<string, unknown>;

/** Where the schema of the newest version lies. */
const ID = 'https://raw.githubusercontent.com/phonevault/phonevault/main/docs/policy.schema.json';

const NAME_PART = '([A-Za-z0-9._+#=-]|\\{(policy|date|slot)\\})+';
const PATH = '^/(data|cache)(/[A-Za-z0-9./_+#=~-]*\\*?)?$';

/**
 * JSON Schema keywords for the rules that are code, by field. They may allow more than the rule, never less: an editor must not
 * underline what `parsePolicy` accepts. No look-around, which some validators do not support.
 */
const KEYWORDS: Record<string, JsonSchema> = {
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
 * Returns the JSON Schema of a policy file, for editors and the reference page: draft 7, which all editors support. Only
 * `parsePolicy` checks the rules between fields and the file name.
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
      // zod leaves out the examples of fields that it transforms.
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (jsonSchema.pattern === DURATION_PATTERN.source) Object.assign(jsonSchema, DURATION);
      if (jsonSchema.type === 'array') jsonSchema.uniqueItems = true;
      Object.assign(jsonSchema, KEYWORDS[field]);
      const allowed = allowedIn(zodSchema);
      // Editors show this where a pattern does not match; they would show the pattern.
      if (jsonSchema.pattern !== undefined && allowed !== undefined) {
        jsonSchema.patternErrorMessage = `Expected ${allowed}.`;
      }
    },
  });
  return { $id: ID, ...schema, title: 'Phonevault policy' };
}

type Definition = { error: z.core.$ZodErrorMap; in: z.core.$ZodType; innerType: z.core.$ZodType };

/** Returns what the message of a field's schema says is allowed. */
function allowedIn({ _zod: { def } }: z.core.$ZodType): string | undefined {
  const { error, in: input, innerType } = def as unknown as Partial<Definition>;
  const message = error?.({ code: 'invalid_type', expected: 'string', input: undefined, path: [] });
  if (typeof message === 'string') return message;
  const inner = input ?? innerType;
  return inner === undefined ? undefined : allowedIn(inner);
}
