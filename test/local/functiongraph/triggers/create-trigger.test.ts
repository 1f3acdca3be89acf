import { describe, expect, it } from 'vitest';
import { fixture } from '../../support/functiongraph.ts';

const timer = (more: object = {}) => ({
  trigger_type_code: 'TIMER',
  event_data: { name: 'minute', schedule_type: 'Rate', schedule: '1m', ...more },
});
const apig = (more: object = {}) => ({
  trigger_type_code: 'APIG',
  event_data: {
    name: 'phonevault',
    type: 1,
    path: '/backup',
    protocol: 'HTTPS',
    req_method: 'ANY',
    group_id: 'g1',
    match_mode: 'SWA',
    env_name: 'RELEASE',
    env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID',
    auth: 'NONE',
    func_info: { timeout: 5_000 },
    ...more,
  },
});
const cts = (more: object = {}) => ({
  trigger_type_code: 'CTS',
  event_data: {
    name: 'phones',
    operations: ['CPH:phone:createCloudPhone;resetCloudPhone'],
    ...more,
  },
});

async function created() {
  const made = await fixture();
  await made.create();
  const add = (body: unknown) => made.call('POST', `/triggers/${made.urn()}`, body);
  return { ...made, add };
}

type Listed = { trigger_id: string; event_data: Record<string, unknown> }[];

describe('triggers', () => {
  it('are created, listed as a bare list, shown, and deleted by type and id', async () => {
    const { add, call, urn } = await created();
    const made = await add(timer({ user_event: '{"policy":"nightly"}' }));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      trigger_type_code: 'TIMER',
      trigger_status: 'ACTIVE',
      event_data: { name: 'minute', schedule: '1m', user_event: '{"policy":"nightly"}' },
    });
    const id = String(made.body.trigger_id);
    const list = await call<Listed>('GET', `/triggers/${urn()}`);
    expect(list.body.map((trigger) => trigger.trigger_id)).toEqual([id]);
    expect((await call('GET', `/triggers/${urn()}/TIMER/${id}`)).status).toBe(200);
    expect((await call('DELETE', `/triggers/${urn()}/CTS/${id}`)).body.error_code).toBe('FSS.1131');
    expect((await call('DELETE', `/triggers/${urn()}/TIMER/${id}`)).status).toBe(204);
    expect((await call('DELETE', `/triggers/${urn()}/TIMER/${id}`)).status).toBe(404);
  });

  it('belong to a version', async () => {
    const { add, call, urn } = await created();
    await add(timer());
    await call('POST', `/functions/${urn()}/versions`, {});
    expect((await call('GET', `/triggers/${urn()}:v1`)).body).toEqual([]);
    expect((await call<Listed>('GET', `/triggers/${urn()}:latest`)).body).toHaveLength(1);
  });

  it('can only be switched on and off, and only timers', async () => {
    const { add, call, urn } = await created();
    const id = String((await add(timer())).body.trigger_id);
    const path = `/triggers/${urn()}/TIMER/${id}`;
    const off = await call('PUT', path, { trigger_status: 'DISABLED' });
    expect(off.body.trigger_status).toBe('DISABLED');
    const other = await call('PUT', path, { event_data: { schedule: '5m' } });
    expect(other.body.error_code).toBe('FSS.0400');
    await call('PUT', path, { event_data: [{ is_serial: true, schedule: '5m' }] });
    expect((await call('GET', path)).body).toMatchObject({ event_data: { schedule: '1m' } });
    const gate = String((await add(apig())).body.trigger_id);
    const gatePath = `/triggers/${urn()}/APIG/${gate}`;
    expect((await call('PUT', gatePath, { trigger_status: 'DISABLED' })).status).toBe(400);
  });

  it.each([
    ['an unknown type', { trigger_type_code: 'KAFKA', event_data: {} }, 'FSS.1101'],
    ['no event_data', { trigger_type_code: 'TIMER' }, 'FSS.0400'],
    ['CRON in capitals', timer({ schedule_type: 'CRON', schedule: '0 * * * * *' }), 'FSS.1109'],
    ['a rate of 61 minutes', timer({ schedule: '61m' }), 'FSS.1109'],
    ['a rate of 0 hours', timer({ schedule: '0h' }), 'FSS.1109'],
    ['a rate of 31 days', timer({ schedule: '31d' }), 'FSS.1109'],
    ['a cron of four fields', timer({ schedule_type: 'Cron', schedule: '0 0 12 *' }), 'FSS.1109'],
    [
      'an hour of list and range',
      timer({ schedule_type: 'Cron', schedule: '0 0 14-23,0 * * ?' }),
      'FSS.1109',
    ],
    [
      'an unknown zone',
      timer({ schedule_type: 'Cron', schedule: 'CRON_TZ=Mars/Base 0 0 1 * * *' }),
      'FSS.1109',
    ],
    [
      'CRON_TZ with @every',
      timer({ schedule_type: 'Cron', schedule: 'CRON_TZ=Asia/Shanghai @every 1h' }),
      'FSS.1109',
    ],
    ['a second of 60', timer({ schedule_type: 'Cron', schedule: '60 0 1 * * *' }), 'FSS.1109'],
    ['Sunday as 7', timer({ schedule_type: 'Cron', schedule: '0 0 1 * * 7' }), 'FSS.1109'],
    ['a path without slash', apig({ path: 'backup' }), 'FSS.1107'],
    ['a gateway timeout of 61 s', apig({ func_info: { timeout: 60_001 } }), 'FSS.1107'],
    ['no API group', apig({ group_id: undefined }), 'FSS.1107'],
    [
      'a dedicated gateway without auth',
      { ...apig({ auth: undefined }), trigger_type_code: 'DEDICATEDGATEWAY' },
      'FSS.1417',
    ],
    ['a disabled API', { ...apig(), trigger_status: 'DISABLED' }, 'FSS.0400'],
    ['CTS without a name', cts({ name: '' }), 'FSS.1312'],
    ['CTS with a dash in its name', cts({ name: 'my-phones' }), 'FSS.0400'],
    ['CTS with a long name', cts({ name: 'x'.repeat(65) }), 'FSS.1317'],
    ['CTS without operations', cts({ operations: [] }), 'FSS.1314'],
    ['CTS with one operation twice', cts({ operations: ['A:b:c', 'A:b:d;c'] }), 'FSS.1316'],
    ['CTS with a malformed operation', cts({ operations: ['CPH:phone'] }), 'FSS.1318'],
    [
      'CTS with 11 operations of a service',
      cts({ operations: [`A:b:${'abcdefghijk'.split('').join(';')}`] }),
      'FSS.1313',
    ],
    ['SMN without a topic', { trigger_type_code: 'SMN', event_data: {} }, 'FSS.1102'],
    [
      'a topic that is not there',
      { trigger_type_code: 'SMN', event_data: { topic_urn: 'urn:smn:x' } },
      'FSS.1171',
    ],
    [
      'a bucket that is not there',
      { trigger_type_code: 'OBS', event_data: { bucket: 'none', events: ['s3:ObjectCreated:*'] } },
      'FSS.1151',
    ],
    [
      'OBS events without s3:',
      { trigger_type_code: 'OBS', event_data: { bucket: 'b', events: ['ObjectCreated:Put'] } },
      'FSS.1106',
    ],
  ])('refuse %s', async (_, body, code) => {
    const { add, call, urn } = await created();
    expect((await add(body)).body.error_code).toBe(code);
    expect((await call('GET', `/triggers/${urn()}`)).body).toEqual([]);
  });

  it.each([
    ['Rate', '30d'],
    ['Cron', '0 30 2 * * *'],
    ['Cron', '0 30 2 ? * Mon-Fri'],
    ['Cron', '*/10 0,30 2-4 1 Jan,Feb'],
    ['Cron', 'CRON_TZ=Europe/Berlin 0 0 12 * * *'],
    ['Cron', '@every 2h30m'],
    ['Cron', '@every 1.5h'],
  ])('take the schedule %s %s', async (schedule_type, schedule) => {
    const { add } = await created();
    expect((await add(timer({ schedule_type, schedule }))).status).toBe(201);
  });

  it('refuse what is there already', async () => {
    const { add, cloud, create, call, urn } = await created();
    const topic = { trigger_type_code: 'SMN', event_data: { topic_urn: cloud.topicUrn } };
    const obs = {
      trigger_type_code: 'OBS',
      event_data: { bucket: cloud.bucket, events: ['s3:ObjectCreated:*'], prefix: 'a/' },
    };
    for (const body of [timer(), apig(), cts(), topic, obs]) {
      expect((await add(body)).status).toBe(201);
    }
    const codes = [];
    for (const body of [timer(), apig({ name: 'second' }), cts(), topic, obs]) {
      codes.push((await add(body)).body.error_code);
    }
    expect(codes).toEqual(['FSS.1148', 'FSS.1147', 'FSS.1307', 'FSS.1141', 'FSS.1108']);
    await create({ func_name: 'second' });
    expect((await call('POST', `/triggers/${urn('second')}`, timer())).status).toBe(201);
  });

  it('are ten at most', async () => {
    const { add } = await created();
    for (let i = 0; i < 10; i += 1) expect((await add(timer({ name: `t${i}` }))).status).toBe(201);
    expect((await add(timer({ name: 'last' }))).body.error_code).toBe('FSS.1306');
  });
});
