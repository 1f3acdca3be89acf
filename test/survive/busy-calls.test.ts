import { describe, expect, it } from 'vitest';
import { night, NIGHTLY } from '../../testing/night.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const MINUTE = 60_000;

/** Twenty phones, and a CPH that refuses every export call with this code for so many minutes. */
async function played(code: string, minutes: number, policy = NIGHTLY) {
  const world = await night({ phones: 20, servers: 2, seed: 3, latencyMs: 20 });
  await world.putPolicy(policy);
  const { control } = world.cloud;
  const call = { service: 'cph', operation: 'batch-storage', kind: 'error' } as const;
  control.addFault({ ...call, status: 400, code });
  const runId = await world.requestRun();
  for (let minute = 0; minute < minutes; minute += 1) await world.minute();
  control.clearFaults();
  const refused = control.calls()['cph']?.['batch-storage']?.refused ?? 0;
  return { ...(await world.settle(runId)), refused };
}

describe('a CPH that refuses all export calls for a while', () => {
  it.each([
    ['CPS.0042', 1],
    ['CPS.0042', 15],
    ['CPS.0339', 5],
  ])('costs no phone and no attempt: %s for %i minutes', async (code, minutes) => {
    const { report, phones, refused } = await played(
      code,
      minutes,
      `${NIGHTLY}retry: { attempts: 1 }\n`,
    );
    expect(report.outcome).toBe('completed');
    expect(report.counts.exported).toBeGreaterThan(15);
    expect(new Set(phones.map(({ attempts }) => attempts))).toEqual(new Set([0, 1]));
    expect(refused).toBeLessThan(2 * minutes + 5);
  });

  it('ends by the deadline, with the code that postponed the calls', async () => {
    const { report, phones } = await played('CPS.0042', 13, NIGHTLY.replace('2h', '10m'));
    const took = Date.parse(report.settled_at) - Date.parse(report.started_at);
    expect(took).toBeLessThan(13 * MINUTE);
    const wanted = phones.filter(({ outcome }) => outcome !== 'skipped');
    const ends = new Set(wanted.map(({ outcome, reason, code }) => `${outcome} ${reason} ${code}`));
    expect(ends).toEqual(new Set(['timed_out deadline CPS.0042']));
  });

  it('fails phones for a code that may mean missing rights well before the deadline', async () => {
    const { report, phones } = await played('CPS.0346', 18);
    const took = Date.parse(report.settled_at) - Date.parse(report.started_at);
    expect(took).toBeLessThan(20 * MINUTE);
    expect(phones.some(({ outcome, code }) => outcome === 'failed' && code === 'CPS.0346')).toBe(
      true,
    );
  });
});
