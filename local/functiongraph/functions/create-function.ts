import { hexId } from '../../simulation/random.ts';
import { readCode } from '../config/read-code.ts';
import { readConfig } from '../config/read-config.ts';
import type { FgCall, FgResponse } from '../model/call.ts';
import { fss } from '../model/error.ts';
import type { FunctionRecord } from '../model/function.ts';
import { checkAgencies } from './agencies.ts';
import type { FunctionDeps } from './deps.ts';
import { describeFunction } from './describe-function.ts';
import { withLogIds } from './log-group.ts';

const MAX_FUNCTIONS = 400;
/** Instances at once unless the caller sets a limit. */
export const DEFAULT_INSTANCES = 400;

/** POST /functions (functiongraph_06_0108). */
export async function createFunction(deps: FunctionDeps, { body }: FgCall): Promise<FgResponse> {
  if (!deps.isEnabled) throw fss('FSS.0403', 'functions are switched off');
  const { name, package: group, config } = readConfig(body);
  if (deps.functions.has(group, name)) throw fss('FSS.1061');
  if (deps.functions.list().length >= MAX_FUNCTIONS) throw fss('FSS.1041');
  checkAgencies(deps, config);
  const code = await readCode(body, deps.backend);
  // Another call may have created it while the code was read.
  if (deps.functions.has(group, name)) throw fss('FSS.1061');
  const record: FunctionRecord = {
    id: uuid(deps),
    name,
    package: group,
    config: withLogIds(config, undefined, deps.random),
    code,
    maxInstances: DEFAULT_INSTANCES,
    lastModified: deps.time.now(),
    asyncConfig: undefined,
  };
  deps.functions.add(record);
  return { status: 200, body: describeFunction(record, deps.place) };
}

function uuid({ random }: FunctionDeps): string {
  const hex = hexId(random);
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => hex.slice(index === 0 ? 0 : ends[index - 1], end))
    .join('-');
}
