import { describe, expect, it } from 'vitest';
import type { Send } from '../../lib/cloud/request/send.ts';
import { layout } from '../../lib/ledger/store/layout.ts';

import { readReport } from '../../lib/ledger/run/report.ts';
import { drive, driveWindow } from '../../lib/run/drive/drive.ts';
import { night, NIGHTLY } from '../../testing/night.ts';
import { catalogued } from '../support/archives.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const EXPORT_MS = 7 * MINUTE;

/**
 * Settles a run whose export calls reach CPH twice: the second response says that all phones are busy with the exports of the
 * first. The deadline has passed when they end. `heads`: HEADs of archives before any can exist.
 */
async function settleDuplicated(phones: number) {
  const world = await night({
    ...{ phones, servers: 1, seed: 3 },
    limits: { exportsPerServer: 32 },
    timings: { exportBase: EXPORT_MS },
  });
  await world.putPolicy(
    `${NIGHTLY.replace('deadline: 2h', 'deadline: 5m')}max_in_flight_per_server: 32\n`,
  );
  let heads = 0;
  const started = world.clock.now();
  const send: Send = async (request) => {
    // From when the run has settled until its exports end.
    const age = world.clock.now() - started;
    const isWatched = age > 6 * MINUTE && age < EXPORT_MS;
    if (isWatched && request.method === 'HEAD' && request.url.endsWith('.tar')) heads += 1;
    if (request.url.endsWith('/batch-storage')) await world.send(request);
    return world.send(request);
  };
  const runId = await world.requestRun();
  for (let minute = 0; minute < 150; minute += 1) {
    const next = world.clock.now() + MINUTE;
    const { deps, timeLeft, holder } = world.invocation({}, send);
    await drive(deps, { ...driveWindow(world.clock.now(), timeLeft()), holder });
    world.clock.move(Math.max(0, next - world.clock.now()));
  }
  const { store } = world.invocation().deps;
  const report = await readReport(store, runId);
  const bucket = await world.cloud.backend.list(world.cloud.bucket, 'nightly/');
  const recorded = await store.list(`${layout.run(runId)}late/`);
  return { report, archives: bucket.map(({ key }) => key), recorded, store, heads };
}

useLightS3();

describe('exports whose call arrived twice, so that CPH reports their phones as busy', () => {
  it('are recorded and indexed when their archives arrive after the report', async () => {
    const { report, archives, recorded, store, heads } = await settleDuplicated(4);
    expect(heads).toBeGreaterThan(0);
    expect(report?.outcome).toBe('failed');
    expect(archives.length).toBeGreaterThan(2);
    expect(recorded).toHaveLength(archives.length);
    const known = await catalogued(store);
    expect(known.map(({ key }) => key).sort()).toEqual(archives);
    expect(await store.list(layout.open)).toEqual([]);
  });

  it('are looked up by LIST when there are more than 20', async () => {
    const { archives, recorded, heads } = await settleDuplicated(26);
    expect(archives.length).toBeGreaterThan(20);
    expect(recorded).toHaveLength(archives.length);
    expect(heads).toBe(0);
  });
});
