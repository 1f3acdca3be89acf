import { afterEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../support/clock.ts';
import { fixture, zipOf } from '../../support/functiongraph.ts';

type Listed = { invocations: { status: string; error_code: number; request_id: string }[] };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

// Fails as long as it is told to, and leaves a line each time.
const CODE = `exports.handler = async (event) => {
  console.log('ran');
  if (event.ms) await new Promise((resolve) => setTimeout(resolve, event.ms));
  if (event.fail) throw new Error('no luck');
  return { seen: event };
};`;

async function deployed(policy?: Record<string, unknown>) {
  const clock = manualClock();
  const made = await fixture({ clock });
  const { cloud, call, urn, create } = made;
  stops.push(() => cloud.functiongraph.stop());
  await create({ xrole: 'phonevault', func_code: { file: zipOf({ 'index.js': CODE }) } });
  const base = `/functions/${urn()}`;
  if (policy !== undefined) await call('PUT', `${base}/async-invoke-config`, policy);
  const submit = (event: unknown) => call('POST', `${base}/invocations-async`, event);
  const list = async () =>
    (await call<Listed>('GET', `${base}/async-invocations`)).body.invocations;
  const states = async () => (await list()).map(({ status }) => status).sort();
  const becomes = (expected: string[]) =>
    expect.poll(states, { timeout: 10_000, interval: 10 }).toEqual([...expected].sort());
  return { ...made, clock, base, submit, list, states, becomes };
}

const toTopic = (topic_urn: string) => ({
  destination: 'SMN',
  param: JSON.stringify({ topic_urn }),
});

describe('asynchronous invocations', () => {
  it('answer at once and are looked up later', async () => {
    const { submit, becomes, list } = await deployed();
    const { status, body } = await submit({ ms: 100 });
    expect(status).toBe(202);
    expect((await list())[0]).toMatchObject({ request_id: body.request_id, status: 'RUNNING' });
    await becomes(['SUCCESS']);
    expect((await list())[0]?.error_code).toBe(0);
  });

  it('are not tried again without a policy', async () => {
    const { submit, becomes, clock, cloud, states } = await deployed();
    await submit({ fail: true });
    await becomes(['FAIL']);
    clock.move(3_600_000);
    await cloud.advance();
    expect(await states()).toEqual(['FAIL']);
  });

  it('are tried again as often as the policy says, then told to the topic', async () => {
    const policy = {
      max_async_retry_attempts: 2,
      destination_config: { on_failure: toTopic('') },
    };
    const { submit, becomes, clock, cloud, call, base } = await deployed();
    policy.destination_config.on_failure = toTopic(`${cloud.topicUrn}-operators`);
    expect((await call('PUT', `${base}/async-invoke-config`, policy)).status).toBe(200);
    const { body } = await submit({ fail: true });
    await becomes(['WAIT']);
    clock.move(60_000);
    await cloud.advance();
    await expect
      .poll(async () => cloud.functiongraph.logs('backup').filter((line) => line === 'ran').length)
      .toBe(2);
    await becomes(['WAIT']);
    clock.move(119_000);
    await cloud.advance();
    await becomes(['WAIT']);
    clock.move(1_000);
    await cloud.advance();
    await becomes(['FAIL']);
    const [message] = await cloud.control.messages();
    expect(JSON.parse(message?.message ?? '')).toMatchObject({
      timestamp: expect.stringMatching(/Z\+08:00$/) as string,
      request_context: { request_id: body.request_id, approximate_invoke_count: 3 },
      request_payload: '{"fail":true}',
      response_context: { status_code: 200, function_error: 'no luck' },
    });
  });

  it('are not tried again when they would be too old', async () => {
    const { submit, becomes } = await deployed({
      max_async_retry_attempts: 3,
      max_async_event_age_in_seconds: 59,
    });
    await submit({ fail: true });
    await becomes(['FAIL']);
  });

  it('are discarded when no instance is free', async () => {
    const { submit, becomes, call, base, cloud } = await deployed();
    await call('PUT', `${base}/async-invoke-config`, {
      destination_config: { on_failure: toTopic(cloud.topicUrn) },
    });
    await call('PUT', `${base}/config-max-instance`, { max_instance_num: 1 });
    await submit({ ms: 300 });
    await submit({});
    await becomes(['DISCARD', 'SUCCESS']);
    const [message] = await cloud.control.messages();
    expect(JSON.parse(message?.message ?? '')).toMatchObject({
      response_context: { status_code: 429 },
    });
    expect(cloud.functiongraph.logs('backup').filter((line) => line === 'ran')).toHaveLength(1);
  });

  it('hand their result to another function', async () => {
    const { create, call, urn, submit, becomes, base, cloud } = await deployed();
    const code = 'exports.handler = async (event) => console.log("got " + event.response_payload);';
    await create({ func_name: 'next', func_code: { file: zipOf({ 'index.js': code }) } });
    const on_success = {
      destination: 'FunctionGraph',
      param: JSON.stringify({ func_urn: urn('next') }),
    };
    await call('PUT', `${base}/async-invoke-config`, { destination_config: { on_success } });
    await submit({ a: 1 });
    await becomes(['SUCCESS']);
    await expect.poll(() => cloud.functiongraph.logs('next')).toContain('got {"seen":{"a":1}}');
  });

  it('can be taken back while they wait', async () => {
    const { submit, becomes, call, base, clock, cloud, states } = await deployed({
      max_async_retry_attempts: 1,
    });
    const { body } = await submit({ fail: true });
    await becomes(['WAIT']);
    const cancel = { request_id: body.request_id, type: 'force' };
    expect((await call('POST', `${base}/cancel`, cancel)).status).toBe(204);
    clock.move(120_000);
    await cloud.advance();
    expect(await states()).toEqual(['DISCARD']);
    expect((await call('POST', `${base}/cancel`, cancel)).status).toBe(404);
  });

  it('take events of 256 KB at most', async () => {
    const { submit } = await deployed();
    expect((await submit({ text: 'x'.repeat(256 * 1024) })).body.error_code).toBe('FSS.1201');
  });
});
