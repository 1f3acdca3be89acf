import { describe, expect, it } from 'vitest';
import { hasCode, LeaseLost, PhonevaultError, ServiceError, withCleanup } from '../lib/errors.ts';

describe('LeaseLost', () => {
  it('is an error of ours with a name and a code', () => {
    const error = new LeaseLost('another drive writes to run nightly-1');
    expect(error).toBeInstanceOf(PhonevaultError);
    expect(error).toMatchObject({ name: 'LeaseLost', code: 'lease_lost', retryable: false });
    expect(error.message).toBe('another drive writes to run nightly-1');
  });
});

describe('hasCode', () => {
  it('recognises errors of ours by their code', () => {
    const call = { service: 'obs', operation: 'GetObject', carriedOut: 'no' as const };
    expect(hasCode(new ServiceError('not_found', 'gone', call), 'not_found')).toBe(true);
    expect(hasCode(new PhonevaultError('conflict', 'other content'), 'not_found')).toBe(false);
    expect(hasCode({ code: 'not_found' }, 'not_found')).toBe(false);
  });
});

describe('withCleanup', () => {
  const fail = (error: unknown) => async () => {
    throw error;
  };
  const nothing = async (): Promise<void> => undefined;

  it('returns the result of the work, after the clean-up', async () => {
    const order: string[] = [];
    const work = async () => (order.push('work'), 7);
    const cleanup = async () => void order.push('clean-up');
    expect(await withCleanup(work, cleanup)).toBe(7);
    expect(order).toEqual(['work', 'clean-up']);
  });

  it('cleans up after a failure, and throws that failure', async () => {
    const failure = new Error('work');
    let cleanups = 0;
    const cleanup = async () => void (cleanups += 1);
    await expect(withCleanup(fail(failure), cleanup)).rejects.toBe(failure);
    expect([cleanups, failure.cause]).toEqual([1, undefined]);
  });

  it('throws the failure of the clean-up when the work succeeded', async () => {
    const failure = new Error('clean-up');
    await expect(withCleanup(nothing, fail(failure))).rejects.toBe(failure);
  });

  it('throws the failure of the work when both fail, with the other as its cause', async () => {
    const [first, second] = [new Error('work'), new Error('clean-up')];
    await expect(withCleanup(fail(first), fail(second))).rejects.toBe(first);
    expect(first.cause).toBe(second);
  });

  it('adds the failure of the clean-up behind the causes that are known', async () => {
    const root = new Error('root');
    const first = new Error('work', { cause: root });
    const second = new Error('clean-up');
    await expect(withCleanup(fail(first), fail(second))).rejects.toBe(first);
    expect(first.cause).toBe(root);
    expect(root.cause).toBe(second);
  });

  it('makes no error its own cause', async () => {
    const failure = new Error('unreachable');
    await expect(withCleanup(fail(failure), fail(failure))).rejects.toBe(failure);
    expect(failure.cause).toBeUndefined();
    const outer = new Error('outer', { cause: failure });
    await expect(withCleanup(fail(outer), fail(failure))).rejects.toBe(outer);
    expect(failure.cause).toBeUndefined();
    await expect(withCleanup(fail(failure), fail(outer))).rejects.toBe(failure);
    expect(failure.cause).toBeUndefined();
  });

  it('throws what is no error as it is', async () => {
    await expect(withCleanup(fail('odd'), fail(new Error('clean-up')))).rejects.toBe('odd');
  });
});
