import { describe, expect, it } from 'vitest';
import { LeaseLost, PhonevaultError, TimeUp } from '../../../lib/errors.ts';
import { orGiveUp } from '../../../lib/run/settle/or-give-up.ts';
import { runScene } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

function scene() {
  const made = runScene();
  const run = openRun('nightly-1', [plannedPhone('p')]);
  let calls = 0;
  const fail = (error: Error) =>
    orGiveUp(made.deps, run, 'history', () => ((calls += 1), Promise.reject(error)));
  return { ...made, run, fail, calls: () => calls };
}

const refused = new PhonevaultError('access_denied', 'refused');
const failing = new PhonevaultError('unreachable', 'no answer', { retryable: true });

describe('orGiveUp', () => {
  it('returns what the step returns', async () => {
    const { deps, run } = scene();
    expect(await orGiveUp(deps, run, 'history', async () => 7)).toBe(7);
    expect(run.unwritten.events).toEqual([]);
  });

  it('gives a refused step up at once, and does not try it again', async () => {
    const { run, fail, calls } = scene();
    expect(await fail(refused)).toBeUndefined();
    expect(await fail(refused)).toBeUndefined();
    expect(calls()).toBe(1);
    const facts = { step: 'history', code: 'access_denied', message: 'refused' };
    expect(run.unwritten.events).toEqual([{ type: 'not_done', at: T0, ...facts, final: true }]);
  });

  it.each(['report', 'orphaned_jobs', 'note_orphans', 'write_log'] as const)(
    'gives a refused step half an hour when what it writes stands nowhere else: %s',
    async (step) => {
      const { deps, run, clock } = scene();
      const fail = () => orGiveUp(deps, run, step, () => Promise.reject(refused));
      await expect(fail()).rejects.toThrow('refused');
      clock.move(30 * MINUTE);
      expect(await fail()).toBeUndefined();
    },
  );

  it('does not give a step up at once for a response that may pass', async () => {
    const { fail } = scene();
    await expect(fail(new PhonevaultError('not_found', 'HTTP 404'))).rejects.toThrow('404');
    await expect(fail(new PhonevaultError('service', 'HTTP 400'))).rejects.toThrow('400');
  });

  it('gives a failing step up half an hour after its first failure', async () => {
    const { run, fail, clock } = scene();
    await expect(fail(failing)).rejects.toThrow('no answer');
    clock.move(30 * MINUTE - 1);
    await expect(fail(failing)).rejects.toThrow('no answer');
    expect(run.unwritten.events).toHaveLength(1);
    clock.move(1);
    expect(await fail(failing)).toBeUndefined();
    expect(run.unwritten.events).toMatchObject([{ at: T0 }, { final: true }]);
  });

  it('gives a second failing step up with the first one, for what fails may be the same', async () => {
    const { deps, run, fail, clock } = scene();
    const other = () => orGiveUp(deps, run, 'freshness', () => Promise.reject(failing));
    await expect(fail(failing)).rejects.toThrow('no answer');
    clock.move(30 * MINUTE);
    expect(await fail(failing)).toBeUndefined();
    await expect(other()).rejects.toThrow('no answer');
    expect(await other()).toBeUndefined();
  });

  it('gives it up with the second failure an hour after the deadline', async () => {
    const { fail, clock } = scene();
    clock.move(180 * MINUTE);
    await expect(fail(failing)).rejects.toThrow('no answer');
    expect(await fail(failing)).toBeUndefined();
  });

  it('gives a step up that was longer than each drive of half an hour', async () => {
    const { run, fail, clock } = scene();
    for (let minute = 0; minute < 30; minute += 1) {
      await expect(fail(new TimeUp())).rejects.toThrow(TimeUp);
      clock.move(MINUTE);
    }
    expect(run.unwritten.events).toHaveLength(1);
    expect(await fail(new TimeUp())).toBeUndefined();
    expect(run.state.notDone.get('history')?.final).toMatchObject({
      ...{ code: 'time_up', message: 'history takes longer than one drive' },
    });
  });

  it('never gives up writing a report for want of time: it goes on where it stopped', async () => {
    const { deps, run, clock } = scene();
    for (let hour = 0; hour < 5; hour += 1) {
      const write = () => orGiveUp(deps, run, 'report', () => Promise.reject(new TimeUp()));
      await expect(write()).rejects.toThrow(TimeUp);
      clock.move(60 * MINUTE);
    }
    expect(run.unwritten.events).toEqual([]);
  });

  it.each([
    ['another drive writes', new LeaseLost('another drive')],
    ['of a programming error', new TypeError('undefined')],
  ])('records nothing when %s', async (_, error) => {
    const { run, fail } = scene();
    await expect(fail(error)).rejects.toThrow(error);
    expect(run.unwritten.events).toEqual([]);
  });
});
