import * as z from 'zod';
import { SmnError } from './error.ts';
import { PROTOCOLS } from './structure.ts';

const isDistinct = (list: string[]) => new Set(list).size === list.length;

const name = z
  .string()
  .max(32)
  .regex(/^[a-z0-9]+(?:_[a-z0-9]+)*$/);
const value = z.string().regex(/^[\p{Script=Han}A-Za-z0-9_]{1,32}$/u);

const attributeSchema = z.discriminatedUnion('type', [
  z.object({ name, type: z.literal('STRING'), value }),
  z.object({
    name,
    type: z.literal('STRING_ARRAY'),
    value: z.array(value).min(1).max(10).refine(isDistinct),
  }),
  z.object({
    name,
    type: z.literal('PROTOCOL'),
    value: z.array(z.enum(PROTOCOLS)).min(1).refine(isDistinct),
  }),
]);

export type MessageAttribute = z.infer<typeof attributeSchema>;

/** Parses message_attributes; each name may occur once. Throws SmnError. */
export function readAttributes(list: unknown[]): MessageAttribute[] {
  const attributes = list.map((item, i) => {
    const parsed = attributeSchema.safeParse(item);
    if (!parsed.success) {
      throw invalid(`${i}.${String(parsed.error.issues[0]?.path[0] ?? 'attribute')}`);
    }
    return parsed.data;
  });
  if (!isDistinct(attributes.map((attribute) => attribute.name)))
    throw invalid('a name is repeated');
  return attributes;
}

const invalid = (where: string) =>
  new SmnError(400, 'SMN.0024', `Parameter: message_attributes is invalid (${where}).`);
