import { describe, expect, it } from 'vitest';
import { fold } from '../../../../lib/ledger/run/fold.ts';
import type { Report } from '../../../../lib/ledger/run/report.ts';
import { settledNotification } from '../../../../lib/run/notify/message/settled.ts';
import { runScene } from '../../../support/run-scene.ts';
import { openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const counts = { selected: 3, exported: 1, failed: 1, skipped: 1, timed_out: 0, cancelled: 0 };

const report = (changes: Partial<Report> = {}): Report => ({
  ...{ run_id: 'nightly-1', policy: 'nightly', trigger: 'timer', slot: '20260102T023000Z' },
  ...{ outcome: 'partial', counts, listing_complete: true },
  started_at: new Date(T0 + 5_000).toISOString(),
  settled_at: new Date(T0 + 60_000).toISOString(),
  phones: [
    { phone_id: 'p1', outcome: 'exported', size: 700, attempts: 1, suspect: true },
    { phone_id: 'p2', outcome: 'failed', reason: 'job_failed', code: 'CPS.0107', attempts: 2 },
    { phone_id: 'p3', outcome: 'skipped', reason: 'stopped', attempts: 0 },
  ],
  ...changes,
});

function notificationOf(changes: Partial<Report> = {}, source = {}) {
  const run = openRun(
    'nightly-1',
    ['p1', 'p2'].map((id) => plannedPhone(id, source)),
  );
  return { run, notify: () => settledNotification(runScene().deps, run, report(changes)) };
}

describe('settledNotification', () => {
  it('names the phones that were not exported, by the plan, and adds up the archives', async () => {
    expect(await notificationOf().notify()).toMatchObject({
      ...{ kind: 'settled', slot: T0, started_at: T0 + 5_000, settled_at: T0 + 60_000, bytes: 700 },
      failed: [
        {
          ...{ phone_id: 'p2', phone_name: 'game-p2', outcome: 'failed' },
          ...{ reason: 'job_failed', code: 'CPS.0107' },
        },
      ],
      skipped: [{ phone_id: 'p3', phone_name: '', outcome: 'skipped', reason: 'stopped' }],
    });
  });

  it('adds up what was restored', async () => {
    const source = {
      ...{ phone_id: 'p9', phone_name: '', policy: 'nightly', run_id: 'n-1' },
      ...{ bucket: 'b', key: 'k', size: 5_000, etag: 'e', verified_at: 0 },
    };
    const phones = [{ phone_id: 'p1', outcome: 'restored' as const, attempts: 1 }];
    const { notify } = notificationOf({ kind: 'restore', phones }, { source });
    expect(await notify()).toMatchObject({ kind: 'restore', bytes: 5_000, failed: [] });
  });

  it('names the first suspects, leftover codes once, servers, and what was not done', async () => {
    const { notify } = notificationOf({
      suspects: 9,
      leftovers: ['A', 'B', 'A'].map((code, n) => ({ key: `k${n}`, code })),
      missing_servers: ['s1', 's2', 's3', 's4'],
      not_done: ['a', 'b', 'c', 'd'].map((step) => ({ step, code: 'x', message: 'm' })),
    });
    const { suspects, leftovers, missingServers, undone } = await notify();
    expect(suspects).toEqual({ count: 9, phones: ['p1'], names: ['game-p1'] });
    expect(leftovers).toEqual({ count: 3, codes: ['A', 'B'] });
    expect(missingServers).toEqual({ count: 4, first: ['s1', 's2', 's3'] });
    expect(undone?.map(({ step }) => step)).toEqual(['a', 'b', 'c']);
  });

  it('names no phones when the pages of the report were given up', async () => {
    const { run, notify } = notificationOf({ pages: ['vault/elsewhere.json'] });
    const step = { step: 'report_pages', code: 'object_unreadable', message: 'x' };
    fold(run.state, [{ type: 'not_done', at: T0, ...step, final: true }]);
    expect(await notify()).toMatchObject({ failed: [], skipped: [], bytes: 0, counts });
  });

  it('takes the start for the time of a run with an odd slot', async () => {
    expect((await notificationOf({ slot: 'odd' }).notify()).slot).toBe(T0 + 5_000);
  });
});
