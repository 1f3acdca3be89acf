import { hexId, type Random } from '../../simulation/random.ts';
import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import type { FunctionConfig } from '../model/function.ts';

/** A log group and stream that FunctionGraph makes itself get their ids, or keep those they had. */
export function withLogIds(
  config: FunctionConfig,
  before: FunctionConfig['log'],
  random: Random,
): FunctionConfig {
  if (config.log === undefined || config.log.group_id !== '') return config;
  const { group_name, stream_name } = config.log;
  const group_id = before?.group_id ?? hexId(random);
  const stream_id = before?.stream_id ?? hexId(random);
  return { ...config, log: { group_id, group_name, stream_id, stream_name } };
}

/** GET /functions/{urn}/lts-log-detail (functiongraph_06_0145): empty texts while no log is kept. */
export function showLtsLogDetails({ functions }: FgDeps, { params }: FgCall): FgAnswer {
  const { version } = functions.find(params['urn'] ?? '');
  const none = { group_id: '', group_name: '', stream_id: '', stream_name: '' };
  return { status: 200, body: version.config.log ?? none };
}

/** POST /functions/enable-lts-logs: allows FunctionGraph to make log groups, which it may from the start here. */
export function enableLtsLogs(): FgAnswer {
  return { status: 200 };
}
