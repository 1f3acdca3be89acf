import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';

/** GET /quotas. */
export function listQuotas({ functions }: FgDeps, _call: FgCall): FgAnswer {
  const all = functions.list();
  const bytes = all.reduce((sum, { head }) => sum + head.code.bytes.length, 0);
  const resources = [
    { type: 'fgs_func_num', quota: 400, used: all.length },
    { type: 'fgs_func_code_size', quota: 10_240, used: Math.ceil(bytes / 2 ** 20), unit: 'MB' },
    { type: 'fgs_on_demand_instance_limit', quota: 1_000, used: 0 },
    { type: 'fgs_func_occurs', quota: 100, used: 0 },
  ];
  return { status: 200, body: { quotas: { resources } } };
}
