import { afterEach, describe, expect, it } from 'vitest';
import { manualClock, START } from '../../support/clock.ts';
import { fixture, zipOf } from '../../support/functiongraph.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function listening() {
  const clock = manualClock();
  const made = await fixture({ clock });
  const { cloud, create, call, urn } = made;
  stops.push(() => cloud.functiongraph.stop());
  const code = 'exports.handler = async (event) => console.log("event " + JSON.stringify(event));';
  await create({ func_code: { file: zipOf({ 'index.js': code }) } });
  const add = (trigger_type_code: string, event_data: object) =>
    call('POST', `/triggers/${urn()}`, { trigger_type_code, event_data });
  const events = () =>
    cloud.functiongraph
      .logs('backup')
      .filter((line) => line.startsWith('event '))
      .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
  const come = (count: number) =>
    expect.poll(() => events().length, { timeout: 10_000, interval: 10 }).toBe(count);
  const pass = async (ms: number) => {
    clock.move(ms);
    await cloud.advance();
  };
  return { ...made, add, events, come, pass, clock };
}

describe('triggers that fire', () => {
  it('a timer, at its planned times, with its text', async () => {
    const { add, events, come, pass } = await listening();
    await add('TIMER', {
      name: 'nightly',
      schedule_type: 'Cron',
      schedule: 'CRON_TZ=UTC 0 31 2 * * *',
      user_event: '{"policy":"nightly"}',
    });
    await pass(59_000);
    expect(events()).toEqual([]);
    await pass(5_500);
    await come(1);
    expect(new Date(START).toISOString()).toBe('2026-01-02T02:30:00.000Z');
    expect(events()[0]).toEqual({
      version: 'v1.0',
      time: '2026-01-02T10:31:00+08:00',
      trigger_type: 'TIMER',
      trigger_name: 'nightly',
      user_event: '{"policy":"nightly"}',
    });
    await pass(86_400_000);
    await come(2);
    expect(events()[1]?.['time']).toBe('2026-01-03T10:31:00+08:00');
  });

  it('a timer not while it rests or is gone', async () => {
    const { add, events, come, pass, call, urn } = await listening();
    const { body } = await add('TIMER', { name: 'm', schedule_type: 'Rate', schedule: '1m' });
    const path = `/triggers/${urn()}/TIMER/${String(body.trigger_id)}`;
    await call('PUT', path, { trigger_status: 'DISABLED' });
    await pass(120_000);
    expect(events()).toEqual([]);
    await call('PUT', path, { trigger_status: 'ACTIVE' });
    await pass(60_000);
    await come(1);
    await call('DELETE', path);
    await pass(600_000);
    expect(events()).toHaveLength(1);
  });

  it('every time that has passed, however late somebody looks', async () => {
    const { add, events, come, pass } = await listening();
    await add('TIMER', { name: 'm', schedule_type: 'Rate', schedule: '1m' });
    await pass(180_000);
    await come(3);
    expect(new Set(events().map(({ time }) => time)).size).toBe(3);
  });

  it('a trace of CPH, to those who wait for it', async () => {
    const { add, events, come, pass, cloud } = await listening();
    await add('CTS', { name: 'phones', operations: ['CPH:phone:createCloudPhone'] });
    const [phone] = (await cloud.control.createPhones(1)) ?? [];
    await pass(1_000);
    await come(1);
    expect(events()[0]).toMatchObject({
      cts: { trace_name: 'createCloudPhone', resource_id: phone?.phone_id, service_type: 'CPH' },
    });
  });

  it('no trace that nobody waits for', async () => {
    const { add, events, pass, cloud } = await listening();
    await add('CTS', { name: 'phones', operations: ['CPH:phone:resetCloudPhone'] });
    await cloud.control.createPhones(1);
    await pass(60_000);
    expect(events()).toEqual([]);
  });

  it('a message of a topic', async () => {
    const { add, events, come, cloud, urn } = await listening();
    await add('SMN', { topic_urn: cloud.topicUrn });
    const url = `https://smn.cn-north-4.myhuaweicloud.com/v2/${cloud.projectId}/notifications/topics/${cloud.topicUrn}/publish`;
    const publish = (body: object) =>
      cloud.handle(
        new Request(url, {
          method: 'POST',
          headers: { 'x-auth-token': cloud.credentials.token },
          body: JSON.stringify(body),
        }),
      );
    const sent = await publish({
      subject: 'run done',
      message_structure: JSON.stringify({ default: 'd', functiongraph: '{"kind":"settled"}' }),
    });
    const { message_id } = (await sent.json()) as { message_id: string };
    await publish({
      message: 'for people',
      message_attributes: [{ name: 'to', type: 'PROTOCOL', value: ['email'] }],
    });
    await come(1);
    expect(events()[0]).toMatchObject({
      record: [
        {
          event_version: '1.0',
          event_source: 'smn',
          event_subscription_urn: `${urn()}:latest`,
          smn: {
            topic_urn: cloud.topicUrn,
            message_id,
            type: 'notification',
            subject: 'run done',
            message: '{"kind":"settled"}',
            timestamp: '2026-01-02T02:30:00Z',
          },
        },
      ],
      functionname: 'backup',
      timestamp: 'Fri Jan 02 2026 10:30:00 GMT+0800 (CST)',
    });
  });
});
