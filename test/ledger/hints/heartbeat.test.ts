import {
  type HeartbeatDue,
  isHeartbeatHint,
  putHeartbeat,
  readHeartbeat,
} from '../../../lib/ledger/hints/heartbeat.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { hintSuite } from './hint-suite.ts';

const due: HeartbeatDue = {
  slot: T0,
  since: T0 - 24 * 60 * MINUTE,
  date: '20260102',
  language: 'en',
  timezone: 'Asia/Shanghai',
};

hintSuite('a daily message', {
  id: 'heartbeat-20260102',
  put: (store) => putHeartbeat(store, due),
  read: readHeartbeat,
  value: due,
  is: isHeartbeatHint,
});
