import { expect, it } from 'vitest';
import { withLogIds } from '../../../../local/functiongraph/functions/log-group.ts';
import { createRandom } from '../../../../local/simulation/random.ts';
import { fixture, functionBody, functionRecord } from '../../support/functiongraph.ts';

const withIds = (more: object, before?: Parameters<typeof withLogIds>[1]) =>
  withLogIds(functionRecord({ ...more }).config, before, createRandom(1, 'x')).log;

it('gives ids to a log group that FunctionGraph creates, and keeps existing ids', () => {
  const created = withIds({ enable_lts_log: true });
  expect(created?.group_id).toMatch(/^[0-9a-f]{32}$/);
  expect(withIds({ enable_lts_log: true }, { ...created!, group_id: 'old' })?.group_id).toBe('old');
  expect(withIds({ log_config: { group_id: 'own', stream_id: 's' } })?.group_id).toBe('own');
  expect(withIds({})).toBeUndefined();
});

it('shows empty ids until the function logs to LTS', async () => {
  const { create, call, urn } = await fixture();
  await create();
  const path = `/functions/${urn()}/lts-log-detail`;
  expect((await call('GET', path)).body.group_id).toBe('');
  const config = functionBody({ enable_lts_log: true });
  const { log_group_id } = (await call('PUT', `/functions/${urn()}/config`, config)).body;
  expect((await call('GET', path)).body.group_id).toBe(log_group_id);
});
