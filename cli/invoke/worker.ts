import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { contextOf, type InvocationFacts } from './context.ts';

export type WorkerInput = { file: string; event: unknown; facts: InvocationFacts };

/** The result as JSON text, undefined for nothing; or what was thrown. */
export type WorkerAnswer =
  | { ok: true; result: string | undefined }
  | {
      ok: false;
      error: { name: string; message: string; code?: unknown; stack?: string | undefined };
    };

async function answer({ file, event, facts }: WorkerInput): Promise<WorkerAnswer> {
  try {
    const { handler } = createRequire(file)(file) as {
      handler(event: unknown, context: unknown): unknown;
    };
    const result = await handler(
      event,
      contextOf(facts, () => Date.now()),
    );
    return { ok: true, result: JSON.stringify(result, null, 2) };
  } catch (error) {
    if (!(error instanceof Error)) return { ok: false, error: { name: typeof error, message: '' } };
    const { name, message, stack } = error;
    const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    return { ok: false, error: { name, message, code, stack } };
  }
}

void answer(workerData as WorkerInput).then((told) => parentPort?.postMessage(told));
