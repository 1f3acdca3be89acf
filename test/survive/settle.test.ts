import { describe, expect, it } from 'vitest';
import { night, NIGHTLY } from '../../testing/night.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

describe('the archive of a failed job', () => {
  const fault = { service: 'cph', operation: 'batch-storage', kind: 'job_failed' } as const;
  const lagging = () =>
    night({
      ...{ phones: 2, servers: 1, seed: 3, listDelayMs: 60_000 },
      switches: { partialObjectRate: 1 },
      timings: { exportBase: 1_000 },
    });

  it('is reported before LIST shows it', async () => {
    const world = await lagging();
    await world.putPolicy(`${NIGHTLY}retry: { attempts: 1 }\n`);
    world.clock.move(60_000);
    world.cloud.control.addFault({ ...fault, code: 'CPS.0102', rate: 1 });
    const { phones } = await world.settle(await world.requestRun());
    const left = await world.cloud.backend.list('phonevault-demo', 'nightly/');
    expect(left).toHaveLength(2);
    const reported = phones.flatMap(({ unconfirmed_archive = [] }) => unconfirmed_archive);
    expect(reported.sort()).toEqual(left.map(({ key }) => key).sort());
  });

  it('is deleted before LIST shows it when a later attempt succeeded', async () => {
    const world = await lagging();
    await world.putPolicy(NIGHTLY);
    world.clock.move(60_000);
    const [phone] = await world.cloud.control.phones();
    const phoneId = phone?.phone_id ?? '';
    world.cloud.control.addFault({ ...fault, code: 'CPS.0102', phones: [phoneId], times: 1 });
    const { report, phones } = await world.settle(await world.requestRun());
    expect(report.outcome).toBe('completed');
    const left = await world.cloud.backend.list('phonevault-demo', 'nightly/');
    expect(left.map(({ key }) => key).sort()).toEqual(phones.map(({ key }) => key).sort());
  });
});
