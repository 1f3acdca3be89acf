import { type Cursors, readCursors, writeCursors } from '../../../lib/ledger/state/cursors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { cacheSuite } from './cache-suite.ts';

const DAY = 24 * 60 * MINUTE;

const cursors: Cursors = {
  nightly: {
    etag: 'e1',
    active: true,
    on_provisioned: true,
    schedule: { cron: '30 2 * * *', timezone: 'Asia/Shanghai', start_within: 60 * MINUTE },
    paused_until: T0 + DAY,
    handled_until: T0,
    freshness: {
      counts_from: T0,
      deadline: DAY,
      objective: { phones: 90 },
      language: 'zh',
      checked_slot: T0 - DAY,
    },
  },
  weekly: { etag: 'e2', active: false, error: 'schedule: unknown', handled_until: T0 },
};

cacheSuite('the cursors of the schedule', {
  key: layout.cursors,
  write: (store) => writeCursors(store, cursors),
  read: readCursors,
  value: cursors,
  absent: {},
});
