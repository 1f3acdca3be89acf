import { describe, expect, it } from 'vitest';
import { countOutcomes, runOutcome } from '../../../lib/run/settle/outcome.ts';
import type { PhoneOutcome } from '../../../lib/ledger/run/report.ts';

const none = { failedToStart: false, cancelled: false };

describe('runOutcome', () => {
  it.each<[PhoneOutcome[], string]>([
    [['exported', 'exported'], 'completed'],
    [['exported', 'skipped'], 'completed'],
    [['exported', 'failed'], 'partial'],
    [['exported', 'timed_out'], 'partial'],
    [['failed', 'skipped'], 'failed'],
    [['timed_out'], 'failed'],
    [['skipped', 'skipped'], 'skipped'],
    [[], 'skipped'],
    [['exported', 'cancelled'], 'cancelled'],
  ])('of phones %j is %s', (outcomes, expected) => {
    expect(runOutcome(countOutcomes(outcomes), none)).toBe(expected);
  });

  it('is failed when the run failed before it started', () => {
    expect(runOutcome(countOutcomes([]), { ...none, failedToStart: true })).toBe('failed');
  });

  it('is cancelled when the run was cancelled before it selected phones', () => {
    expect(runOutcome(countOutcomes([]), { ...none, cancelled: true })).toBe('cancelled');
  });
});
