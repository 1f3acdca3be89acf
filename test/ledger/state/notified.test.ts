import { expect, it } from 'vitest';
import {
  type CredentialAlarm,
  type NotifiedStale,
  type Quarantined,
  readCredentialAlarm,
  readNotifiedHeartbeat,
  readNotifiedStale,
  readQuarantined,
  writeCredentialAlarm,
  writeNotifiedHeartbeat,
  writeNotifiedStale,
  writeQuarantined,
} from '../../../lib/ledger/state/notified.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { cacheSuite } from './cache-suite.ts';

const RUN = 'nightly-20260102t023000z';

const alarm: CredentialAlarm = { drives: 3, since: T0, notified: true, retry_at: T0 + MINUTE };
const run: Quarantined = { run_id: RUN, code: 'object_newer', message: 'has version 9', at: T0 };
const stale: NotifiedStale = { policy: 'nightly', since: T0, notified_at: T0 + MINUTE };

cacheSuite('refused credentials', {
  key: layout.credentialAlarm,
  write: (store) => writeCredentialAlarm(store, alarm),
  read: readCredentialAlarm,
  value: alarm,
});

cacheSuite('a quarantined run', {
  key: layout.quarantined(RUN),
  write: (store) => writeQuarantined(store, run),
  read: (store) => readQuarantined(store, RUN),
  value: run,
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

it('keeps the first record of a quarantined run', async () => {
  const store = memoryStore(playClock());
  await writeQuarantined(store, run);
  await writeQuarantined(store, { ...run, at: T0 + MINUTE });
  expect((await readQuarantined(store, RUN))?.at).toBe(T0);
});
