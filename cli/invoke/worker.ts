import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { contextOf, type InvocationFacts } from './context.ts';

export type WorkerInput = { file: string; event: unknown; facts: InvocationFacts };

/** The handler's result as JSON (undefined for none), or its error. */
export type WorkerResult =
  | { ok: true; value: string | undefined }
  | {
      ok: false;
      error: { name: string; message: string; code?: unknown; stack?: string | undefined };
    };

async function run({ file, event, facts }: WorkerInput): Promise<WorkerResult> {
  try {
    const { handler } = createRequire(file)(file) as {
      handler(event: unknown, context: unknown): unknown;
    };
    const result = await handler(
      event,
      contextOf(facts, () => Date.now()),
    );
    return { ok: true, value: JSON.stringify(result, null, 2) };
  } catch (error) {
    if (!(error instanceof Error)) return { ok: false, error: { name: typeof error, message: '' } };
    const { name, message, stack } = error;
    const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    return { ok: false, error: { name, message, code, stack } };
  }
}

void run(workerData as WorkerInput).then((result) => parentPort?.postMessage(result));
