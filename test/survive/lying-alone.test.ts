import { describe, expect, it } from 'vitest';
import { hasCode } from '../../lib/errors.ts';
import { readReport } from '../../lib/ledger/run/report.ts';
import { drive, driveWindow } from '../../lib/run/drive/drive.ts';
import { CORRUPTIONS } from '../../local/faults/corrupt-response.ts';
import type { Fault } from '../../local/faults/fault.ts';
import { drawMix } from '../support/mixes.ts';
import { night, type Night, NIGHTLY } from '../../testing/night.ts';
import { faultsOf, playMix } from '../support/play-mix.ts';
import { type Service, WIRE_KINDS, type WireLie } from '../support/wire.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const UNTIL = 8;
const SERVICES: Service[] = ['cph', 'obs', 'smn'];
const EXPORTS = { service: 'cph', operation: 'batch-storage' } as const;

type Amiss = Omit<Fault, 'service'>;

const onCalls: [string, Amiss][] = [
  ['throttled', { kind: 'throttle' }],
  ['told to slow down', { kind: 'error', status: 503, code: 'SlowDown' }],
  ['failing with 500', { kind: 'error', status: 500 }],
  ['failing after the work was done', { kind: 'error', status: 504, carried_out: true }],
  ['answering with a status that nobody documents', { kind: 'error', status: 418 }],
  ['cut before the answer', { kind: 'drop_answer' }],
  ['cut before the work', { kind: 'drop_request' }],
  ['hanging', { kind: 'hang' }],
  ['answering in no language', { kind: 'garbage' }],
  ...CORRUPTIONS.map((form): [string, Amiss] => [
    `corrupt response: ${form}`,
    { kind: 'corrupt_response', form },
  ]),
];

const onPhones: [string, Fault][] = [
  ['jobs that vanish', { ...EXPORTS, kind: 'job_vanishes' }],
  ['jobs that never end', { ...EXPORTS, kind: 'never_ends' }],
  ['success without an object', { ...EXPORTS, kind: 'missing_object' }],
  ['jobs that fail', { ...EXPORTS, kind: 'job_failed', code: 'CPS.0102' }],
  ['items that are refused', { ...EXPORTS, kind: 'item_error', code: 'CPS.0165' }],
];

/** What is wrong at the end of a night in which nothing but this is amiss, half of the time. */
async function wrongWith(seed: number, lie: { fault: Fault } | { wire: WireLie }) {
  const told = { from: 0, until: UNTIL, ...lie };
  return faultsOf(await playMix({ ...drawMix(seed), lies: [told], kills: 0, cold: 0 }));
}

describe.each(SERVICES)('a night in which %s does nothing amiss but being', (service) => {
  it.each(onCalls)('%s', async (_, fault) => {
    expect(await wrongWith(1, { fault: { service, rate: 0.5, ...fault } })).toEqual([]);
  });

  it.each(WIRE_KINDS)('behind a network with the fault %s', async (kind) => {
    expect(await wrongWith(2, { wire: { kind, service, rate: 0.5 } })).toEqual([]);
  });
});

describe('a night in which nothing is amiss but', () => {
  it.each(onPhones)('%s', async (_, fault) => {
    expect(await wrongWith(1, { fault: { ...fault, rate: 0.5 } })).toEqual([]);
  });
});

/** Drives each minute, with what `context` says of the credentials and a clock of `off` ms, until the run is settled. */
async function settleWith(
  world: Night,
  runId: string,
  { token, off = 0 }: { token?: string; off?: number },
) {
  const context = token === undefined ? {} : { getToken: () => token };
  const { clock } = world;
  const own = { now: () => clock.now() + off, sleep: (ms: number) => clock.sleep(ms) };
  const { store } = world.invocation().deps;
  for (let minute = 0; minute < 180; minute += 1) {
    const next = clock.now() + MINUTE;
    const { deps, timeLeft, holder } = world.invocation(context, world.send, own);
    await drive(deps, { ...driveWindow(own.now(), timeLeft()), holder });
    const report = await readReport(store, runId);
    if (report !== undefined) return { report };
    clock.move(Math.max(0, next - clock.now()));
  }
  throw new Error('never settled');
}

describe('a run', () => {
  it.each([
    [20 * MINUTE, '20 min ahead'],
    [-20 * MINUTE, '20 min behind'],
  ])(
    'a clock that is %i ms off does nothing, says so, and goes on once it is right',
    async (off, told) => {
      const world = await night({ phones: 6, servers: 2, seed: 3 });
      await world.putPolicy(NIGHTLY);
      const runId = await world.ask();
      const { calls } = world.cloud.control;
      const listed = () =>
        Object.values(calls().obs?.ListObjectsV2 ?? {}).reduce((a, b) => a + b, 0);
      const before = listed();
      const refused: unknown = await settleWith(world, runId, { off }).catch(
        (error: unknown) => error,
      );
      expect(hasCode(refused, 'clock_skew') && refused.message).toContain(told);
      expect(listed() - before).toBe(1);
      expect(world.exports).toEqual([]);
      const { report } = await settleWith(world, runId, {});
      expect(report.counts).toMatchObject({ failed: 0, timed_out: 0, cancelled: 0 });
      expect(report.counts.exported).toBeGreaterThan(3);
    },
  );

  it('outlives its token', async () => {
    const world = await night({
      ...{ phones: 6, servers: 2, seed: 3 },
      timings: { exportBase: 3 * MINUTE },
    });
    await world.putPolicy(NIGHTLY);
    const { token } = world.cloud.credentials;
    world.clock.move(DAY - 90_000);
    const { report } = await settleWith(world, await world.ask(), { token });
    expect(world.clock.now()).toBeGreaterThan(Date.UTC(2026, 0, 1, 18, 30) + DAY);
    expect(report.counts).toMatchObject({ failed: 0, timed_out: 0, cancelled: 0 });
    expect(report.counts.exported).toBeGreaterThan(3);
    expect(await world.cloud.control.messages()).toHaveLength(1);
  });
});
