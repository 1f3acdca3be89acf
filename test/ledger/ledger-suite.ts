import type { Conditional, Store } from '../../lib/ledger/store/store.ts';
import type { playClock } from '../../testing/play-clock.ts';
import { describe } from 'vitest';
import { hintsSuite } from './hints/hints-suite.ts';
import { leaseSuite } from './lease-suite.ts';
import { logSuite } from './run/log-suite.ts';
import { phonesSuite } from './state/phones-suite.ts';
import { reportSuite } from './run/report-suite.ts';
import { runIndexSuite } from './state/run-index-suite.ts';
import { storeSuite } from './store/store-suite.ts';

/** An empty ledger, and a clock to move by hand that starts at the time of the store's own. */
export type OpenLedger = () => Promise<{ store: Store; clock: ReturnType<typeof playClock> }>;

type Facts = { conditional: Conditional; creators: number; rounds: number; cases: number };

/** What every ledger must do, whatever store lies under it. */
export function ledgerSuite(name: string, open: OpenLedger, facts: Facts): void {
  const { conditional, cases } = facts;
  storeSuite(name, async () => (await open()).store, facts);
  describe(`${name} as a ledger`, () => {
    leaseSuite(open, conditional);
    logSuite(open);
    reportSuite(open);
    runIndexSuite(open, cases);
    phonesSuite(open);
    hintsSuite(open);
  });
}
