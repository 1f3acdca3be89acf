import * as z from 'zod';
import { chinaTime } from '../model/china-time.ts';
import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';
import type { Alias, FunctionRecord } from '../model/function.ts';
import { type Place, versionUrn } from '../model/urn.ts';
import { versionOf } from '../model/function-store.ts';

const MAX_ALIASES = 10;

const bodySchema = z.object({
  version: z.string().min(1),
  description: z.string().max(512).nullish(),
});
const nameSchema = z.object({ name: z.string().regex(/^[A-Za-z](?:[\w-]{0,61}\w)?$/) });

/** POST /functions/{urn}/aliases. */
export function createVersionAlias(deps: FgDeps, { params, body }: FgCall): FgAnswer {
  const { record } = deps.functions.find(params['urn'] ?? '');
  const parsed = nameSchema.safeParse(body);
  if (!parsed.success || parsed.data.name === 'latest') throw fss('FSS.1014');
  const { name } = parsed.data;
  if (record.aliases.has(name)) throw fss('FSS.1063');
  if (record.aliases.size >= MAX_ALIASES) throw fss('FSS.1043');
  return { status: 200, body: describe(record, put(deps, record, name, body), deps.place) };
}

/** PUT /functions/{urn}/aliases/{alias}: the version that it names from now on. */
export function updateVersionAlias(deps: FgDeps, { params, body }: FgCall): FgAnswer {
  const { record } = deps.functions.find(params['urn'] ?? '');
  const { name } = aliasOf(record, params);
  return { status: 200, body: describe(record, put(deps, record, name, body), deps.place) };
}

/** GET /functions/{urn}/aliases/{alias}. */
export function showVersionAlias(deps: FgDeps, { params }: FgCall): FgAnswer {
  const { record } = deps.functions.find(params['urn'] ?? '');
  return { status: 200, body: describe(record, aliasOf(record, params), deps.place) };
}

/** GET /functions/{urn}/aliases: a bare list. */
export function listVersionAliases(deps: FgDeps, { params }: FgCall): FgAnswer {
  const { record } = deps.functions.find(params['urn'] ?? '');
  const aliases = [...record.aliases.values()];
  return { status: 200, body: aliases.map((alias) => describe(record, alias, deps.place)) };
}

/** DELETE /functions/{urn}/aliases/{alias}; not while a trigger is bound to it. */
export function deleteVersionAlias(deps: FgDeps, { params }: FgCall): FgAnswer {
  const { record } = deps.functions.find(params['urn'] ?? '');
  const { name } = aliasOf(record, params);
  if (deps.triggers.of(record, name).length > 0) throw fss('FSS.1154');
  record.aliases.delete(name);
  return { status: 204 };
}

function put(deps: FgDeps, record: FunctionRecord, name: string, body: unknown): Alias {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw fss('FSS.1015');
  const { version, description } = parsed.data;
  versionOf({ ...record, aliases: new Map() }, version);
  const alias = {
    name,
    version,
    description: description ?? '',
    lastModified: deps.time.now(),
  };
  record.aliases.set(name, alias);
  return alias;
}

function aliasOf(record: FunctionRecord, params: Record<string, string>): Alias {
  const alias = record.aliases.get(params['alias'] ?? '');
  if (alias === undefined) throw fss('FSS.1053');
  return alias;
}

function describe(record: FunctionRecord, alias: Alias, place: Place): Record<string, unknown> {
  return {
    name: alias.name,
    version: alias.version,
    description: alias.description,
    last_modified: chinaTime(alias.lastModified),
    alias_urn: versionUrn(record, `!${alias.name}`, place),
    additional_version_weights: {},
  };
}
