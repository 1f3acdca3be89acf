import * as z from 'zod';
import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';
import type { FunctionRecord } from '../model/function.ts';
import { describeFunction } from './describe-function.ts';

const MAX_VERSIONS = 20;

const bodySchema = z.object({
  version: z
    .string()
    .regex(/^[\w.-]{1,42}$/)
    .nullish(),
  digest: z.string().nullish(),
  description: z.string().max(512).nullish(),
});

/** POST /functions/{urn}/versions: keeps the head as it is under a name, `v1`, `v2`... unless one is given. */
export function createFunctionVersion(deps: FgDeps, { params, body }: FgCall): FgAnswer {
  const { record } = deps.functions.find(params['urn'] ?? '');
  const parsed = bodySchema.safeParse(body ?? {});
  if (!parsed.success) throw fss('FSS.1015');
  const { digest, description } = parsed.data;
  const { head, versions } = record;
  if (digest && digest !== head.code.digest) throw fss('FSS.1011', 'the digest is another');
  const last = versions.at(-1);
  if (last?.code.digest === head.code.digest && last.config === head.config) throw fss('FSS.1016');
  const name = parsed.data.version ?? nextName(record);
  if (name === 'latest' || versions.some(({ version }) => version === name)) throw fss('FSS.1062');
  if (versions.length >= MAX_VERSIONS) throw fss('FSS.0403', 'more than 20 versions');
  const version = {
    ...head,
    version: name,
    description: description ?? '',
    lastModified: deps.time.now(),
  };
  versions.push(version);
  return { status: 200, body: describeFunction(record, version, deps.place) };
}

/** GET /functions/{urn}/versions: the head first, then the published ones, newest first. */
export function listFunctionVersions({ functions, place }: FgDeps, { params }: FgCall): FgAnswer {
  const { record } = functions.find(params['urn'] ?? '');
  const versions = [record.head, ...[...record.versions].reverse()];
  return {
    status: 200,
    body: {
      versions: versions.map((version) => describeFunction(record, version, place)),
      next_marker: versions.length,
      count: versions.length,
    },
  };
}

function nextName({ versions }: FunctionRecord): string {
  let number = versions.length + 1;
  while (versions.some(({ version }) => version === `v${number}`)) number += 1;
  return `v${number}`;
}
