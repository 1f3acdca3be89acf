import type { ObjectBackend } from '../../obs/storage/backend.ts';
import type { Time } from '../../simulation/time.ts';
import { FssError } from '../model/error.ts';
import type { FunctionStore } from '../model/function-store.ts';
import type { Destination } from '../model/function.ts';
import { functionUrn, type Place } from '../model/urn.ts';
import type { AsyncQueue, AsyncResult } from './async-queue.ts';
import { parseTarget } from './destination.ts';

/** Publishes to a topic as another service of the cloud. */
export type PublishInternally = (topicUrn: string, subject: string, message: string) => void;

/** Sends the result of an asynchronous invocation to its destination, if it has one (functiongraph_01_0390_03). */
export function createResultSender(options: {
  place: Place;
  time: Time;
  backend: ObjectBackend;
  functions: FunctionStore;
  newRequestId(): string;
  submit: AsyncQueue['submit'];
  publish: PublishInternally;
}): (result: AsyncResult) => void {
  const { place, time, backend, functions, newRequestId, submit, publish } = options;

  const deliver = async (target: Destination, message: string, requestId: string) => {
    const { topic_urn = '', func_urn = '', bucket = '', prefix = '' } = parseTarget(target);
    try {
      if (target.destination === 'SMN') {
        publish(topic_urn, 'FunctionGraph asynchronous invocation', message);
      }
      if (target.destination === 'FunctionGraph') {
        submit(functions.find(func_urn), newRequestId(), message);
      }
      if (target.destination === 'OBS') {
        const key = `${prefix}${requestId}`;
        await backend.write(bucket, key, Buffer.from(message), { lastModified: time.now() });
      }
    } catch (error) {
      // The target was deleted meanwhile: the platform reports that to nobody.
      if (!(error instanceof FssError)) throw error;
    }
  };

  return (result) => {
    const { on_success, on_failure } = result.record.asyncConfig?.destination_config ?? {};
    const target = result.succeeded ? on_success : on_failure;
    if (target === undefined) return;
    const message = describeResult(result, functionUrn(result.record, place), time.simulated());
    void deliver(target, JSON.stringify(message), result.requestId);
  };
}

function describeResult(result: AsyncResult, urn: string, now: number): Record<string, unknown> {
  return {
    // The service writes the UTC mark and China's offset together.
    timestamp: `${new Date(now + 8 * 3_600_000).toISOString()}+08:00`,
    request_context: {
      request_id: result.requestId,
      function_urn: urn,
      condition: '',
      approximate_invoke_count: result.attempts,
    },
    request_payload: result.event,
    response_context: { status_code: result.statusCode, function_error: result.functionError },
    response_payload: result.payload,
  };
}
