import { describe, expect, it } from 'vitest';
import { hasCode } from '../../../lib/errors.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { drive, driveWindow } from '../../../lib/run/drive/drive.ts';
import { CORRUPTIONS } from '../../../local/faults/corrupt-response.ts';
import type { Fault } from '../../../local/faults/fault.ts';
import { drawMix } from './draw-mix.ts';
import { night, type Night, NIGHTLY } from '../../../testing/night.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';
import { violationsOf } from './check-mix.ts';
import { type Service, NETWORK_FAULTS, type NetworkFault } from './network-faults.ts';
import { playMix } from './play-mix.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const UNTIL = 8;
const SERVICES: Service[] = ['cph', 'obs', 'smn'];
const EXPORTS = { service: 'cph', operation: 'batch-storage' } as const;

type CallFault = Omit<Fault, 'service'>;

const onCalls: [string, CallFault][] = [
  ['throttles', { kind: 'throttle' }],
  ['asks to slow down', { kind: 'error', status: 503, code: 'SlowDown' }],
  ['fails with 500', { kind: 'error', status: 500 }],
  ['fails after the work was done', { kind: 'error', status: 504, carried_out: true }],
  ['returns an undocumented status', { kind: 'error', status: 418 }],
  ['cuts the connection before the response', { kind: 'drop_answer' }],
  ['cuts the connection before the work', { kind: 'drop_request' }],
  ['hangs', { kind: 'hang' }],
  ['returns garbage', { kind: 'garbage' }],
  ...CORRUPTIONS.map((form): [string, CallFault] => [
    `returns a corrupt response: ${form}`,
    { kind: 'corrupt_response', form },
  ]),
];

const onPhones: [string, Fault][] = [
  ['jobs vanish', { ...EXPORTS, kind: 'job_vanishes' }],
  ['jobs never end', { ...EXPORTS, kind: 'never_ends' }],
  ['jobs succeed without an object', { ...EXPORTS, kind: 'missing_object' }],
  ['jobs fail', { ...EXPORTS, kind: 'job_failed', code: 'CPS.0102' }],
  ['items are refused', { ...EXPORTS, kind: 'item_error', code: 'CPS.0165' }],
];

/** Plays a night in which one fault meets half of the calls, and returns what it violates. */
async function violationsUnder(seed: number, fault: { fault: Fault } | { network: NetworkFault }) {
  const timed = { from: 0, until: UNTIL, ...fault };
  return violationsOf(await playMix({ ...drawMix(seed), faults: [timed], kills: 0, cold: 0 }));
}

describe.each(SERVICES)('every invariant holds while %s', (service) => {
  if (service !== 'obs') useLightS3();

  it.each(onCalls)('%s', async (_, fault) => {
    expect(await violationsUnder(1, { fault: { service, rate: 0.5, ...fault } })).toEqual([]);
  });

  it.each(NETWORK_FAULTS)('is behind a network with the fault %s', async (kind) => {
    expect(await violationsUnder(2, { network: { kind, service, rate: 0.5 } })).toEqual([]);
  });
});

describe('every invariant holds while', () => {
  useLightS3();

  it.each(onPhones)('%s', async (_, fault) => {
    expect(await violationsUnder(1, { fault: { ...fault, rate: 0.5 } })).toEqual([]);
  });
});

/** Drives each minute until the run is settled, with another token or a clock that is `off` ms wrong. */
async function settleWith(
  world: Night,
  runId: string,
  { token, off = 0 }: { token?: string; off?: number },
) {
  const context = token === undefined ? {} : { getToken: () => token };
  const { clock } = world;
  const own = { now: () => clock.now() + off, sleep: clock.sleep };
  const { store } = world.invocation().deps;
  for (let minute = 0; minute < 180; minute += 1) {
    const next = clock.now() + MINUTE;
    const { deps, timeLeft, holder } = world.invocation(context, world.send, own);
    await drive(deps, { ...driveWindow(own.now(), timeLeft()), holder });
    const report = await readReport(store, runId);
    if (report !== undefined) return { report };
    clock.move(Math.max(0, next - clock.now()));
  }
  throw new Error('the run is not settled after three hours');
}

describe('a run', () => {
  it.each([
    [20 * MINUTE, '20 min ahead'],
    [-20 * MINUTE, '20 min behind'],
  ])(
    'sends nothing while the clock is %i ms wrong, names the difference, and goes on afterwards',
    async (off, difference) => {
      const world = await night({ phones: 6, servers: 2, seed: 3 });
      await world.putPolicy(NIGHTLY);
      const runId = await world.requestRun();
      const { calls } = world.cloud.control;
      const listed = () =>
        Object.values(calls().obs?.ListObjectsV2 ?? {}).reduce((a, b) => a + b, 0);
      const before = listed();
      const refused: unknown = await settleWith(world, runId, { off }).catch(
        (error: unknown) => error,
      );
      expect(hasCode(refused, 'clock_skew') && refused.message).toContain(difference);
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
    const { report } = await settleWith(world, await world.requestRun(), { token });
    expect(world.clock.now()).toBeGreaterThan(Date.UTC(2026, 0, 1, 18, 30) + DAY);
    expect(report.counts).toMatchObject({ failed: 0, timed_out: 0, cancelled: 0 });
    expect(report.counts.exported).toBeGreaterThan(3);
    expect(await world.cloud.control.messages()).toHaveLength(1);
  });
});
