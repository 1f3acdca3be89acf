import { describe, expect, it } from 'vitest';
import { logEndsOf, writerOf } from '../../../lib/ledger/lease/stored-lease.ts';
import { T0 } from '../../support/runs.ts';

const lease = { epoch: 12, holder: 'abc', expires_at: T0 };
const earlier = { writer: 'earlier', at: T0 - 1, ends: { r: 2 } };

describe('the name of a writer', () => {
  it('sorts by epoch, and is no other drive’s', () => {
    expect(writerOf(lease)).toBe('0000000012-abc');
    expect(writerOf({ ...lease, epoch: 9 }) < writerOf(lease)).toBe(true);
  });
});

describe('what a lease says of the logs', () => {
  it('is what its holder left when it released the lease', () => {
    expect(logEndsOf({ ...lease, expires_at: 0, log: [earlier] }, T0)).toEqual([earlier]);
    expect(logEndsOf(undefined, T0)).toEqual([]);
  });

  it('leaves open what a holder that did not release it has written', () => {
    expect(logEndsOf({ ...lease, log: [earlier] }, T0)).toEqual([
      earlier,
      { writer: '0000000012-abc', at: T0, ends: {}, unsure: true },
    ]);
  });

  it('keeps what such a holder had said of itself', () => {
    const own = { writer: '0000000012-abc', at: 1, ends: {}, closed: ['r'] };
    expect(logEndsOf({ ...lease, log: [own] }, T0)).toEqual([{ ...own, at: T0, unsure: true }]);
  });

  it('adds nobody for a lease that cannot be read', () => {
    expect(logEndsOf({ epoch: 3, holder: '', expires_at: T0 }, T0)).toEqual([]);
  });
});
