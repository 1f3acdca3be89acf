import { describe, expect, it } from 'vitest';
import { fixture } from '../../support/functiongraph.ts';

type Listed = { trigger_id: string; trigger_status: string; event_data: { schedule: string } }[];

async function withTrigger(trigger_type_code: string, event_data: object) {
  const made = await fixture();
  const { create, call, urn } = made;
  await create();
  const body = { trigger_type_code, event_data };
  const { trigger_id } = (await call('POST', `/triggers/${urn()}`, body)).body;
  const list = async () => (await call<Listed>('GET', `/triggers/${urn()}`)).body;
  const path = `/triggers/${urn()}/${trigger_type_code}/${String(trigger_id)}`;
  return { ...made, id: trigger_id, path, list };
}
const withTimer = () =>
  withTrigger('TIMER', { name: 'minute', schedule_type: 'Rate', schedule: '1m' });

describe('triggers', () => {
  it('are listed as a bare list and deleted by type and id', async () => {
    const { call, id, path, list } = await withTimer();
    expect((await list()).map(({ trigger_id }) => trigger_id)).toEqual([id]);
    const wrongType = path.replace('TIMER', 'CTS');
    expect((await call('DELETE', wrongType)).body.error_code).toBe('FSS.1131');
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('DELETE', path)).status).toBe(404);
    expect(await list()).toEqual([]);
  });

  it('can be disabled if they are timers, but not changed', async () => {
    const { call, path, list } = await withTimer();
    const disabled = await call('PUT', path, { trigger_status: 'DISABLED' });
    expect(disabled.body.trigger_status).toBe('DISABLED');
    const changed = await call('PUT', path, { event_data: { schedule: '5m' } });
    expect(changed.body.error_code).toBe('FSS.0400');
    await call('PUT', path, { event_data: [{ is_serial: true, schedule: '5m' }] });
    expect((await list())[0]).toMatchObject({
      trigger_status: 'DISABLED',
      event_data: { schedule: '1m' },
    });
    const operations = ['CPH:phone:createCloudPhone'];
    const other = await withTrigger('CTS', { name: 'phones', operations });
    expect((await other.call('PUT', other.path, { trigger_status: 'DISABLED' })).status).toBe(400);
  });
});
