import { describe, expect, it } from 'vitest';
import { checkEvents } from '../../../../deploy/plugin/desired/check-events.js';
import { definitions } from '../serverless-yml.ts';

const timer = (change: Record<string, unknown> = {}) => ({
  triggerTypeCode: 'TIMER',
  eventData: { name: 'nightly', scheduleType: 'Rate', schedule: '1m', ...change },
});
const cron = (schedule: string) => timer({ scheduleType: 'Cron', schedule });

describe('the events of a function', () => {
  it('are valid in serverless.yml', () => {
    const given = { apiGroup: 'g1', eventTopicUrn: 'urn:smn:cn-north-4:p1:in' };
    for (const [key, { events = [] }] of Object.entries(definitions(given))) {
      expect(() => checkEvents(key, events)).not.toThrow();
    }
  });

  it.each(['0 30 2 * * *', 'CRON_TZ=Asia/Shanghai 0 30 2 * * *', '0 30 2 * *', '@every 1h30m'])(
    'accept the cron expression %s',
    (schedule) => {
      expect(() => checkEvents('schedule', [cron(schedule)])).not.toThrow();
    },
  );

  it.each([
    ['eventData.scheduleType is cron; allowed: Rate, Cron', [timer({ scheduleType: 'cron' })]],
    ['eventData.scheduleType is missing', [timer({ scheduleType: undefined })]],
    ['eventData.schedule is 99m', [timer({ schedule: '99m' })]],
    ['eventData.schedule is 0h', [timer({ schedule: '0h' })]],
    ['eventData.schedule is 30 2 * *', [cron('30 2 * *')]],
    ['eventData.userevent is unknown', [timer({ userevent: 'nightly' })]],
    ['eventData.name must start with a letter', [timer({ name: 'x'.repeat(53) })]],
    ['events[1].eventData is a duplicate', [timer(), timer()]],
    ['eventData.topicUrn is missing', [{ triggerTypeCode: 'SMN', eventData: {} }]],
    ['eventData.groupId is missing', [{ triggerTypeCode: 'APIG', eventData: { name: 'x' } }]],
  ])('are rejected before anything is sent: %s', (message, events) => {
    expect(() => checkEvents('schedule', events)).toThrow(
      expect.objectContaining({
        code: 'trigger_invalid',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
});
