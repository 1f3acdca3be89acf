import { expect, it } from 'vitest';
import {
  isMissedHint,
  missedId,
  type MissedSlots,
  putMissed,
  readMissed,
} from '../../../lib/ledger/hints/missed-slots.ts';
import { hintSuite } from './hint-suite.ts';

const missed: MissedSlots = {
  policy: 'nightly',
  reason: 'too_late',
  first: '20260102T023000Z',
  last: '20260103T023000Z',
  slots: 2,
};

hintSuite('missed slots', {
  id: 'missed-nightly-20260103t023000z',
  put: (store) => putMissed(store, missed),
  read: readMissed,
  value: missed,
  is: isMissedHint,
});

it('has its own id for each policy and last slot', () => {
  expect(missedId(missed)).toBe('missed-nightly-20260103t023000z');
  expect(missedId({ ...missed, policy: 'weekly' })).toBe('missed-weekly-20260103t023000z');
  expect(missedId({ ...missed, last: missed.first })).toBe('missed-nightly-20260102t023000z');
});
