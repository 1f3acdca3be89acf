import { expect, it } from 'vitest';
import { fixture, zipOf } from '../../support/functiongraph.ts';

type Logs = { count: number; logs: { content: string; line_num: string; labels: object }[] };

it('finds what a function has printed, a page at a time, by the ids of its log', async () => {
  const { create, call, urn, cloud } = await fixture();
  try {
    const code = `exports.handler = async () => { for (let i = 0; i < 5; i += 1) console.log('line ' + i); };`;
    const func_code = { file: zipOf({ 'index.js': code }) };
    await create({ func_code, enable_lts_log: true });
    await call('POST', `/functions/${urn()}/invocations`, {});
    const detail = (await call('GET', `/functions/${urn()}/lts-log-detail`)).body;
    const path = `//groups/${String(detail.group_id)}/streams/${String(detail.stream_id)}/content/query`;
    const span = { start_time: '0', end_time: String(Date.now() + 1_000) };
    const read = async (more: object = {}) =>
      (await call<Logs>('POST', path, { ...span, ...more })).body;
    const all = await read();
    expect(all.count).toBe(7);
    expect(all.logs[1]).toMatchObject({ content: 'line 0', labels: { functionName: 'backup' } });
    const first = await read({ limit: 3 });
    const { line_num } = first.logs.at(-1)!;
    const next = await read({ limit: 3, line_num, search_type: 'forwards' });
    expect(next.logs.map(({ content }) => content)).toEqual(['line 2', 'line 3', 'line 4']);
    expect((await read({ keywords: 'line 3' })).logs).toHaveLength(1);
    expect((await read({ is_desc: true })).logs[1]?.content).toBe('line 4');
    expect((await read({ end_time: '1' })).logs).toEqual([]);
    expect((await call('POST', `//groups/g/streams/s/content/query`, span)).status).toBe(404);
  } finally {
    await cloud.functiongraph.stop();
  }
});
