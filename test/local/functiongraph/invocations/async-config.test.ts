import { describe, expect, it } from 'vitest';
import { fixture } from '../../support/functiongraph.ts';

const smn = (topic_urn: string) => ({
  destination_config: {
    on_failure: { destination: 'SMN', param: JSON.stringify({ topic_urn }) },
  },
});

async function created() {
  const made = await fixture();
  await made.create({ xrole: 'phonevault' });
  const path = `/functions/${made.urn()}/async-invoke-config`;
  return { ...made, path };
}

describe('the policy of asynchronous invocations', () => {
  it('is 404 until it is set and after it was deleted', async () => {
    const { call, path, cloud } = await created();
    expect((await call('GET', path)).status).toBe(404);
    const set = await call('PUT', path, {
      max_async_event_age_in_seconds: 60,
      max_async_retry_attempts: 0,
      ...smn(`${cloud.topicUrn}-operators`),
    });
    expect(set.status).toBe(200);
    expect((await call('GET', path)).body).toMatchObject({
      max_async_event_age_in_seconds: 60,
      max_async_retry_attempts: 0,
      destination_config: { on_failure: { destination: 'SMN' } },
    });
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('DELETE', path)).status).toBe(404);
  });

  it('has one retry and an age of one hour by default', async () => {
    const { call, path } = await created();
    expect((await call('PUT', path, {})).body).toMatchObject({
      max_async_event_age_in_seconds: 3_600,
      max_async_retry_attempts: 1,
    });
  });

  it.each([
    ['four retries', { max_async_retry_attempts: 4 }, 'FSS.0400'],
    ['an age of 0 s', { max_async_event_age_in_seconds: 0 }, 'FSS.0400'],
    ['an unknown topic', smn('urn:smn:cn-north-4:p:none'), 'FSS.1171'],
    [
      'a param that is not JSON',
      { destination_config: { on_success: { destination: 'SMN', param: 'x' } } },
      'FSS.0400',
    ],
  ])('refuses %s', async (_, body, code) => {
    const { call, path } = await created();
    expect((await call('PUT', path, body)).body.error_code).toBe(code);
    expect((await call('GET', path)).status).toBe(404);
  });

  it('refuses the function itself as target, and any target without an agency', async () => {
    const { call, create, path, urn, cloud } = await created();
    const itself = { destination: 'FunctionGraph', param: JSON.stringify({ func_urn: urn() }) };
    const cycle = await call('PUT', path, { destination_config: { on_success: itself } });
    expect(cycle.body.error_code).toBe('FSS.0400');
    await create({ func_name: 'plain' });
    const plain = `/functions/${urn('plain')}/async-invoke-config`;
    expect((await call('PUT', plain, smn(cloud.topicUrn))).body.error_code).toBe('FSS.1121');
  });
});
