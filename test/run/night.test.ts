import { describe, expect, it } from 'vitest';
import { night, NIGHTLY } from '../../testing/night.ts';

describe('a night', () => {
  it('turns a policy into verified archives and one notification', async () => {
    const { cloud, putPolicy, ask, settle } = await night({ phones: 60, servers: 3 });
    await putPolicy(NIGHTLY);

    const runId = await ask();
    const { report, phones } = await settle(runId);

    expect(report.counts.selected).toBe(60);
    expect(report.counts.exported).toBeGreaterThan(40);
    for (const phone of phones) {
      if (phone.outcome !== 'exported') continue;
      const stat = await cloud.backend.stat(phone.bucket ?? '', phone.key ?? '');
      expect(stat?.etag).toBe(phone.etag);
      expect(stat?.size).toBe(phone.size);
    }
  });
});
