import { describe, expect, it } from 'vitest';
import { desiredFunction } from '../../../../deploy/plugin/desired/desired-function.js';
import { definitions, provider, TOPIC, desired } from '../serverless-yml.ts';

describe('desiredFunction', () => {
  it('gives drive the default number of instances, no retries, a maximum event age of one minute and a timer', () => {
    expect(desired()).toMatchObject({
      name: 'phonevault-test-drive',
      urn: 'urn:fss:cn-north-4:p1:function:default:phonevault-test-drive',
      maxInstances: 400,
      timeout: 60,
      async: { retries: 0, maxAge: 60, failureTopicUrn: `${TOPIC}-operators` },
      triggers: [
        { type: 'TIMER', status: 'ACTIVE', data: { schedule_type: 'Rate', schedule: '1m' } },
      ],
    });
  });

  it('passes the URN of drive to the other functions only', () => {
    const all = Object.entries(definitions()).map(([key, definition]) =>
      desiredFunction({ service: 'phonevault', stage: 'test', provider, key, definition }),
    );
    const urns = Object.fromEntries(
      all.map((one) => [one.key, one.userData['PHONEVAULT_DRIVE_URN']]),
    );
    const urn = 'urn:fss:cn-north-4:p1:function:default:phonevault-test-drive';
    expect(urns).toEqual({ schedule: urn, http: urn, event: urn, drive: undefined });
  });

  it('omits empty settings, and triggers with an empty condition', () => {
    const environment = { ...provider.environment, PHONEVAULT_PREFIX: '' };
    const { http } = definitions();
    const none = desired(http, { key: 'http', provider: { ...provider, environment } });
    expect(none.userData).not.toHaveProperty('PHONEVAULT_PREFIX');
    expect(none.triggers).toEqual([]);
    const { http: open } = definitions({ apiGroup: 'g1', stage: 'eu-prod' });
    expect(desired(open, { key: 'http' }).triggers).toMatchObject([
      {
        type: 'APIG',
        data: {
          name: expect.stringMatching(/^phonevault_eu_prod_pv[0-9a-f]{8}$/) as string,
          group_id: 'g1',
          func_info: { timeout: 60_000 },
        },
      },
    ]);
  });

  it('renames a trigger if one of its fields changes, and only then', () => {
    const timer = (eventData: Record<string, unknown>) =>
      desired({ events: [{ triggerTypeCode: 'TIMER', eventData }] }).triggers[0]?.data['name'];
    const first = timer({ name: 'a', scheduleType: 'Rate', schedule: '1m' });
    expect(timer({ schedule: '1m', scheduleType: 'Rate', name: 'a' })).toBe(first);
    expect(timer({ name: 'a', scheduleType: 'Rate', schedule: '2m' })).not.toBe(first);
    expect(timer({ name: 'a', scheduleType: 'Rate', schedule: '1m', userEvent: 'x' })).not.toBe(
      first,
    );
  });

  const many = (count: number, size = 1) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`S${i}`, 'x'.repeat(size)]));

  it.each([
    ['name_invalid', {}, { stage: 'a'.repeat(50) }],
    ['too_many_settings', { environment: many(19) }, {}],
    ['settings_too_long', { environment: many(10, 500) }, {}],
    ['setting_name_invalid', { environment: { '1st': 'x' } }, {}],
    ['setting_duplicate', { encryptedEnvironment: { PHONEVAULT_BUCKET: 'x' } }, {}],
    ['same_topic', {}, { provider: { ...provider, failureTopicUrn: TOPIC } }],
    [
      'cannot_disable',
      {
        events: [
          {
            triggerTypeCode: 'CTS',
            status: 'DISABLED' as const,
            eventData: { name: 'x', operations: ['CPH:phone:createCloudPhone'] },
          },
        ],
      },
      {},
    ],
  ])('rejects with %s what FunctionGraph would reject', (code, definition, more) => {
    expect(() => desired(definition, more)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
