import { describe, expect, it } from 'vitest';
import { listLogs } from '../../../../local/functiongraph/functions/list-logs.ts';
import type { FunctionDeps } from '../../../../local/functiongraph/functions/deps.ts';
import { createFunctionStore } from '../../../../local/functiongraph/model/function-store.ts';
import { createFunctionLogs } from '../../../../local/functiongraph/runtime/function-logs.ts';
import { functionRecord, PLACE } from '../../support/functiongraph.ts';

type Page = { count: number; logs: { content: string; line_num: string; labels: object }[] };

/** A function with five lines, one a second. */
function fixture() {
  const functions = createFunctionStore(PLACE);
  const logs = createFunctionLogs();
  const record = functionRecord({ log_config: { group_id: 'g', stream_id: 's' } });
  functions.add(record);
  for (let i = 0; i < 5; i += 1) {
    logs.add(record.id, { at: 1_000 * i, requestId: 'r', text: `line ${i}` });
  }
  const query = (body: object, stream = 's') => {
    const call = {
      params: { group: 'g', stream },
      body: { start_time: '0', end_time: 9_000, ...body },
    };
    return listLogs({ functions, logs } as FunctionDeps, call as never).body as Page;
  };
  const lines = (body: object) => query(body).logs.map(({ content }) => content);
  return { query, lines };
}

describe('listLogs', () => {
  it('returns the lines of the functions that log to the stream', () => {
    const { query } = fixture();
    const { count, logs } = query({});
    expect(count).toBe(5);
    const labels = { functionName: 'backup', requestId: 'r' };
    expect(logs[0]).toMatchObject({ content: 'line 0', labels });
    expect(() => query({}, 'other')).toThrow(expect.objectContaining({ code: 'LTS.0208' }));
    expect(() => query({ limit: 0 })).toThrow(expect.objectContaining({ code: 'LTS.0009' }));
  });

  it('pages forwards and backwards from a line', () => {
    const { query, lines } = fixture();
    const { line_num } = query({ limit: 3 }).logs.at(-1)!;
    expect(lines({ limit: 3, line_num, search_type: 'forwards' })).toEqual(['line 3', 'line 4']);
    expect(lines({ limit: 1, line_num, search_type: 'backwards' })).toEqual(['line 1']);
  });

  it('filters by keyword and time, and sorts in descending order', () => {
    const { lines } = fixture();
    expect(lines({ keywords: 'line 3' })).toEqual(['line 3']);
    expect(lines({ start_time: 1_000, end_time: '2000' })).toEqual(['line 1', 'line 2']);
    expect(lines({ is_desc: true, limit: 2 })).toEqual(['line 4', 'line 3']);
  });
});
