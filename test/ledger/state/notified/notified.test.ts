import {
  type CredentialAlarm,
  type NotifiedStale,
  readCredentialAlarm,
  readNotifiedHeartbeat,
  readNotifiedStale,
  writeCredentialAlarm,
  writeNotifiedHeartbeat,
  writeNotifiedStale,
} from '../../../../lib/ledger/state/notified/notified.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';
import { cacheSuite } from '../cache-suite.ts';

const alarm: CredentialAlarm = { drives: 3, since: T0, notified: true, retry_at: T0 + MINUTE };
const stale: NotifiedStale = {
  ...{ policy: 'nightly', since: T0, at: T0, notified_at: T0 + MINUTE },
  phones: { counted: 40, fresh: 28 },
};

cacheSuite('refused credentials', {
  key: layout.credentialAlarm,
  write: (store) => writeCredentialAlarm(store, alarm),
  read: readCredentialAlarm,
  value: alarm,
});

cacheSuite('a stale policy', {
  key: layout.stale('nightly'),
  write: (store) => writeNotifiedStale(store, stale),
  read: (store) => readNotifiedStale(store, 'nightly'),
  value: stale,
});

cacheSuite('the last daily message', {
  key: layout.heartbeat,
  write: (store) => writeNotifiedHeartbeat(store, T0),
  read: readNotifiedHeartbeat,
  value: T0,
});
