import { describe, expect, it } from 'vitest';
import { createFunctionLogs } from '../../../../local/functiongraph/runtime/function-logs.ts';
import type { Failure, Instance, Reply } from '../../../../local/functiongraph/runtime/instance.ts';
import type { Pool, Reserved } from '../../../../local/functiongraph/runtime/pool.ts';
import { createRunEvent } from '../../../../local/functiongraph/runtime/run-event.ts';
import { functionRecord } from '../../support/functiongraph.ts';

const MB = 1024 * 1024;
const ok = (result: string): Reply => ({ kind: 'ok', result, memory: 20 * MB });
const failed: Reply = { kind: 'failed', errorMessage: 'no', errorType: 'TypeError', memory: MB };
const exited: Reply = { kind: 'exited', code: 'exit code 3' };
type Behaviour = Reply | 'hang';

/** Runs an event on instances that reply like this, one call after the other; `hang` exceeds the time limit. */
function fixture(behaviours: Behaviour[], more: Record<string, unknown> = {}) {
  const record = functionRecord(more);
  const logs = createFunctionLogs();
  const entries: string[] = [];
  const releases: boolean[] = [];
  let fireTimeout = () => undefined as void;
  let time = 0;
  const instance = {
    async call({ entry }: { entry: string }, onLine: (line: string) => void): Promise<Reply> {
      entries.push(entry);
      onLine(`${entry} printed`);
      time += 250;
      const behaviour = behaviours[entries.length - 1] ?? ok('');
      if (behaviour !== 'hang') return behaviour;
      return new Promise((resolve) => {
        killed = () => resolve({ kind: 'exited', code: 'SIGKILL' });
        fireTimeout();
      });
    },
    kill: () => killed(),
  };
  let killed = () => undefined as void;
  const reserved: Reserved = {
    instance: instance as unknown as Instance,
    isCold: true,
    contextData: async () => ({}) as never,
    release: (isBroken) => void releases.push(isBroken),
  };
  const runEvent = createRunEvent({
    pool: {
      reserve: async () => (record.maxInstances === 9 ? undefined : reserved),
    } as unknown as Pool,
    logs,
    timers: {
      after: (_, fire) => ((fireTimeout = fire), () => undefined),
      rearm: () => undefined,
    },
    now: () => 7,
    simulated: () => time,
  });
  const run = () => runEvent({ record, requestId: 'r1', event: '{}' });
  return { run, record, entries, releases, lines: () => logs.list(record.id) };
}

const INIT = { initializer_handler: 'index.init', initializer_timeout: 3 };

describe('an event of a function', () => {
  it('has the result of the handler, and a log with start and finish', async () => {
    const { run, lines, releases } = fixture([ok('{"a":1}')]);
    const outcome = await run();
    expect(outcome).toMatchObject({ kind: 'ok', result: '{"a":1}', durationMs: 250, memoryMb: 20 });
    expect(lines().map(({ text }) => text)).toEqual([
      "1970-01-01T00:00:00Z Start invoke request 'r1', version: latest",
      'index.handler printed',
      "1970-01-01T00:00:00Z Finish invoke request 'r1', duration: 250.000ms, billing duration: 250ms, memory used: 20.000MB, billing memory: 256MB",
    ]);
    expect(lines()[0]).toMatchObject({ at: 7, requestId: 'r1' });
    expect(releases).toEqual([false]);
  });

  it.each([
    ['fails', failed, 'TypeError: no', false],
    ['ends its process', exited, 'RuntimeExit: the runtime process exited: exit code 3', true],
    ['exceeds its time', 'hang', 'Timeout: the function timed out after 30 s', true],
    ['returns over 6 MB', ok('x'.repeat(7 * MB)), 'Error: the response body exceeds 6 MB', false],
  ] as const)('fails if the handler %s', async (_, behaviour, error, isBroken) => {
    const { run, releases } = fixture([behaviour]);
    const { errorType, errorMessage } = (await run()) as Failure;
    expect(`${errorType}: ${errorMessage}`).toBe(error);
    expect(releases).toEqual([isBroken]);
  });

  it('runs the initializer of a new instance first', async () => {
    const { run, entries, lines } = fixture([ok(''), ok('1')], INIT);
    expect(await run()).toMatchObject({ kind: 'ok', result: '1' });
    expect(entries).toEqual(['index.init', 'index.handler']);
    expect(lines()[1]?.text).toBe('index.init printed');
  });

  it.each([
    ['fails', failed, 'TypeError'],
    ['exceeds its time', 'hang', 'Timeout'],
  ] as const)(
    'gives up after three instances whose initializer %s',
    async (_, behaviour, errorType) => {
      const { run, entries, releases } = fixture([behaviour, behaviour, behaviour], INIT);
      expect(await run()).toMatchObject({ kind: 'failed', errorType });
      expect([entries.length, releases]).toEqual([3, [true, true, true]]);
    },
  );

  it('is busy without a free instance, and refused if the function is disabled', async () => {
    const { run, record, lines } = fixture([]);
    record.maxInstances = 9;
    expect(await run()).toEqual({ kind: 'busy' });
    record.maxInstances = 0;
    await expect(run()).rejects.toMatchObject({ code: 'FSS.0403' });
    expect(lines()).toEqual([]);
  });
});
