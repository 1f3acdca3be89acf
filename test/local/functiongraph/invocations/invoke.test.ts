import { describe, expect, it } from 'vitest';
import type { InvocationDeps } from '../../../../local/functiongraph/invocations/deps.ts';
import {
  asyncInvokeFunction,
  invokeFunction,
} from '../../../../local/functiongraph/invocations/invoke.ts';
import type { Outcome } from '../../../../local/functiongraph/runtime/run-event.ts';
import { createScaledTimers } from '../../../../local/simulation/scaled-timers.ts';
import { deployed, functionRecord } from '../../support/functiongraph.ts';

const measured = { durationMs: 1.5, memoryMb: 20, log: 'x'.repeat(5_000) + 'end' };
const OK: Outcome = { kind: 'ok', result: '{"a":1}', ...measured };
const FAILED: Outcome = { kind: 'failed', errorMessage: 'no', errorType: 'Error', ...measured };
const V1 = { 'x-cff-request-version': 'v1' };

function fixture(outcome: Outcome = OK) {
  const events: string[] = [];
  const deps = {
    functions: { find: () => functionRecord() },
    newRequestId: () => 'r1',
    timers: createScaledTimers({ speed: () => 1 }),
    runEvent: async ({ event }: { event: string }) => (events.push(event), outcome),
    queue: { submit: (_: unknown, __: string, event: string) => void events.push(event) },
  } as unknown as InvocationDeps;
  const call = (text: string, headers: Record<string, string>) => ({
    params: {},
    query: new URLSearchParams(),
    raw: Buffer.from(text),
    body: text === '{' ? undefined : {},
    headers: new Headers(headers),
  });
  const invoke = (text = '{}', headers: Record<string, string> = {}) =>
    invokeFunction(deps, call(text, headers));
  const invokeAsync = (text: string) => asyncInvokeFunction(deps, call(text, {}));
  return { events, invoke, invokeAsync };
}

describe('invokeFunction', () => {
  it('returns the plain result by default, and an envelope for v1', async () => {
    const { invoke, events } = fixture();
    expect(await invoke('{"e":1}')).toMatchObject({
      status: 200,
      text: '{"a":1}',
      headers: { 'x-cff-response-version': 'v0', 'x-is-func-err': 'false' },
    });
    expect((await invoke('', V1)).body).toEqual({
      request_id: 'r1',
      result: '{"a":1}',
      log: '',
      status: 200,
    });
    expect(events).toEqual(['{"e":1}', '{}']);
  });

  it('returns the end of the log if asked for, in the header and the envelope', async () => {
    const { headers = {}, body } = await fixture().invoke('', { ...V1, 'x-cff-log-type': 'tail' });
    const log = Buffer.from(headers['x-cff-function-log'] ?? '', 'base64').toString();
    expect(log).toBe('x'.repeat(1_997) + 'end');
    expect((body as { log: string }).log).toHaveLength(4_096);
  });

  it('returns an error of the function with status 200', async () => {
    const { invoke } = fixture(FAILED);
    expect(await invoke('{}', V1)).toMatchObject({
      status: 200,
      body: { status: 500, result: '{"errorMessage":"no","errorType":"Error"}' },
      headers: { 'x-is-func-err': 'true', 'x-func-err-code': '500' },
    });
  });

  it.each([
    ['no instance is free', '{}', 'FSS.0429', { kind: 'busy' } as const],
    ['the event is not JSON', '{', 'FSS.0400', OK],
    ['the event is larger than 6 MB', 'x'.repeat(6 * 1024 * 1024 + 101), 'FSS.1201', OK],
  ])('refuses the call if %s', async (_, text, code, outcome) => {
    await expect(fixture(outcome).invoke(text)).rejects.toMatchObject({ code });
  });

  it('meets injected faults before or after it has run', async () => {
    const { invoke, cloud } = await deployed(`exports.handler = async () => console.log('ran');`);
    const fault = { service: 'functiongraph', operation: 'invokeFunction', times: 1 };
    cloud.control.addFault({ ...fault, kind: 'error', status: 503, code: 'FSS.0503' });
    expect((await invoke()).status).toBe(503);
    expect(cloud.functiongraph.logs('backup')).toEqual([]);
    cloud.control.addFault({ ...fault, kind: 'drop_answer' });
    await expect(invoke()).rejects.toThrow('cut');
    expect(cloud.functiongraph.logs('backup')).toContain('ran');
  });
});

describe('asyncInvokeFunction', () => {
  it('submits the event and returns its request id', () => {
    const { invokeAsync, events } = fixture();
    expect(invokeAsync('{"e":1}')).toEqual({ status: 202, body: { request_id: 'r1' } });
    expect(events).toEqual(['{"e":1}']);
  });

  it('refuses an event of more than 256 KB', () => {
    expect(() => fixture().invokeAsync('x'.repeat(256 * 1024 + 1))).toThrow(
      expect.objectContaining({ code: 'FSS.1201' }),
    );
  });
});
