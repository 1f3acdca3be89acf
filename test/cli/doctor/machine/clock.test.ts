import { describe, expect, it } from 'vitest';
import { judgeClock } from '../../../../cli/doctor/machine/clock.ts';
import { doctorNight } from '../../support/doctor-night.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 700);
const response = (date: string | undefined, sentAt: number, receivedAt = sentAt) => [
  {
    service: 'cph',
    url: 'https://cph',
    response: { kind: 'received', sentAt, receivedAt, date },
  } as const,
];
const serverDate = new Date(NOW).toUTCString();

describe('clock', () => {
  it("passes when the clock equals the services' clocks", async () => {
    const cli = await doctorNight({ bare: true });
    expect(await cli.finding('clock')).toMatchObject({ outcome: 'ok' });
  });

  it('fails when the clock is off by more than signatures allow, and so do the credentials', async () => {
    const cli = await doctorNight({ bare: true });
    const { now } = cli.io.clock;
    cli.io.clock = { ...cli.io.clock, now: () => now() + 20 * MINUTE };
    const { code, checks } = await cli.doctor();
    const named = (name: string) => checks.find(({ check }) => check === name);
    expect(code).toBe(1);
    expect(named('clock')).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^(?:19 min 59 s|20 min) ahead of/) as string,
      fix: expect.stringContaining('NTP') as string,
    });
    expect(named('credentials')?.message).toContain("our clock is 20 min ahead of the service's");
  });

  it.each([
    [0, 'ok'],
    [-30_000, 'ok'],
    [2 * MINUTE, 'warning'],
    [-2 * MINUTE, 'warning'],
    [-16 * MINUTE, 'failed'],
  ])('a clock that is off by %i ms: %s', (off, outcome) => {
    expect(judgeClock(response(serverDate, NOW + off)).outcome).toBe(outcome);
  });

  it('does not take a slow response for a wrong clock', () => {
    expect(judgeClock(response(serverDate, NOW - 5 * MINUTE, NOW + 5 * MINUTE)).outcome).toBe('ok');
  });

  it('is unknown when no service sends its time', () => {
    expect(judgeClock(response(undefined, NOW)).outcome).toBe('unknown');
    expect(judgeClock(response('soon', NOW)).outcome).toBe('unknown');
  });
});
