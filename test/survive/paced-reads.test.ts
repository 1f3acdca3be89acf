import { describe, expect, it } from 'vitest';
import { readReport, type Report } from '../../lib/ledger/run/report.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { requestRun } from '../../lib/run/request/request-run.ts';
import { type Night, night, NIGHTLY } from '../../testing/night.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const READS = ['list-jobs', 'list-phones', 'show-phone', 'tags'];

type Options = Parameters<typeof night>[0];

const named = (name: string, select: string): string =>
  NIGHTLY.replace('name: nightly', `name: ${name}`).replace('{ name: "*" }', select);

/** Drives minute by minute until no run is open. Returns the reports, and how many reads CPH answered and refused. */
async function playOut(world: Night, runIds: string[], minutes: number) {
  const { store } = world.invocation().deps;
  for (let minute = 0; minute < minutes; minute += 1) {
    if ((await store.list(layout.open)).length === 0) break;
    await world.minute();
  }
  const reports = await Promise.all(runIds.map((id) => readReport(store, id)));
  const calls = world.cloud.control.calls().cph ?? {};
  const sum = (result: 'ok' | 'refused'): number =>
    READS.reduce((total, operation) => total + (calls[operation]?.[result] ?? 0), 0);
  return { reports, answered: sum('ok'), refused: sum('refused') };
}

const outcomes = (reports: (Report | undefined)[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const report of reports) {
    const outcome = report?.outcome ?? 'none';
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};

async function policiesNight(policies: number, options: Options) {
  const world = await night({ phones: 600, servers: 12, seed: 5, ...options });
  const phones = await world.cloud.control.phones();
  const running = phones.filter(({ status }) => status === 2).map(({ phone_id }) => phone_id);
  const runIds: string[] = [];
  for (let n = 0; n < policies; n += 1) {
    const ids = running.slice(n * 20, n * 20 + 20);
    await world.putPolicy(named(`night-${n}`, `{ phones: [${ids.join()}] }`), `night-${n}`);
    runIds.push(await world.requestRun(`night-${n}`));
  }
  return { world, runIds };
}

describe('reads that CPH limits', () => {
  it.each([
    [12, 60, 600],
    [6, 71, 600],
    [12, 20, 600],
    [12, 60, 4_000],
  ])(
    'let %i policies of 20 named phones complete at %i reads a minute (%i phones)',
    async (...of) => {
      const [policies, readsPerMinute, phones] = of;
      const { world, runIds } = await policiesNight(policies, {
        phones,
        limits: { readsPerMinute },
      });
      const played = await playOut(world, runIds, 120);
      expect(outcomes(played.reports)).toEqual({ completed: policies });
      expect(played.refused).toBeLessThan(25);
    },
  );

  it('let 110 runs of one phone each complete at 60 reads a minute', async () => {
    const world = await night({
      phones: 600,
      servers: 12,
      seed: 5,
      limits: { readsPerMinute: 60 },
    });
    await world.putPolicy(NIGHTLY);
    const phones = await world.cloud.control.phones();
    const running = phones.filter(({ status }) => status === 2).slice(0, 110);
    const runIds: string[] = [];
    for (const { phone_id } of running) {
      const { deps } = world.invocation();
      const input = { policy: 'nightly', trigger: 'http', phones: [phone_id] } as const;
      runIds.push(
        (await requestRun(deps, { ...input, phones: [phone_id], token: phone_id })).runId,
      );
    }
    const played = await playOut(world, runIds, 240);
    expect(outcomes(played.reports)).toEqual({ completed: running.length });
    expect(played.refused).toBeLessThan(25);
  });
});
