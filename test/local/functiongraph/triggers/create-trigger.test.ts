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
const cts = {
  trigger_type_code: 'CTS',
  event_data: { name: 'phones', operations: ['CPH:phone:createCloudPhone'] },
};
const smn = (topic_urn?: string) => ({ trigger_type_code: 'SMN', event_data: { topic_urn } });
const obs = (bucket: string) => ({
  trigger_type_code: 'OBS',
  event_data: { bucket, events: ['s3:ObjectCreated:*'], prefix: 'a/' },
});

async function created() {
  const made = await fixture();
  await made.create();
  const add = (body: unknown) => made.call('POST', `/triggers/${made.urn()}`, body);
  return { ...made, add };
}

describe('createFunctionTrigger', () => {
  it('returns the trigger with its URL, if it has one', async () => {
    const { add } = await created();
    expect(await add(timer({ user_event: 'e' }))).toMatchObject({
      status: 201,
      body: {
        trigger_type_code: 'TIMER',
        trigger_status: 'ACTIVE',
        event_data: { name: 'minute', schedule: '1m', user_event: 'e' },
      },
    });
    const { event_data } = (await add(apig())).body as { event_data: Record<string, unknown> };
    expect(event_data['sl_domain']).toBe('g1.apic.cn-north-4.huaweicloudapis.com');
    expect(event_data['invoke_url']).toMatch(/^https:.*\/backup$/);
  });

  it.each([
    ['an unknown type', { trigger_type_code: 'KAFKA', event_data: {} }, 'FSS.1101'],
    ['no event_data', { trigger_type_code: 'TIMER' }, 'FSS.0400'],
    ['an invalid timer', timer({ schedule: '61m' }), 'FSS.1109'],
    ['an invalid API', apig({ path: 'backup' }), 'FSS.1107'],
    ['a disabled API', { ...apig(), trigger_status: 'DISABLED' }, 'FSS.0400'],
    ['CTS without a name', { ...cts, event_data: {} }, 'FSS.1312'],
    ['SMN without a topic', smn(), 'FSS.1102'],
    ['an unknown topic', smn('urn:smn:x'), 'FSS.1171'],
    ['an unknown bucket', obs('none'), 'FSS.1151'],
  ])('refuses %s', async (_, body, code) => {
    const { add, call, urn } = await created();
    expect((await add(body)).body.error_code).toBe(code);
    expect((await call('GET', `/triggers/${urn()}`)).body).toEqual([]);
  });

  it('refuses a second trigger for the same thing', async () => {
    const { add, cloud, create, call, urn } = await created();
    const all = [timer(), apig(), cts, smn(cloud.topicUrn), obs(cloud.bucket)];
    for (const body of all) expect((await add(body)).status).toBe(201);
    const codes = [];
    for (const body of all) codes.push((await add(body)).body.error_code);
    codes.push((await add(apig({ path: '/other' }))).body.error_code);
    expect(codes).toEqual(['FSS.1148', 'FSS.1147', 'FSS.1307', 'FSS.1141', 'FSS.1108', 'FSS.1146']);
    await create({ func_name: 'second' });
    expect((await call('POST', `/triggers/${urn('second')}`, timer())).status).toBe(201);
  });

  it('refuses the eleventh trigger of a function', async () => {
    const { add } = await created();
    for (let i = 0; i < 10; i += 1) expect((await add(timer({ name: `t${i}` }))).status).toBe(201);
    expect((await add(timer({ name: 'last' }))).body.error_code).toBe('FSS.1306');
  });
});
