import { Worker } from 'node:worker_threads';
import { type ErrorCode, PhonevaultError } from '../../lib/errors.ts';
import type { Io } from '../io/io.ts';
import type { WorkerResult, WorkerInput } from './worker.ts';

/** FunctionGraph ends a function a moment after its time limit. */
const GRACE_MS = 500;
const OWN_ERRORS = new Set(['PhonevaultError', 'ServiceError']);

/**
 * Runs a built handler in a worker, and ends the worker when its time is up. The log goes to standard error. Resolves with
 * the result as JSON; throws the handler's error, or `time_up`.
 */
export async function runHandler(io: Io, input: WorkerInput): Promise<string> {
  const worker = new Worker(io.parts.worker, { workerData: input, stdout: true, stderr: true });
  const logs = Promise.all([relay(worker.stdout, io), relay(worker.stderr, io)]);
  let timer: NodeJS.Timeout | undefined;
  let result: WorkerResult;
  try {
    result = await new Promise<WorkerResult>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(ended('the handler ended the process')));
      timer = setTimeout(
        () => reject(ended(`the handler ran longer than ${input.facts.timeoutMs} ms`)),
        input.facts.timeoutMs + GRACE_MS,
      );
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
    await logs;
  }
  if (result.ok) return result.value ?? 'null';
  throw thrown(result.error);
}

function ended(message: string): PhonevaultError {
  return new PhonevaultError('time_up', message);
}

/** Returns the worker's error: one of Phonevault's with its code, any other with its name. */
function thrown({ name, message, code, stack }: Extract<WorkerResult, { ok: false }>['error']) {
  const error = OWN_ERRORS.has(name)
    ? new PhonevaultError((code ?? 'service') as ErrorCode, message)
    : Object.assign(new Error(message), { name });
  if (stack !== undefined) error.stack = stack;
  return error;
}

async function relay(stream: AsyncIterable<Buffer>, io: Io): Promise<void> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) io.err(line);
  }
  if (rest !== '') io.err(rest);
}
