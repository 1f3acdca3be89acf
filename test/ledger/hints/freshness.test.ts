import {
  type FreshnessHint,
  isFreshnessHint,
  putFreshnessHint,
  readFreshnessHint,
} from '../../../lib/ledger/hints/freshness.ts';
import { T0 } from '../../support/runs.ts';
import { hintSuite } from './hint-suite.ts';

const hint: FreshnessHint = { policy: 'nightly', at: T0, language: 'zh' };

hintSuite('a policy whose freshness changed', {
  id: 'freshness-nightly',
  put: (store) => putFreshnessHint(store, hint),
  read: readFreshnessHint,
  value: hint,
  is: isFreshnessHint,
});
