import { describe, expect, it } from 'vitest';
import { type Puppet, puppet } from '../support/interleave.ts';
import { type Night, night, NIGHTLY } from '../../testing/night.ts';
import { shortNight } from '../support/scripts.ts';
import { countsOf, unsound } from '../support/invariants.ts';

const MINUTE = 60_000;

/** Steps a drive until it waits with such a call. */
async function until(drive: Puppet, method: string, path: RegExp): Promise<void> {
  for (;;) {
    const next = drive.next();
    if (next === undefined) throw new Error(`it ended without ${method} ${String(path)}`);
    if (next.method === method && path.test(new URL(next.url).pathname)) return;
    await drive.step();
  }
}

/** Drives minute by minute until nothing is open, and lets the jobs that may still run come to their end. */
async function finish(world: Night): Promise<void> {
  for (const wait of [0, 120 * MINUTE]) {
    world.clock.move(wait);
    await world.cloud.advance();
    do await world.minute();
    while ((await world.cloud.backend.list(world.cloud.bucket, 'phonevault/open/')).length > 0);
  }
}

/** One phone whose jobs take 18 minutes, longer than a lost answer is watched; the first answer is lost. */
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
  await world.ask();
  return world;
}

describe('a drive that slept through its lease', () => {
  it('reports nothing for a run that another has sent exports for', async () => {
    const world = await slowNight();
    const sleeper = await puppet(world);
    await until(sleeper, 'HEAD', /\.tar$/);
    await until(sleeper, 'GET', /^\/$/);
    const wake = await sleeper.doze();
    for (let minute = 0; minute < 20; minute += 1) await world.minute();
    await wake();
    await sleeper.step(1_000);
    await finish(world);
    expect(await unsound(world)).toEqual([]);
  });

  it('deletes no archive that another has verified', async () => {
    const world = await slowNight();
    const sleeper = await puppet(world);
    await until(sleeper, 'HEAD', /\.tar$/);
    await until(sleeper, 'GET', /^\/$/);
    const wake = await sleeper.doze();
    for (let minute = 0; minute < 33; minute += 1) await world.minute();
    // The other has the verified archive of a second try, and dies while it deletes that of the first.
    const other = await puppet(world);
    await until(other, 'DELETE', /-1\.tar$/);
    const arrive = other.die();
    await wake();
    await sleeper.step(1_000);
    world.clock.move(2 * MINUTE);
    await world.minute();
    await arrive();
    await finish(world);
    expect(await unsound(world)).toEqual([]);
  });

  it('does not tell again what another has told', async () => {
    const { world } = await shortNight('honoured');
    const sleeper = await puppet(world);
    await until(sleeper, 'PUT', /report\.json$/);
    world.clock.move(2 * MINUTE);
    await world.drive();
    await sleeper.step(1_000);
    await finish(world);
    expect(await unsound(world)).toEqual([]);
  });
});

describe('a run that has its report', () => {
  it('is closed as it was reported, whatever its log tells later', async () => {
    const { world, runId } = await shortNight('honoured');
    const killed = await puppet(world);
    await until(killed, 'POST', /publish$/);
    killed.die();
    // An entry of another drive that arrives late tells of an archive of the first try; the second is in the report.
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
    expect(await unsound(world)).toEqual([]);
  });
});

describe('a run that is closed', () => {
  it('is not begun again when its request, a wish to cancel it or an entry of its log arrives late', async () => {
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
    expect(await unsound(world)).toEqual([]);
    expect({ exports: world.exports.length, counts: await countsOf(world) }).toEqual(before);
  });
});

describe('an export whose answer was lost', () => {
  it('is known even when it lands after the report', async () => {
    const world = await slowNight();
    world.cloud.control.clearFaults();
    const killed = await puppet(world);
    await until(killed, 'POST', /batch-storage$/);
    const arrive = killed.die();
    for (let minute = 0; minute < 60; minute += 1) await world.minute();
    await arrive();
    await finish(world);
    expect(await unsound(world)).toEqual([]);
    const { store } = world.invocation().deps;
    expect(await store.list('runs/')).toContainEqual(
      expect.objectContaining({ key: expect.stringMatching(/^runs\/[^/]+\/late\//) as string }),
    );
  });
});
