import {
  isRecoveredHint,
  isStaleHint,
  putRecovered,
  putStale,
  readRecovered,
  readStale,
  type Recovered,
  type Stale,
} from '../../../lib/ledger/hints/staleness.ts';
import { T0 } from '../../support/runs.ts';
import { hintSuite } from './hint-suite.ts';

const stale: Stale = { policy: 'nightly', since: T0, language: 'zh' };
const recovered: Recovered = { policy: 'nightly', since: T0, run_id: 'nightly-1' };

hintSuite('a stale policy', {
  id: `stale-nightly-${T0}`,
  put: (store) => putStale(store, stale),
  read: readStale,
  value: stale,
  is: isStaleHint,
});

hintSuite('a recovered policy', {
  id: `recovered-nightly-${T0}`,
  put: (store) => putRecovered(store, recovered),
  read: readRecovered,
  value: recovered,
  is: isRecoveredHint,
});
