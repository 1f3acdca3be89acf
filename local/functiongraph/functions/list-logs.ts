import * as z from 'zod';
import type { FgCall, FgResponse } from '../model/call.ts';
import { FssError } from '../model/error.ts';
import type { FunctionDeps } from './deps.ts';

const stamp = z.union([z.number(), z.string().regex(/^\d{1,16}$/)]).transform(Number);
const bodySchema = z.object({
  start_time: stamp,
  end_time: stamp,
  keywords: z.string().max(1_000).nullish(),
  is_desc: z.boolean().nullish(),
  limit: z.number().int().min(1).max(5_000).default(50),
  line_num: z.string().nullish(),
  search_type: z.enum(['init', 'forwards', 'backwards']).default('init'),
});

/**
 * LTS's POST /groups/{id}/streams/{id}/content/query (ListLogs): a page of the lines of the functions that log there,
 * after `line_num`. Times are real time in ms.
 */
export function listLogs({ functions, logs }: FunctionDeps, { params, body }: FgCall): FgResponse {
  const writers = functions.list().filter(({ config }) => {
    const { group_id, stream_id } = config.log ?? {};
    return group_id === params['group'] && stream_id === params['stream'];
  });
  if (writers.length === 0) throw new FssError(404, 'LTS.0208', 'The log stream does not exist.');
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw new FssError(400, 'LTS.0009', 'The parameters are invalid.');
  const { start_time, end_time, keywords, is_desc, limit, line_num, search_type } = parsed.data;
  const all = writers
    .flatMap((record) =>
      logs.list(record.id).map((line, index) => ({ ...line, index, functionName: record.name })),
    )
    .filter(({ at }) => at >= start_time && at <= end_time)
    .filter(({ text }) => !keywords || text.includes(keywords))
    .sort((a, b) => a.at - b.at || a.index - b.index)
    .map((line) => ({
      ...line,
      number: `${line.at}${String(line.index % 100_000).padStart(6, '0')}`,
    }));
  if (is_desc === true) all.reverse();
  const from = line_num ? all.findIndex(({ number }) => number === line_num) : -1;
  const page =
    search_type === 'backwards' && from >= 0
      ? all.slice(Math.max(0, from - limit), from)
      : all.slice(from + 1, from + 1 + limit);
  return {
    status: 200,
    body: {
      count: all.length,
      isQueryComplete: true,
      logs: page.map(({ text, requestId, functionName, number }) => ({
        content: text,
        labels: { functionName, requestId },
        line_num: number,
      })),
    },
  };
}
