import { describe } from 'vitest';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import type { Conditional } from '../../../lib/ledger/store/store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { leaseSuite } from '../lease/lease-suite.ts';
import { ledgerSuite } from '../ledger-suite.ts';

const open = async (conditional: Conditional) => {
  const clock = playClock();
  return { store: memoryStore(clock, conditional), clock };
};

ledgerSuite('memory', () => open('honoured'), {
  conditional: 'honoured',
  creators: 20,
  rounds: 100,
  cases: 50,
});

describe.each(['ignored', 'refused'] as const)('memory', (conditional) => {
  leaseSuite(() => open(conditional), conditional);
});
