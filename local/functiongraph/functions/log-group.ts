import { hexId, type Random } from '../../simulation/random.ts';
import type { FgCall, FgResponse } from '../model/call.ts';
import type { FunctionConfig, LogGroup } from '../model/function.ts';
import type { FunctionDeps } from './deps.ts';

const NO_LOG: LogGroup = { group_id: '', group_name: '', stream_id: '', stream_name: '' };

/** Gives ids to a log group that FunctionGraph creates; an update keeps the ids of `before`. */
export function withLogIds(
  config: FunctionConfig,
  before: LogGroup | undefined,
  random: Random,
): FunctionConfig {
  if (config.log === undefined || config.log.group_id !== '') return config;
  const { group_name, stream_name } = config.log;
  const group_id = before?.group_id ?? hexId(random);
  const stream_id = before?.stream_id ?? hexId(random);
  return { ...config, log: { group_id, group_name, stream_id, stream_name } };
}

/** GET /functions/{urn}/lts-log-detail (functiongraph_06_0145): empty texts without a log. */
export function showLtsLogDetails({ functions }: FunctionDeps, { params }: FgCall): FgResponse {
  return { status: 200, body: functions.find(params['urn'] ?? '').config.log ?? NO_LOG };
}
