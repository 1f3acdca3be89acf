import { expect, it } from 'vitest';
import { fixture } from '../../support/functiongraph.ts';

it('deletes a function with its triggers, by the URN without version only', async () => {
  const { create, call, urn } = await fixture();
  await create();
  const timer = { name: 'minute', schedule_type: 'Rate', schedule: '1m' };
  await call('POST', `/triggers/${urn()}`, { trigger_type_code: 'TIMER', event_data: timer });
  expect((await call('DELETE', `/functions/${urn()}:latest`)).body.error_code).toBe('FSS.1015');
  expect((await call('DELETE', `/functions/${urn()}:v1`)).body.error_code).toBe('FSS.1052');
  expect((await call('DELETE', `/functions/${urn()}`)).status).toBe(204);
  expect((await call('GET', `/functions/${urn()}/config`)).body.error_code).toBe('FSS.1051');
  await create();
  expect((await call('GET', `/triggers/${urn()}`)).body).toEqual([]);
});
