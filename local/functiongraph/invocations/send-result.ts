import { FssError } from '../model/error.ts';
import type { FgDeps } from '../deps.ts';
import { versionUrn } from '../model/urn.ts';
import type { Destination } from '../model/function.ts';
import { readTarget } from './destination.ts';
import type { Settled } from './async-queue.ts';

/** Publishes to a topic as the service itself. */
export type PublishInside = (topicUrn: string, subject: string, message: string) => void;

/** Tells the destination of an asynchronous invocation what came of it (functiongraph_01_0390_03). */
export function createNotifier(
  deps: () => FgDeps,
  publish: PublishInside,
): (settled: Settled) => void {
  return (settled) => {
    const { record, qualifier } = settled.found;
    const { on_success, on_failure } = record.asyncConfigs.get(qualifier)?.destination_config ?? {};
    const target = settled.good ? on_success : on_failure;
    if (target === undefined) return;
    const { place, time, backend, functions, queue, newRequestId } = deps();
    const text = JSON.stringify(
      recordOf(settled, versionUrn(record, qualifier, place), time.model()),
    );
    void deliver(target, text);

    async function deliver({ destination, param }: Destination, message: string): Promise<void> {
      const {
        topic_urn = '',
        func_urn = '',
        bucket = '',
        prefix = '',
      } = readTarget({ destination, param });
      try {
        if (destination === 'SMN')
          publish(topic_urn, 'FunctionGraph asynchronous invocation', message);
        if (destination === 'FunctionGraph')
          queue.submit(functions.find(func_urn), newRequestId(), message);
        if (destination === 'OBS') {
          const key = `${prefix}${settled.invocation.requestId}`;
          await backend.write(bucket, key, Buffer.from(message), { lastModified: time.now() });
        }
      } catch (error) {
        // A target that has gone since: the platform tells nobody.
        if (!(error instanceof FssError)) throw error;
      }
    }
  };
}

function recordOf(settled: Settled, urn: string, now: number): Record<string, unknown> {
  return {
    // As odd as the service writes it: UTC's mark and China's offset.
    timestamp: `${new Date(now + 8 * 3_600_000).toISOString()}+08:00`,
    request_context: {
      request_id: settled.invocation.requestId,
      function_urn: urn,
      condition: '',
      approximate_invoke_count: settled.invocation.attempts,
    },
    request_payload: settled.event,
    response_context: { status_code: settled.statusCode, function_error: settled.functionError },
    response_payload: settled.payload,
  };
}
