import { describe, expect, it } from 'vitest';
import { doctorNight, type DoctorNight } from '../../support/doctor-night.ts';

const subscribe = ({ call, night }: DoctorNight, protocol: string) =>
  call(
    'smn',
    'POST',
    `/v2/${night.cloud.projectId}/notifications/topics/${night.cloud.topicUrn}/subscriptions`,
    { protocol, endpoint: 'who@example.com' },
  );

describe('topic', () => {
  it('passes with a confirmed subscription', async () => {
    const cli = await doctorNight();
    expect(await cli.finding('topic')).toMatchObject({
      outcome: 'ok',
      message: 'exists; 1 subscription, confirmed by functionstage',
    });
  });

  it('fails when the topic is missing', async () => {
    const PHONEVAULT_TOPIC_URN = 'urn:smn:cn-north-4:p1:gone';
    const cli = await doctorNight({ bare: true, env: { PHONEVAULT_TOPIC_URN } });
    const { outcome, message, code } = await cli.finding('topic');
    expect({ outcome, code }).toEqual({ outcome: 'failed', code: 1 });
    expect(message).toContain(PHONEVAULT_TOPIC_URN);
  });

  it('warns without a subscription, or without a confirmed one', async () => {
    const cli = await doctorNight({ bare: true });
    expect((await cli.finding('topic')).message).toContain('it has no subscription');
    await subscribe(cli, 'email');
    const { outcome, message } = await cli.finding('topic');
    expect(outcome).toBe('warning');
    expect(message).toContain('1 subscription, none confirmed');
  });

  it('passes when there is no permission to read subscriptions', async () => {
    const cli = await doctorNight();
    const denied = { kind: 'error', status: 403, code: 'SMN.00308' } as const;
    cli.night.cloud.control.addFault({
      service: 'smn',
      operation: 'list-subscriptions',
      ...denied,
    });
    const { outcome, message } = await cli.finding('topic');
    expect(outcome).toBe('ok');
    expect(message).toContain('no permission to read');
  });

  it('warns when the environment names no topic', async () => {
    const cli = await doctorNight({ bare: true, env: { PHONEVAULT_TOPIC_URN: '' } });
    expect((await cli.finding('topic')).outcome).toBe('warning');
  });
});
