import * as z from 'zod';
import { readConfig } from '../config/read-config.ts';
import type { FgCall, FgResponse } from '../model/call.ts';
import { fss } from '../model/error.ts';
import { checkAgencies } from './agencies.ts';
import { DEFAULT_INSTANCES } from './create-function.ts';
import type { FunctionDeps } from './deps.ts';
import { describeFunction } from './describe-function.ts';
import { withLogIds } from './log-group.ts';

/**
 * PUT /functions/{urn}/config. A setting that is left out returns to its default, also encrypted user data and the
 * instance limit. Name and runtime cannot change.
 */
export function updateFunctionConfig(deps: FunctionDeps, { params, body }: FgCall): FgResponse {
  const record = deps.functions.find(params['urn'] ?? '');
  const { name, config, concurrency } = readConfig(
    typeof body === 'object' ? { ...body, package: record.package } : body,
  );
  if (name !== record.name) throw fss('FSS.1002');
  if (config.runtime !== record.config.runtime) throw fss('FSS.1005');
  checkAgencies(deps, config);
  const { type, log } = record.config;
  record.config = { ...withLogIds(config, log, deps.random), type };
  record.maxInstances = concurrency ?? DEFAULT_INSTANCES;
  record.lastModified = deps.time.now();
  deps.onChanged(record);
  return { status: 200, body: describeFunction(record, deps.place) };
}

const instancesSchema = z.object({ max_instance_num: z.number().int().min(-1).max(1_000) });

/** PUT /functions/{urn}/config-max-instance: -1 no limit, 0 disabled, at most 1,000. */
export function updateFunctionMaxInstanceConfig(deps: FunctionDeps, call: FgCall): FgResponse {
  const record = deps.functions.find(call.params['urn'] ?? '');
  const parsed = instancesSchema.safeParse(call.body);
  if (!parsed.success) throw fss('FSS.1026');
  record.maxInstances = parsed.data.max_instance_num;
  record.lastModified = deps.time.now();
  return { status: 200, body: describeFunction(record, deps.place) };
}
