import { layout } from '../../../lib/ledger/store/layout.ts';
import { noTotals, readTotals, writeTotals } from '../../../lib/ledger/state/totals.ts';
import { T0 } from '../../support/runs.ts';
import { cacheSuite } from './cache-suite.ts';

const totals = { ...noTotals(T0), runs: { completed: 2 }, failures: { 'CPS.0107': 1 } };

cacheSuite('the totals of a policy', {
  key: layout.totals('nightly'),
  write: (store) => writeTotals(store, totals, 'nightly'),
  read: (store) => readTotals(store, 'nightly'),
  value: totals,
});
