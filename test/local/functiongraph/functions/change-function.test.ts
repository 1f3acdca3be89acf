import { describe, expect, it } from 'vitest';
import { fixture, functionBody, zipOf } from '../../support/functiongraph.ts';

const other = { code_type: 'zip', func_code: { file: zipOf({ 'index.js': 'exports.h = 1;' }) } };

describe('changing a function', () => {
  it('takes other code, and calls the same code a conflict', async () => {
    const { create, call, urn } = await fixture();
    const before = (await create()).body.digest;
    const changed = await call('PUT', `/functions/${urn()}/code`, other);
    expect(changed.status).toBe(200);
    expect(changed.body.digest).not.toBe(before);
    const again = await call('PUT', `/functions/${urn()}/code`, other);
    expect([again.status, again.body.error_code]).toEqual([409, 'FSS.0409']);
  });

  it('puts back to its default what a config update leaves out', async () => {
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
    const { body } = await call('PUT', `/functions/${urn()}/config`, config);
    expect(body).toMatchObject({
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

  it('keeps what a config update gives again', async () => {
    const { create, call, urn } = await fixture();
    const made = await create({ enable_lts_log: true });
    const config = functionBody({ enable_lts_log: true, strategy_config: { concurrency: 1 } });
    const { body } = await call('PUT', `/functions/${urn()}/config`, config);
    expect(body).toMatchObject({
      strategy_config: { concurrency: 1 },
      log_group_id: made.body.log_group_id,
      log_stream_id: made.body.log_stream_id,
    });
    expect(body.log_group_id).not.toBe('');
  });

  it.each([
    ['another name', { func_name: 'other' }, 'FSS.1002'],
    ['another runtime', { runtime: 'Node.js18.15' }, 'FSS.1005'],
    ['two requests an instance', { strategy_config: { concurrent_num: 2 } }, 'FSS.1026'],
    ['an unknown agency', { xrole: 'nobody' }, 'FSS.1121'],
  ])('refuses %s in a config update', async (_, more, code) => {
    const { create, call, urn } = await fixture();
    await create();
    const { body } = await call('PUT', `/functions/${urn()}/config`, functionBody(more));
    expect(body.error_code).toBe(code);
  });

  it.each([[-1], [0], [1], [1_000]])('takes %s instances at most', async (max_instance_num) => {
    const { create, call, urn } = await fixture();
    await create();
    const path = `/functions/${urn()}/config-max-instance`;
    const { status, body } = await call('PUT', path, { max_instance_num });
    expect(status).toBe(200);
    expect(body).toMatchObject({ strategy_config: { concurrency: max_instance_num } });
  });

  it.each([[-2], [1_001], [1.5], ['1']])('refuses %s instances', async (max_instance_num) => {
    const { create, call, urn } = await fixture();
    await create();
    const path = `/functions/${urn()}/config-max-instance`;
    expect((await call('PUT', path, { max_instance_num })).body.error_code).toBe('FSS.1026');
  });

  it('deletes a function with its triggers, by the URN without version', async () => {
    const { create, call, urn } = await fixture();
    await create();
    const timer = { name: 'minute', schedule_type: 'Rate', schedule: '1m' };
    await call('POST', `/triggers/${urn()}`, { trigger_type_code: 'TIMER', event_data: timer });
    expect((await call('DELETE', `/functions/${urn()}:latest`)).body.error_code).toBe('FSS.1015');
    expect((await call('DELETE', `/functions/${urn()}`)).status).toBe(204);
    expect((await call('GET', `/functions/${urn()}/config`)).body.error_code).toBe('FSS.1051');
    await create();
    expect((await call('GET', `/triggers/${urn()}`)).body).toEqual([]);
  });

  it.each([
    ['not a URN', 'backup', 'FSS.1309'],
    ['of another project', 'urn:fss:cn-north-4:p2:function:default:backup', 'FSS.1309'],
  ])('refuses a name that is %s', async (_, name, code) => {
    const { call } = await fixture();
    expect((await call('GET', `/functions/${name}/config`)).body.error_code).toBe(code);
  });

  it('keeps published versions as they were, and aliases of them', async () => {
    const { create, call, urn } = await fixture();
    const first = (await create()).body.digest;
    const version = await call('POST', `/functions/${urn()}/versions`, {});
    expect(version.body.version).toBe('v1');
    expect((await call('POST', `/functions/${urn()}/versions`, {})).body.error_code).toBe(
      'FSS.1016',
    );
    await call('PUT', `/functions/${urn()}/code`, other);
    const alias = { name: 'live', version: 'v1' };
    expect((await call('POST', `/functions/${urn()}/aliases`, alias)).status).toBe(200);
    const shown = await call('GET', `/functions/${urn()}:live/config`);
    expect(shown.body).toMatchObject({ version: 'v1', digest: first });
    expect((await call('DELETE', `/functions/${urn()}:v1`)).status).toBe(400);
    expect((await call('DELETE', `/functions/${urn()}/aliases/live`)).status).toBe(204);
    expect((await call('DELETE', `/functions/${urn()}:v1`)).status).toBe(204);
    expect((await call('GET', `/functions/${urn()}:v1/config`)).body.error_code).toBe('FSS.1052');
  });

  it('keeps tags', async () => {
    const { create, call, urn } = await fixture();
    const { func_id } = (await create({ tags: '{"stage":"prod"}' })).body;
    const tags = [{ key: 'owner', value: 'ops' }];
    expect((await call('POST', `//functions/${urn()}/tags/create`, { tags })).status).toBe(204);
    expect((await call('GET', `//functions/${String(func_id)}/tags`)).body.tags).toEqual([
      { key: 'stage', value: 'prod' },
      { key: 'owner', value: 'ops' },
    ]);
    await call('DELETE', `//functions/${urn()}/tags/delete`, { tags: [{ key: 'stage' }] });
    expect((await call('GET', `//functions/${urn()}/tags`)).body.tags).toEqual(tags);
  });

  it('has a log group and stream when logs go to LTS', async () => {
    const { create, call, urn } = await fixture();
    await create();
    const path = `/functions/${urn()}/lts-log-detail`;
    expect((await call('GET', path)).body.group_id).toBe('');
    const config = functionBody({ enable_lts_log: true });
    const { log_group_id } = (await call('PUT', `/functions/${urn()}/config`, config)).body;
    expect((await call('GET', path)).body).toMatchObject({ group_id: log_group_id });
  });
});
