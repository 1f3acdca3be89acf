import { Worker } from 'node:worker_threads';
import { type ErrorCode, PhonevaultError } from '../../lib/errors.ts';
import type { Io } from '../io/io.ts';
import type { WorkerAnswer, WorkerInput } from './worker.ts';

/** The platform gives a function a moment more than it tells, and ends it then. */
const GRACE_MS = 500;
const OURS = new Set(['PhonevaultError', 'ServiceError']);

/**
 * Runs a built handler in a worker, which is ended when its time is up. What it logs goes to the standard error. Resolves
 * with its result as JSON text; throws what it threw, and `time_up`.
 */
export async function runHandler(io: Io, input: WorkerInput): Promise<string> {
  const worker = new Worker(io.parts.worker, { workerData: input, stdout: true, stderr: true });
  const logs = Promise.all([relay(worker.stdout, io), relay(worker.stderr, io)]);
  let timer: NodeJS.Timeout | undefined;
  let answer: WorkerAnswer;
  try {
    answer = await new Promise<WorkerAnswer>((resolve, reject) => {
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
  if (answer.ok) return answer.result ?? 'null';
  throw thrown(answer.error);
}

function ended(message: string): PhonevaultError {
  return new PhonevaultError('time_up', message);
}

/** The error as it was in the worker: ours with its code, another under its name alone. */
function thrown({ name, message, code, stack }: Extract<WorkerAnswer, { ok: false }>['error']) {
  const error = OURS.has(name)
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
