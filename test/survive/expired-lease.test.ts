import { describe, expect, it } from 'vitest';
import { type PausedDrive, startPausedDrive } from './support/paused-drive.ts';
import { type Night, night, NIGHTLY } from '../../testing/night.ts';
import { shortNight } from './support/scripts.ts';
import { countsOf, violations } from './support/invariants.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

const MINUTE = 60_000;

/** Steps a drive until such a call waits. */
async function until(drive: PausedDrive, method: string, path: RegExp): Promise<void> {
  for (;;) {
    const next = drive.next();
    if (next === undefined) throw new Error(`the drive ended without ${method} ${String(path)}`);
    if (next.method === method && path.test(new URL(next.url).pathname)) return;
    await drive.step();
  }
}

/** Drives minute by minute until nothing is open, and again after the last job has ended. */
async function finish(world: Night): Promise<void> {
  for (const wait of [0, 120 * MINUTE]) {
    world.clock.move(wait);
    await world.cloud.advance();
    do await world.minute();
    while ((await world.cloud.backend.list(world.cloud.bucket, 'phonevault/open/')).length > 0);
  }
}

/** One phone whose jobs take 18 minutes, longer than a lost response is watched; the first response is lost. */
async function slowNight(): Promise<Night> {
  const world = await night({
    phones: 1,
    servers: 1,
    seed: 5,
    conditionalPut: 'honoured',
    switches: { busyPhones: 'allow' },
    timings: { exportBase: 18 * MINUTE, dataBytes: [1, 2] },
  });
  const fault = { service: 'cph', operation: 'batch-storage', times: 1 } as const;
  world.cloud.control.addFault({ ...fault, kind: 'drop_answer' });
  await world.putPolicy(NIGHTLY);
  await world.requestRun();
  return world;
}

useLightS3();

describe('a drive whose lease expires in the middle of a call', () => {
  it('writes no report for a run whose exports another drive has sent', async () => {
    const world = await slowNight();
    const first = await startPausedDrive(world);
    await until(first, 'HEAD', /\.tar$/);
    await until(first, 'GET', /^\/$/);
    const resume = await first.holdResponse();
    for (let minute = 0; minute < 20; minute += 1) await world.minute();
    await resume();
    await first.step(1_000);
    await finish(world);
    expect(await violations(world)).toEqual([]);
  });

  it('deletes no archive that another drive has verified', async () => {
    const world = await slowNight();
    const first = await startPausedDrive(world);
    await until(first, 'HEAD', /\.tar$/);
    await until(first, 'GET', /^\/$/);
    const resume = await first.holdResponse();
    for (let minute = 0; minute < 33; minute += 1) await world.minute();
    // The other drive has verified the archive of a second attempt, and is killed while it deletes that of the first.
    const other = await startPausedDrive(world);
    await until(other, 'DELETE', /-1\.tar$/);
    const deliver = other.kill();
    await resume();
    await first.step(1_000);
    world.clock.move(2 * MINUTE);
    await world.minute();
    await deliver();
    await finish(world);
    expect(await violations(world)).toEqual([]);
  });

  it('does not notify again what another drive has published', async () => {
    const { world } = await shortNight('honoured');
    const first = await startPausedDrive(world);
    await until(first, 'PUT', /report\.json$/);
    world.clock.move(2 * MINUTE);
    await world.drive();
    await first.step(1_000);
    await finish(world);
    expect(await violations(world)).toEqual([]);
  });
});

describe('a run that has its report', () => {
  it('is closed as reported, whatever its log says later', async () => {
    const { world, runId } = await shortNight('honoured');
    const killed = await startPausedDrive(world);
    await until(killed, 'POST', /publish$/);
    killed.kill();
    // A late entry of another drive verifies the archive of the first attempt; the report has the second.
    const archives = await world.cloud.backend.list(world.cloud.bucket, 'nightly/');
    const second = archives.find(({ key }) => key.endsWith('-2.tar'));
    const [, phone_id = ''] = /([0-9a-f]{32})-2\.tar$/.exec(second?.key ?? '') ?? [];
    const events = [
      { type: 'verified', at: 1, phone_id, attempt: 1, size: 4_096, etag: 'e'.repeat(32) },
    ];
    const { store } = world.invocation().deps;
    const entry = JSON.stringify({ version: 1, events });
    await store.put(`runs/${runId}/log/0000000001-dead-00001.json`, entry);
    world.clock.move(2 * MINUTE);
    await finish(world);
    expect(await violations(world)).toEqual([]);
  });
});

describe('a closed run', () => {
  it('is not started again when its request, its cancel request or an entry of its log arrives late', async () => {
    const { world, runId } = await shortNight('honoured');
    const { store } = world.invocation().deps;
    const request = (await store.get(`open/${runId}.json`))?.body ?? '';
    await world.settle(runId);
    const before = { exports: world.exports.length, counts: await countsOf(world) };
    const [phone] = await world.cloud.control.phones();
    const intent = {
      ...{ type: 'intent', at: world.clock.now(), window: 'dead-1' },
      attempts: [
        { phone_id: phone?.phone_id, attempt: 1 },
        { phone_id: phone?.phone_id, attempt: 7 },
      ],
    };
    await store.put(
      `runs/${runId}/log/0000000001-dead-00001.json`,
      JSON.stringify({ version: 1, events: [intent] }),
    );
    for (const [key, body] of [
      [`open/${runId}.json`, request],
      [`open/cancel/${runId}.json`, '{}'],
    ] as const) {
      await store.put(key, body);
      world.clock.move(MINUTE);
      await finish(world);
    }
    expect(await violations(world)).toEqual([]);
    expect({ exports: world.exports.length, counts: await countsOf(world) }).toEqual(before);
  });
});

describe('an export whose response was lost', () => {
  it('is recorded even when its archive lands after the report', async () => {
    const world = await slowNight();
    world.cloud.control.clearFaults();
    const killed = await startPausedDrive(world);
    await until(killed, 'POST', /batch-storage$/);
    const deliver = killed.kill();
    for (let minute = 0; minute < 60; minute += 1) await world.minute();
    await deliver();
    await finish(world);
    expect(await violations(world)).toEqual([]);
    const { store } = world.invocation().deps;
    expect(await store.list('runs/')).toContainEqual(
      expect.objectContaining({ key: expect.stringMatching(/^runs\/[^/]+\/late\//) as string }),
    );
  });
});
