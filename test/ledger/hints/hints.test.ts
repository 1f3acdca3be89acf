import { expect, it } from 'vitest';
import { isHint } from '../../../lib/ledger/hints/hints.ts';

// Each kind of hint checks that its own id is known: hint-suite.ts.
it.each(['', 'odd', 'missed', 'nightly-1', 'xmissed-nightly-1'])(
  'rejects %j as the id of a hint',
  (id) => {
    expect(isHint(id)).toBe(false);
  },
);
