import { describe, expect, it } from 'vitest';
import type { AsyncResult } from '../../../../local/functiongraph/invocations/async-queue.ts';
import { createResultSender } from '../../../../local/functiongraph/invocations/send-result.ts';
import { createFunctionStore } from '../../../../local/functiongraph/model/function-store.ts';
import { functionUrn } from '../../../../local/functiongraph/model/urn.ts';
import { memoryBackend } from '../../../../local/obs/storage/memory-backend.ts';
import { createTime } from '../../../../local/simulation/time.ts';
import { manualClock } from '../../support/clock.ts';
import { functionRecord, PLACE } from '../../support/functiongraph.ts';

async function send(destination: string, target: object, result: Partial<AsyncResult> = {}) {
  const record = functionRecord();
  const other = functionRecord({ func_name: 'other' });
  const functions = createFunctionStore(PLACE);
  functions.add(other);
  const backend = memoryBackend();
  await backend.createBucket('results');
  const sent: unknown[] = [];
  const sender = createResultSender({
    place: PLACE,
    time: createTime(manualClock()),
    backend,
    functions,
    newRequestId: () => 'r2',
    submit: (to, requestId, event) => void sent.push([to.name, requestId, JSON.parse(event)]),
    publish: (topic, _subject, message) => void sent.push([topic, JSON.parse(message)]),
  });
  record.asyncConfig = {
    max_async_event_age_in_seconds: 60,
    max_async_retry_attempts: 0,
    destination_config: { on_failure: { destination, param: JSON.stringify(target) } },
    enable_async_status_log: false,
    createdAt: 0,
    lastModified: 0,
  };
  sender({
    record,
    requestId: 'r1',
    event: '{}',
    attempts: 3,
    succeeded: false,
    statusCode: 200,
    functionError: 'no luck',
    payload: 'p',
    ...result,
  });
  const objects = await backend.list('results', '');
  return { sent, keys: objects.map(({ key }) => key) };
}

const MESSAGE = {
  timestamp: '2026-01-02T10:30:00.000Z+08:00',
  request_context: {
    request_id: 'r1',
    function_urn: functionUrn(functionRecord(), PLACE),
    condition: '',
    approximate_invoke_count: 3,
  },
  request_payload: '{}',
  response_context: { status_code: 200, function_error: 'no luck' },
  response_payload: 'p',
};

describe('the result of an asynchronous invocation', () => {
  it('is published to a topic', async () => {
    expect((await send('SMN', { topic_urn: 't1' })).sent).toEqual([['t1', MESSAGE]]);
  });

  it('is submitted to another function', async () => {
    const func_urn = functionUrn({ package: 'default', name: 'other' }, PLACE);
    expect((await send('FunctionGraph', { func_urn })).sent).toEqual([['other', 'r2', MESSAGE]]);
  });

  it('is written to a bucket', async () => {
    const target = { bucket: 'results', prefix: 'failed/' };
    expect((await send('OBS', target)).keys).toEqual(['failed/r1']);
  });

  it('is sent only to the destination of its outcome', async () => {
    expect((await send('SMN', { topic_urn: 't1' }, { succeeded: true })).sent).toEqual([]);
  });

  it('is lost if the target function was deleted', async () => {
    const func_urn = functionUrn({ package: 'default', name: 'gone' }, PLACE);
    expect((await send('FunctionGraph', { func_urn })).sent).toEqual([]);
  });
});
