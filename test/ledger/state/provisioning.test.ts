import { expect, it } from 'vitest';
import {
  type Provisioning,
  readProvisioning,
  writeProvisioning,
} from '../../../lib/ledger/state/provisioning.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { cacheSuite } from './cache-suite.ts';

const DAY = 24 * 60 * MINUTE;

const provisioning: Provisioning = {
  policies: { nightly: { etag: 'e1', on: true, since: T0, requested_at: { p1: T0 } } },
  swept_at: T0,
  horizon: T0 - MINUTE,
  sweeping: { started_at: T0, offset: 100 },
};

cacheSuite('new phones', {
  key: layout.provisioning,
  write: (store) => writeProvisioning(store, provisioning, T0),
  read: readProvisioning,
  value: provisioning,
  absent: { policies: {} },
});

it('forgets the request of a first backup after eight days', async () => {
  const store = memoryStore(playClock());
  const requested_at = { old: T0 - 8 * DAY, young: T0 - 8 * DAY + 1, today: T0 };
  await writeProvisioning(
    store,
    {
      policies: {
        nightly: { etag: 'e1', on: true, since: T0 - 30 * DAY, requested_at },
        weekly: { etag: 'e2', on: false, paused_until: T0, requested_at: { p1: 0 } },
      },
    },
    T0,
  );
  expect(await readProvisioning(store)).toEqual({
    policies: {
      nightly: {
        etag: 'e1',
        on: true,
        since: T0 - 30 * DAY,
        requested_at: { young: T0 - 8 * DAY + 1, today: T0 },
      },
      weekly: { etag: 'e2', on: false, paused_until: T0, requested_at: {} },
    },
  });
});
