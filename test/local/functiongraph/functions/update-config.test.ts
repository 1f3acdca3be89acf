import { describe, expect, it } from 'vitest';
import { fixture, functionBody } from '../../support/functiongraph.ts';

describe('updateFunctionConfig', () => {
  it('resets the settings that it does not contain', async () => {
    const { create, call, urn } = await fixture();
    await create({
      description: 'drives',
      app_xrole: 'phonevault',
      user_data: '{"A":"1"}',
      encrypted_user_data: '{"B":"2"}',
      initializer_handler: 'index.init',
      initializer_timeout: 10,
      enable_lts_log: true,
    });
    await call('PUT', `/functions/${urn()}/config-max-instance`, { max_instance_num: 1 });
    const config = functionBody({ memory_size: 512 });
    expect((await call('PUT', `/functions/${urn()}/config`, config)).body).toMatchObject({
      memory_size: 512,
      description: '',
      app_xrole: '',
      user_data: '',
      encrypted_user_data: '',
      initializer_handler: '',
      enable_lts_log: false,
      strategy_config: { concurrency: 400 },
    });
  });

  it('keeps the settings that it contains, and the ids of the log', async () => {
    const { create, call, urn } = await fixture();
    const { log_group_id, log_stream_id } = (await create({ enable_lts_log: true })).body;
    const config = functionBody({ enable_lts_log: true, strategy_config: { concurrency: 1 } });
    expect((await call('PUT', `/functions/${urn()}/config`, config)).body).toMatchObject({
      strategy_config: { concurrency: 1 },
      log_group_id,
      log_stream_id,
    });
  });

  it.each([
    ['another name', { func_name: 'other' }, 'FSS.1002'],
    ['another runtime', { runtime: 'Node.js18.15' }, 'FSS.1005'],
    ['an unknown agency', { xrole: 'nobody' }, 'FSS.1121'],
    ['invalid settings', { timeout: 2 }, 'FSS.1008'],
  ])('refuses %s', async (_, more, code) => {
    const { create, call, urn } = await fixture();
    await create();
    const { body } = await call('PUT', `/functions/${urn()}/config`, functionBody(more));
    expect(body.error_code).toBe(code);
  });
});

describe('updateFunctionMaxInstanceConfig', () => {
  it.each([
    [-1, -1],
    [0, 0],
    [1_000, 1_000],
    [-2, 'FSS.1026'],
    [1_001, 'FSS.1026'],
    [1.5, 'FSS.1026'],
    ['1', 'FSS.1026'],
  ])('sets a limit of %s: %s', async (max_instance_num, expected) => {
    const { create, call, urn } = await fixture();
    await create();
    const path = `/functions/${urn()}/config-max-instance`;
    const { body } = await call<{
      error_code?: string;
      strategy_config?: { concurrency: number };
    }>('PUT', path, { max_instance_num });
    expect(body.strategy_config?.concurrency ?? body.error_code).toBe(expected);
  });
});
