import type { ScaledTimers } from '../../simulation/scaled-timers.ts';
import { fss } from '../model/error.ts';
import type { FunctionRecord } from '../model/function.ts';
import type { FunctionLogs } from './function-logs.ts';
import type { Failure, Reply } from './instance.ts';
import type { Pool, Reserved } from './pool.ts';

/** One event for a function; `event` is a JSON text. */
type Work = { record: FunctionRecord; requestId: string; event: string };

type Measured = { durationMs: number; memoryMb: number; log: string };

/** The result of an event; `busy` if no instance was free. The duration is simulated time. */
export type Outcome =
  | (Measured & ({ kind: 'ok'; result: string } | ({ kind: 'failed' } & Failure)))
  | { kind: 'busy' };

export type RunEvent = (work: Work) => Promise<Outcome>;

type Handler = { entry: string; seconds: number; isInitializer: boolean };

const MAX_RESULT = 6 * 1024 * 1024 + 100;
const INITIALIZER_ATTEMPTS = 3;
const MB = 1024 * 1024;

/** Runs one event of a function: instance, initializer, handler, time limit, log. Throws FSS.0403 and FSS.0500. */
export function createRunEvent(options: {
  pool: Pool;
  logs: FunctionLogs;
  timers: ScaledTimers;
  /** Real time, epoch ms. */
  now(): number;
  /** Simulated time, epoch ms. */
  simulated(): number;
}): RunEvent {
  const { pool, logs, timers, now, simulated } = options;

  /** Calls one handler. When its time is over the process is killed. */
  const callHandler = async (
    { instance, contextData }: Reserved,
    work: Work,
    { entry, seconds, isInitializer }: Handler,
    onLine: (line: string) => void,
  ): Promise<Reply | 'timeout'> => {
    const timeoutMs = seconds * 1_000;
    const context = await contextData(work.requestId, timeoutMs);
    let timedOut = false;
    const cancel = timers.after(timeoutMs, () => {
      timedOut = true;
      instance.kill();
    });
    const call = { entry, event: work.event, context, initializer: isInitializer };
    const reply = await instance.call(call, onLine);
    cancel();
    return timedOut ? 'timeout' : reply;
  };

  /** Reserves an instance and initializes it; up to three attempts, each with a new one. */
  const reserveInitialized = async (
    work: Work,
    onLine: (line: string) => void,
  ): Promise<Reserved | Failure | undefined> => {
    const { initializer } = work.record.config;
    for (let attempt = 1; ; attempt += 1) {
      const reserved = await pool.reserve(work.record);
      if (reserved === undefined || 'errorType' in reserved) return reserved;
      if (initializer === undefined || !reserved.isCold) return reserved;
      const { handler: entry, timeout: seconds } = initializer;
      const handler = { entry, seconds, isInitializer: true };
      const reply = await callHandler(reserved, work, handler, onLine);
      if (reply !== 'timeout' && reply.kind === 'ok') return reserved;
      reserved.release(true);
      if (attempt === INITIALIZER_ATTEMPTS) return failureOf(reply, 'initializer', seconds);
    }
  };

  return async (work) => {
    const { record, requestId } = work;
    if (record.maxInstances === 0) throw fss('FSS.0403', 'the function is disabled');
    const lines: string[] = [];
    const print = (text: string) => {
      lines.push(text);
      logs.add(record.id, { at: now(), requestId, text });
    };
    const startedAt = simulated();
    const stamp = () => `${new Date(Math.floor(simulated())).toISOString().slice(0, 19)}Z`;
    const initializerLines: string[] = [];
    const reserved = await reserveInitialized(work, (line) => initializerLines.push(line));
    if (reserved === undefined) return { kind: 'busy' };
    print(`${stamp()} Start invoke request '${requestId}', version: latest`);
    for (const line of initializerLines) print(line);
    const handlerStartedAt = simulated();
    const finish = (memory: number): Measured => {
      const durationMs = simulated() - handlerStartedAt;
      const memoryMb = memory / MB;
      print(
        `${stamp()} Finish invoke request '${requestId}', duration: ${durationMs.toFixed(3)}ms, ` +
          `billing duration: ${Math.ceil(durationMs)}ms, memory used: ${memoryMb.toFixed(3)}MB, ` +
          `billing memory: ${record.config.memory_size}MB`,
      );
      return { durationMs: simulated() - startedAt, memoryMb, log: lines.join('\n') };
    };
    if ('errorType' in reserved) {
      print(`${reserved.errorType}: ${reserved.errorMessage}`);
      return { kind: 'failed', ...reserved, ...finish(0) };
    }
    const { handler: entry, timeout: seconds } = record.config;
    const handler = { entry, seconds, isInitializer: false };
    const reply = await callHandler(reserved, work, handler, print);
    const isBroken = reply === 'timeout' || reply.kind === 'exited';
    reserved.release(isBroken);
    if (!isBroken && reply.kind === 'ok') {
      if (Buffer.byteLength(reply.result) <= MAX_RESULT) {
        return { kind: 'ok', result: reply.result, ...finish(reply.memory) };
      }
      const errorMessage = 'the response body exceeds 6 MB';
      return { kind: 'failed', errorMessage, errorType: 'Error', ...finish(reply.memory) };
    }
    const failure = failureOf(reply, 'function', seconds);
    if (isBroken) print(failure.errorMessage);
    return { kind: 'failed', ...failure, ...finish(isBroken ? 0 : reply.memory) };
  };
}

function failureOf(reply: Reply | 'timeout', what: string, seconds: number): Failure {
  if (reply === 'timeout') {
    return { errorMessage: `the ${what} timed out after ${seconds} s`, errorType: 'Timeout' };
  }
  if (reply.kind === 'exited') {
    return { errorMessage: `the runtime process exited: ${reply.code}`, errorType: 'RuntimeExit' };
  }
  if (reply.kind === 'ok') return { errorMessage: '', errorType: '' };
  return { errorMessage: reply.errorMessage, errorType: reply.errorType };
}
