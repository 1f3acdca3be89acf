import { fss } from '../model/error.ts';
import type { FunctionRecord, FunctionVersion } from '../model/function.ts';
import type { Failure, Reply } from './instance.ts';
import type { FunctionLogs } from './function-logs.ts';
import type { Pool, Taken } from './pool.ts';
import type { ScaledTimers } from '../../simulation/scaled-timers.ts';

type Work = {
  record: FunctionRecord;
  version: FunctionVersion;
  /** The alias that it was called by, '' for none. */
  alias: string;
  requestId: string;
  /** The event, a JSON text. */
  event: string;
};

/** What came of an event. `busy` when no instance was free; durations are model time. */
export type Outcome =
  | ({ durationMs: number; memoryMb: number; log: string } & (
      { kind: 'ok'; result: string } | ({ kind: 'failed' } & Failure)
    ))
  | { kind: 'busy' };

export type Run = (work: Work) => Promise<Outcome>;

const MAX_RESULT = 6 * 1024 * 1024 + 100;
const INITIALIZER_ATTEMPTS = 3;
const MB = 1024 * 1024;

/** Carries out one event of a function: instance, initializer, handler, time limit, log. */
export function createRun(options: {
  pool: Pool;
  logs: FunctionLogs;
  timers: ScaledTimers;
  now(): number;
  model(): number;
}): Run {
  const { pool, logs, timers, now, model } = options;

  /** Calls one handler; over its time the process is killed, whatever it does. */
  const call = async (
    { instance, facts }: Taken,
    work: Work,
    limit: { entry: string; seconds: number; initializer: boolean },
    onLine: (line: string) => void,
  ): Promise<Reply | 'late'> => {
    const timeoutMs = limit.seconds * 1_000;
    const context = await facts(work.requestId, work.alias, timeoutMs);
    let late = false;
    const stop = timers.after(timeoutMs, () => {
      late = true;
      instance.kill();
    });
    const { entry, initializer } = limit;
    const reply = await instance.call({ entry, event: work.event, context, initializer }, onLine);
    stop();
    return late ? 'late' : reply;
  };

  /** An instance whose initializer has run; three tries with a new one each. */
  const prepare = async (
    work: Work,
    onLine: (line: string) => void,
  ): Promise<Taken | Failure | undefined> => {
    const { initializer } = work.version.config;
    for (let attempt = 1; ; attempt += 1) {
      const taken = await pool.take(work.record, work.version);
      if (taken === undefined || 'errorType' in taken) return taken;
      if (initializer === undefined || !taken.cold) return taken;
      const { handler: entry, timeout: seconds } = initializer;
      const reply = await call(taken, work, { entry, seconds, initializer: true }, onLine);
      if (reply !== 'late' && reply.kind === 'ok') return taken;
      taken.giveBack(true);
      if (attempt === INITIALIZER_ATTEMPTS) return failureOf(reply, `initializer`, seconds);
    }
  };

  return async (work) => {
    const { record, version, requestId } = work;
    if (version.maxInstances === 0) throw fss('FSS.0403', 'the function is disabled');
    const lines: string[] = [];
    const print = (text: string) => {
      lines.push(text);
      logs.add(record.id, { at: now(), requestId, text });
    };
    const started = model();
    const stamp = () => `${new Date(Math.floor(model())).toISOString().slice(0, 19)}Z`;
    const early: string[] = [];
    const taken = await prepare(work, (line) => early.push(line));
    if (taken === undefined) return { kind: 'busy' };
    print(`${stamp()} Start invoke request '${requestId}', version: ${version.version}`);
    for (const line of early) print(line);
    const begun = model();
    const finish = (memory: number): { durationMs: number; memoryMb: number; log: string } => {
      const durationMs = model() - begun;
      const memoryMb = memory / MB;
      const billed = Math.ceil(durationMs);
      print(
        `${stamp()} Finish invoke request '${requestId}', duration: ${durationMs.toFixed(3)}ms, ` +
          `billing duration: ${billed}ms, memory used: ${memoryMb.toFixed(3)}MB, ` +
          `billing memory: ${version.config.memory_size}MB`,
      );
      return { durationMs: model() - started, memoryMb, log: lines.join('\n') };
    };
    if ('errorType' in taken) {
      print(`${taken.errorType}: ${taken.errorMessage}`);
      return { kind: 'failed', ...taken, ...finish(0) };
    }
    const { handler: entry, timeout: seconds } = version.config;
    const reply = await call(taken, work, { entry, seconds, initializer: false }, print);
    taken.giveBack(reply === 'late' || reply.kind === 'ended');
    if (reply !== 'late' && reply.kind === 'ok') {
      if (Buffer.byteLength(reply.result) <= MAX_RESULT) {
        return { kind: 'ok', result: reply.result, ...finish(reply.memory) };
      }
      const errorMessage = 'the response body exceeds 6 MB';
      return { kind: 'failed', errorMessage, errorType: 'Error', ...finish(reply.memory) };
    }
    const failure = failureOf(reply, 'function', seconds);
    if (reply === 'late' || reply.kind === 'ended') print(failure.errorMessage);
    const memory = reply !== 'late' && reply.kind === 'failed' ? reply.memory : 0;
    return { kind: 'failed', ...failure, ...finish(memory) };
  };
}

function failureOf(reply: Reply | 'late', what: string, seconds: number): Failure {
  if (reply === 'late') {
    return { errorMessage: `the ${what} timed out after ${seconds} s`, errorType: 'Timeout' };
  }
  if (reply.kind === 'ended') {
    return { errorMessage: `the runtime process exited: ${reply.code}`, errorType: 'RuntimeExit' };
  }
  if (reply.kind === 'ok') return { errorMessage: '', errorType: '' };
  return { errorMessage: reply.errorMessage, errorType: reply.errorType };
}
