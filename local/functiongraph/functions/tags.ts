import * as z from 'zod';
import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';
import type { FunctionRecord } from '../model/function.ts';

const MAX_TAGS = 20;

const key = z.string().min(1).max(128);
const value = z.string().max(255);
const bodySchema = z.object({
  tags: z.array(z.object({ key, value: value.nullish() })).max(MAX_TAGS),
});

/** Reads the tags of a create, a JSON text of an object. Throws FSS.0400. */
export function readTagText(text: string): Map<string, string> {
  if (text === '') return new Map();
  try {
    const pairs = z.record(key, value).parse(JSON.parse(text));
    const tags = new Map(Object.entries(pairs));
    if (tags.size <= MAX_TAGS) return tags;
  } catch {
    // Falls through to the refusal.
  }
  throw fss('FSS.0400', 'tags');
}

/** POST /functions/{id}/tags/create: adds tags, or gives known ones another value. */
export function createTags(deps: FgDeps, { params, body }: FgCall): FgAnswer {
  const record = findById(deps, params['id'] ?? '');
  const next = new Map(record.tags);
  for (const tag of read(body)) next.set(tag.key, tag.value ?? '');
  if (next.size > MAX_TAGS) throw fss('FSS.0400', 'more than 20 tags');
  record.tags = next;
  return { status: 204 };
}

/** DELETE /functions/{id}/tags/delete. */
export function deleteTags(deps: FgDeps, { params, body }: FgCall): FgAnswer {
  const record = findById(deps, params['id'] ?? '');
  for (const tag of read(body)) record.tags.delete(tag.key);
  return { status: 204 };
}

/** GET /functions/{id}/tags. */
export function listFunctionTags(deps: FgDeps, { params }: FgCall): FgAnswer {
  const record = findById(deps, params['id'] ?? '');
  const tags = [...record.tags].map(([name, text]) => ({ key: name, value: text }));
  return { status: 200, body: { tags, sys_tags: [] } };
}

function read(body: unknown): { key: string; value?: string | null | undefined }[] {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw fss('FSS.0400', 'tags');
  return parsed.data.tags;
}

/** By URN, by id, or by resource_id as the function model has it. */
function findById({ functions }: FgDeps, id: string): FunctionRecord {
  if (id.startsWith('urn:')) return functions.find(id).record;
  const found = functions
    .list()
    .find((record) => record.id === id || `${record.id}:${record.name}` === id);
  if (found === undefined) throw fss('FSS.1051');
  return found;
}
