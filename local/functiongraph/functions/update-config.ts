import * as z from 'zod';
import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';
import { checkAgencies } from './agencies.ts';
import { readConfig } from '../config/read-config.ts';
import { DEFAULT_INSTANCES } from './create-function.ts';
import { describeFunction } from './describe-function.ts';
import { withLogIds } from './log-group.ts';

/**
 * PUT /functions/{urn}/config: the head's settings. What is left out goes back to its default, encrypted user data and
 * the most instances too; name and runtime cannot change.
 */
export function updateFunctionConfig(deps: FgDeps, { params, body }: FgCall): FgAnswer {
  const { record, version } = deps.functions.find(params['urn'] ?? '');
  if (version !== record.head) throw fss('FSS.1015');
  const { name, config, concurrency } = readConfig(
    typeof body === 'object' ? { ...body, package: record.package } : body,
  );
  if (name !== record.name) throw fss('FSS.1002');
  if (config.runtime !== version.config.runtime) throw fss('FSS.1005');
  checkAgencies(deps, config);
  const type = version.config.type;
  record.head.config = { ...withLogIds(config, version.config.log, deps.random), type };
  record.head.maxInstances = concurrency ?? DEFAULT_INSTANCES;
  record.head.lastModified = deps.time.now();
  deps.onChanged(record.id);
  return { status: 200, body: describeFunction(record, record.head, deps.place) };
}

const instancesSchema = z.object({ max_instance_num: z.number().int().min(-1).max(1_000) });

/** PUT /functions/{urn}/config-max-instance: -1 no limit, 0 disabled, at most 1,000. */
export function updateFunctionMaxInstanceConfig(deps: FgDeps, call: FgCall): FgAnswer {
  const { record, version } = deps.functions.find(call.params['urn'] ?? '');
  const parsed = instancesSchema.safeParse(call.body);
  if (!parsed.success) throw fss('FSS.1026');
  version.maxInstances = parsed.data.max_instance_num;
  version.lastModified = deps.time.now();
  return { status: 200, body: describeFunction(record, version, deps.place) };
}
