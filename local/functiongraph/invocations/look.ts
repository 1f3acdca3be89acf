import * as z from 'zod';
import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';

const HOUR = 3_600_000;
const MOST = 500;
const STATES = ['WAIT', 'RUNNING', 'SUCCESS', 'FAIL', 'DISCARD'];

/** GET /functions/{urn}/async-invocations: newest first, of the last hour unless asked otherwise, 100 a page. */
export function listAsyncInvocations(deps: FgDeps, { params, query }: FgCall): FgAnswer {
  const { record } = deps.functions.find(params['urn'] ?? '');
  const status = query.get('status');
  if (status !== null && !STATES.includes(status)) throw fss('FSS.0400', 'status');
  const requestId = query.get('request_id');
  const begin = readTime(query.get('query_begin_time')) ?? deps.time.now() - HOUR;
  const end = readTime(query.get('query_end_time')) ?? deps.time.now();
  const marker = Number(query.get('marker') ?? 0);
  const limit = Math.min(Number(query.get('limit') ?? 100), MOST);
  if (!(marker >= 0) || !(limit > 0)) throw fss('FSS.0400', 'marker or limit');
  const matching = deps.queue
    .list(record)
    .reverse()
    .filter((one) => status === null || one.status === status)
    .filter((one) => requestId === null || one.requestId === requestId)
    .filter(({ startedAt }) => startedAt >= begin && startedAt <= end);
  const page = matching.slice(marker, marker + limit);
  return {
    status: 200,
    body: {
      invocations: page.map((one) => ({
        request_id: one.requestId,
        status: one.status,
        error_message: one.errorMessage,
        error_code: one.errorCode,
        start_time: utcTime(one.startedAt),
        end_time: one.endedAt === undefined ? '' : utcTime(one.endedAt),
      })),
      count: matching.length,
      next_marker: marker + page.length,
    },
  };
}

const cancelSchema = z.object({ request_id: z.string().min(1).max(64) });

/** POST /functions/{urn}/cancel: takes a waiting invocation out; one that runs goes on. */
export function cancelAsyncInvocation(deps: FgDeps, { params, body }: FgCall): FgAnswer {
  const { record } = deps.functions.find(params['urn'] ?? '');
  const parsed = cancelSchema.safeParse(body);
  if (!parsed.success) throw fss('FSS.0400', 'request_id');
  if (!deps.queue.cancel(record, parsed.data.request_id)) throw fss('FSS.0404');
  return { status: 204 };
}

function readTime(text: string | null): number | undefined {
  if (text === null) return undefined;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : NaN;
  if (Number.isNaN(time)) throw fss('FSS.0400', 'query_begin_time or query_end_time');
  return time;
}

const utcTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
