import { describe, expect, it } from 'vitest';
import { type ErrorCode, LeaseLost, PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import type { EventOf } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { removeOrGiveUp } from '../../../lib/run/settle/remove-or-give-up.ts';
import { runScene } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const intent = (key: string, at = T0): EventOf<'delete_intent'> => ({
  ...{ type: 'delete_intent', at, phone_id: 'p', attempt: 1, key },
});
const failed = (at: number): EventOf<'delete_failed'> => ({
  ...{ type: 'delete_failed', at, code: 'unreachable', message: 'no answer' },
});
const serviceError = (code: ErrorCode, serviceCode?: string, retryable = true) =>
  new ServiceError(
    code,
    'it failed',
    { service: 'obs', operation: 'DeleteObjects', serviceCode, carriedOut: 'unknown' },
    { retryable },
  );

/** A bucket with these objects, whose deletes fail with `error`; HEAD fails with `headError` if given. */
function scene(
  error: Error,
  { objects = ['a', 'b'], headError = undefined as Error | undefined } = {},
) {
  const made = runScene();
  objects.forEach((key) => made.land(key));
  const run = openRun('nightly-1', [plannedPhone('p')]);
  const purge = () => Promise.reject(error);
  const { head } = made.deps.archives;
  const archives = {
    ...{ ...made.deps.archives, purge },
    head: async (bucket: string, key: string) => {
      const found = await head(bucket, key);
      if (headError !== undefined) throw headError;
      return found;
    },
  };
  const act = (intents = [intent('a'), intent('b')]) =>
    removeOrGiveUp({ ...made.deps, archives }, run, intents);
  return { ...made, run, act };
}

const both = (code: string) => ['a', 'b'].map((key) => ({ key, code }));

describe('removeOrGiveUp', () => {
  it('throws what may pass, and records it', async () => {
    const { run, act } = scene(serviceError('service', 'InternalError'));
    await expect(act()).rejects.toThrow('it failed');
    expect(run.unwritten.events).toEqual([
      { type: 'delete_failed', at: T0, code: 'service', message: 'it failed' },
    ]);
  });

  it('gives up with the third failure', async () => {
    const { run, act } = scene(serviceError('service', 'InternalError'));
    fold(run.state, [failed(T0 - 2), failed(T0 - 1)]);
    expect(await act()).toEqual(both('InternalError'));
  });

  it('gives up ten minutes after the first intent', async () => {
    const { act, clock } = scene(serviceError('unreachable'));
    clock.move(10 * MINUTE - 1);
    await expect(act([intent('a', T0 + MINUTE), intent('b')])).rejects.toThrow('it failed');
    clock.move(1);
    expect(await act([intent('a', T0 + MINUTE), intent('b')])).toEqual(both('unreachable'));
  });

  it('gives up at once what can never work', async () => {
    const { act } = scene(serviceError('bucket_missing', 'NoSuchBucket', false));
    expect(await act()).toEqual(both('NoSuchBucket'));
  });

  it('counts no failure when the time of the drive is up', async () => {
    const { run, act, clock } = scene(serviceError('time_up', undefined, false));
    await expect(act()).rejects.toThrow('it failed');
    expect(run.unwritten.events).toEqual([]);
    clock.move(10 * MINUTE);
    expect(await act()).toEqual(both('time_up'));
  });

  it('counts archives as deleted that a failed call has deleted after all', async () => {
    const { run, act } = scene(serviceError('unreachable'), { objects: ['b'] });
    fold(run.state, [failed(T0 - 2), failed(T0 - 1)]);
    expect(await act()).toEqual([{ key: 'b', code: 'unreachable' }]);
  });

  it('looks up no further archive after a lookup has failed', async () => {
    const headError = new PhonevaultError('unreachable', 'no answer');
    const { run, act, lookups } = scene(serviceError('unreachable'), { headError });
    fold(run.state, [failed(T0 - 2), failed(T0 - 1)]);
    const many = Array.from({ length: 40 }, (_, number) => intent(`k${number}`));
    expect(await act(many)).toHaveLength(40);
    expect(lookups).toHaveLength(8);
  });

  it.each([
    ['an error that stops the drive', new LeaseLost('another drive')],
    ['a programming error', new TypeError('undefined')],
  ])('throws %s, and records nothing', async (_, error) => {
    const { run, act } = scene(error);
    fold(run.state, [failed(T0 - 2), failed(T0 - 1)]);
    await expect(act()).rejects.toThrow(error);
    expect(run.unwritten.events).toEqual([]);
  });
});

it('says when a bucket does not tell whether it keeps versions', async () => {
  const { deps, logged } = runScene();
  const run = openRun('nightly-1', [plannedPhone('p')]);
  const purge = async () => ({ refused: [], versioning: 'unknown' as const });
  const archives = { ...deps.archives, purge };
  expect(await removeOrGiveUp({ ...deps, archives }, run, [intent('a')])).toEqual([]);
  const fields = { run: 'nightly-1', policy: 'nightly', bucket: 'my-phone-backups' };
  expect(logged()).toEqual([['warn', 'versioning_unknown', fields]]);
});
