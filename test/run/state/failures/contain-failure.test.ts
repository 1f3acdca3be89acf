import { describe, expect, it } from 'vitest';
import {
  type ErrorCode,
  LeaseLost,
  PhonevaultError,
  ReadsSpent,
  TimeUp,
} from '../../../../lib/errors.ts';
import { missingObject } from '../../../../lib/ledger/store/object-error.ts';
import { fold } from '../../../../lib/ledger/run/fold.ts';
import { contain, containFailure } from '../../../../lib/run/state/failures/contain-failure.ts';
import type { DriveDeps } from '../../../../lib/run/deps.ts';
import { createMeter } from '../../../../lib/run/meter.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { runScene } from '../../../support/run-scene.ts';
import { openRun, plannedPhone, T0 } from '../../../support/runs.ts';

function scene() {
  const clock = playClock(T0);
  const warnings: unknown[] = [];
  const log = {
    info: () => undefined,
    warn: (event: string, fields: object = {}) => void warnings.push([event, fields]),
    error: () => undefined,
  };
  const unreadable: DriveDeps['unreadable'] = { objects: new Map(), isLost: false, changed: false };
  const deps = { clock, log, meter: createMeter(clock), unreadable };
  return { deps, warnings, run: openRun('nightly-1', [plannedPhone('p')]) };
}

const failing =
  (code: ErrorCode, message = 'it failed') =>
  () =>
    Promise.reject(new PhonevaultError(code, message));

const stepFailed = { type: 'step_failed', at: T0, code: 'service', message: 'it failed' };

describe('containFailure', () => {
  it('returns true for work that succeeds, and records nothing', async () => {
    const { deps, warnings, run } = scene();
    expect(await containFailure(deps, async () => 'done', { run })).toBe(true);
    expect(run).toMatchObject({ retryAt: { step: 0 }, unwritten: { events: [] } });
    expect(warnings).toEqual([]);
  });

  it('records nothing when the time is up: the next drive goes on', async () => {
    const { deps, warnings, run } = scene();
    expect(await containFailure(deps, () => Promise.reject(new TimeUp()), { run })).toBe(false);
    expect(run).toMatchObject({ retryAt: { step: 0 }, unwritten: { events: [] } });
    expect(warnings).toEqual([]);
  });

  it('pauses the run until the reads of CPH allow more, and records nothing', async () => {
    const { deps, warnings, run } = scene();
    const spent = () => Promise.reject(new ReadsSpent(T0 + 9));
    expect(await containFailure(deps, spent, { run })).toBe(false);
    expect(run).toMatchObject({ retryAt: { step: T0 + 9 }, unwritten: { events: [] } });
    expect(warnings).toEqual([]);
    run.retryAt.step = 0;
    await containFailure(deps, spent, { run, pauses: false });
    expect(run.retryAt.step).toBe(0);
  });

  it('counts the calls of the work for its run', async () => {
    const { deps, run } = scene();
    const owners: (string | undefined)[] = [];
    const lookup = async () => void owners.push(deps.meter.runId());
    await containFailure(deps, lookup, { run });
    await containFailure(deps, lookup);
    await deps.meter.during(run, () => containFailure(deps, lookup));
    expect(owners).toEqual(['nightly-1', undefined, 'nightly-1']);
  });

  it('logs and records a failure, and pauses the run', async () => {
    const { deps, warnings, run } = scene();
    expect(await containFailure(deps, failing('service'), { run })).toBe(false);
    expect(warnings).toEqual([
      [
        'step_failed',
        { run: 'nightly-1', policy: 'nightly', code: 'service', message: 'it failed' },
      ],
    ]);
    expect(run.unwritten.events).toEqual([stepFailed]);
    expect(run.retryAt.step).toBe(T0 + 20_000);
    expect(run.unwritten.metrics.throttled_ms).toBe(0);
  });

  it('counts the pause after throttling as throttled time', async () => {
    const { deps, run } = scene();
    await containFailure(deps, failing('throttled'), { run });
    await containFailure(deps, failing('throttled'), { run });
    expect(run.unwritten.metrics.throttled_ms).toBe(40_000);
  });

  it('does not pause the run when `pauses` is false', async () => {
    const { deps, run } = scene();
    expect(await containFailure(deps, failing('throttled'), { run, pauses: false })).toBe(false);
    expect(run).toMatchObject({
      retryAt: { step: 0 },
      unwritten: { metrics: { throttled_ms: 0 } },
    });
    expect(run.unwritten.events).toMatchObject([{ type: 'step_failed', code: 'throttled' }]);
  });

  it('records a repeated failure once, and again after a different one', async () => {
    const { deps, warnings, run } = scene();
    fold(run.state, [{ type: 'step_failed', at: T0 - 2, code: 'service', message: 'before' }]);
    await containFailure(deps, failing('service'), { run });
    expect(run.unwritten.events).toEqual([]);
    expect(warnings).toHaveLength(1);
    fold(run.state, [{ type: 'step_failed', at: T0 - 1, code: 'unreachable', message: 'before' }]);
    await containFailure(deps, failing('service'), { run });
    expect(run.unwritten.events).toEqual([stepFailed]);
  });

  it('records a lasting failure about twice an hour', async () => {
    const { deps, run } = scene();
    for (let minute = 0; minute < 120; minute += 1) {
      await containFailure(deps, failing('service'), { run });
      deps.clock.move(60_000);
    }
    expect(run.unwritten.events).toHaveLength(4);
  });

  it('records the beginning of a long message, and logs all of it', async () => {
    const { deps, warnings, run } = scene();
    await containFailure(deps, failing('service', 'm'.repeat(201)), { run });
    expect(run.unwritten.events).toEqual([{ ...stepFailed, message: 'm'.repeat(200) }]);
    expect(warnings).toMatchObject([['step_failed', { message: 'm'.repeat(201) }]]);
  });

  it('only logs a failure of work without a run', async () => {
    const { deps, warnings } = scene();
    expect(await containFailure(deps, failing('service'))).toBe(false);
    expect(warnings).toEqual([['step_failed', { code: 'service', message: 'it failed' }]]);
  });

  it('lets a run rest for longer each time when an object cannot be read', async () => {
    const { deps, run } = scene();
    const work = () => Promise.reject(missingObject('policies/nightly.yaml'));
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await containFailure(deps, work, { run });
      pauses.push((run.retryAt.step - deps.clock.now()) / 1_000);
    }
    expect(pauses).toEqual([20, 60, 180, 540, 1_620, 1_800]);
  });

  it.each([
    ['a programming error', new TypeError('no function')],
    ['a lost lease', new LeaseLost('another drives')],
    ['refused credentials', new PhonevaultError('credentials_refused', 'refused')],
  ])('lets %s pass through', async (_, error) => {
    const { deps, warnings, run } = scene();
    await expect(containFailure(deps, () => Promise.reject(error), { run })).rejects.toBe(error);
    expect(warnings).toEqual([]);
    expect(run).toMatchObject({ retryAt: { step: 0 }, unwritten: { events: [] } });
    expect(deps.meter.runId()).toBeUndefined();
  });
});

const as = { event: 'slot_delayed', policy: 'nightly' };

describe('contain', () => {
  it('returns nothing for work that succeeds', async () => {
    const { deps, lines } = runScene();
    expect(await contain(deps, as, async () => 1)).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('logs and returns a failure', async () => {
    const { deps, lines } = runScene();
    const error = new PhonevaultError('access_denied', 'no');
    expect(await contain(deps, as, () => Promise.reject(error))).toBe(error);
    const fields = { policy: 'nightly', code: 'access_denied', message: 'no' };
    expect(lines).toEqual([['warn', 'slot_delayed', fields]]);
  });

  it('returns spent reads and does not log them: they are no failure', async () => {
    const { deps, lines } = runScene();
    const error = new ReadsSpent(T0);
    expect(await contain(deps, as, () => Promise.reject(error))).toBe(error);
    expect(lines).toEqual([]);
  });

  it.each([new PhonevaultError('credentials_refused', 'no'), new TypeError('no function')])(
    'throws what concerns every call: %s',
    async (error) => {
      const { deps } = runScene();
      await expect(contain(deps, as, () => Promise.reject(error))).rejects.toBe(error);
    },
  );
});
