import { describe } from 'vitest';
import type { Conditional } from '../../lib/ledger/store/store.ts';
import { hintsSuite } from './hints/hints-suite.ts';
import { leaseSuite } from './lease/lease-suite.ts';
import { logSuite } from './run/log-suite.ts';
import { reportSuite } from './run/report-suite.ts';
import { runIndexSuite } from './state/run-index/run-index-suite.ts';
import { type OpenLedger, storeSuite } from './store/store-suite.ts';

/** `page`: how many keys the store lists in one response. */
type Facts = {
  conditional: Conditional;
  creators: number;
  rounds: number;
  cases: number;
  page?: number;
};

/** The rules of the ledger, on any store. */
export function ledgerSuite(name: string, open: OpenLedger, facts: Facts): void {
  const { conditional, cases, page = 1_000 } = facts;
  storeSuite(name, async () => (await open()).store, { ...facts, page });
  describe(`${name} as a ledger`, () => {
    leaseSuite(open, conditional);
    logSuite(open);
    reportSuite(open);
    runIndexSuite(open, { cases, page });
    hintsSuite(open);
  });
}
