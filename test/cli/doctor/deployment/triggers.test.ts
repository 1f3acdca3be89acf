import { describe, expect, it } from 'vitest';
import { checkTriggers } from '../../../../cli/doctor/deployment/triggers.ts';
import type { Trigger } from '../../../../lib/cloud/functiongraph-schemas.ts';
import { doctorNight } from '../../support/doctor-night.ts';

type Data = Record<string, string>;
const timer = (data: Data, enabled = true): Trigger => ({
  trigger_type_code: 'TIMER',
  enabled,
  event_data: { name: 't', schedule_type: 'Rate', schedule: '1m', ...data },
});
const named = (user_event: string, more: Data = {}) =>
  timer({
    schedule_type: 'Cron',
    schedule: 'CRON_TZ=Asia/Shanghai 0 30 2 * * *',
    user_event,
    ...more,
  });

const check = (
  name: 'schedule' | 'drive' | 'http' | 'event',
  triggers: Trigger[],
  policies: { policy: string; state: 'active' | 'disabled' }[] | undefined,
) => checkTriggers(async () => triggers, name, { stage: 'prod', policies });

describe('trigger', () => {
  it('passes for every function as serverless.yml deploys it', async () => {
    const cli = await doctorNight();
    const { checks } = await cli.doctor();
    const triggers = checks.filter(({ check: name }) => name === 'trigger');
    expect(triggers.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('fails when a timer is disabled', async () => {
    const cli = await doctorNight();
    const root = `/v2/${cli.night.cloud.projectId}/fgs/triggers/${cli.urn('drive')}`;
    const [found] = (await cli.call('functiongraph', 'GET', root)) as { trigger_id: string }[];
    const path = `${root}/TIMER/${found?.trigger_id}`;
    await cli.call('functiongraph', 'PUT', path, { trigger_status: 'DISABLED' });
    const finding = await cli.finding('trigger', { subject: 'phonevault-prod-drive' });
    expect(finding).toMatchObject({ outcome: 'failed', code: 1 });
    expect(finding.message).toContain('its timer is disabled: every-minute');
  });

  it('skips functions that are not deployed', async () => {
    const cli = await doctorNight({ bare: true });
    const none = await cli.finding('trigger');
    expect(none).toMatchObject({ outcome: 'skipped', message: 'no function is deployed' });
    await cli.deployed();
    await cli.call(
      'functiongraph',
      'DELETE',
      `/v2/${cli.night.cloud.projectId}/fgs/functions/${cli.urn('drive')}`,
    );
    const one = await cli.finding('trigger', { subject: 'phonevault-prod-drive' });
    expect(one).toMatchObject({ outcome: 'skipped', message: 'the function is not deployed' });
  });

  it.each([
    ['drive', [], 'failed', 'it has no timer'],
    ['drive', [timer({ schedule: '5m' })], 'failed', '5m instead of Rate 1m'],
    ['drive', [timer({}, false), timer({})], 'ok', 'every minute'],
    ['schedule', [], 'failed', 'it has no timer'],
    ['schedule', [timer({ schedule: '1h' })], 'warning', '1h instead of Rate 1m'],
    ['schedule', [named('nightly')], 'failed', 'no timer starts weekly'],
    ['schedule', [named('nightly'), named('weekly')], 'ok', '2 timers each start one policy'],
    ['schedule', [timer({}), named('gone')], 'failed', 'names policy gone'],
    [
      'schedule',
      [timer({}), named('nightly', { schedule: '0 30 2 * * *' })],
      'warning',
      'has no CRON_TZ',
    ],
    ['http', [], 'warning', 'nothing calls it'],
    ['event', [timer({})], 'warning', 'nothing calls it'],
  ] as const)('trigger of %s with %o: %s', async (name, triggers, outcome, text) => {
    const policies = ['nightly', 'weekly'].map((policy) => ({ policy, state: 'active' as const }));
    const verdict = await check(name, [...triggers], policies);
    expect(verdict?.outcome).toBe(outcome);
    expect(verdict?.message).toContain(text);
  });

  it('does not fail a timer when the policies could not be read', async () => {
    const verdict = await check('schedule', [timer({}), named('nightly')], undefined);
    expect(verdict?.outcome).toBe('ok');
  });
});
