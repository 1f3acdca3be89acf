import { describe, expect, it } from 'vitest';
import { PhonevaultError, ReadsSpent, TimeUp } from '../../../../lib/errors.ts';
import {
  type OrphanedJobs,
  readOrphanedJobs,
  writeOrphanedJobs,
} from '../../../../lib/ledger/run/orphaned-jobs.ts';
import { isFailedPoll, noteFailedPoll } from '../../../../lib/run/settle/orphaned/failed-poll.ts';
import { inboxScene } from '../../../support/inbox-scene.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

const DAY = 24 * 60 * MINUTE;
const orphaned: OrphanedJobs = {
  ...{ run_id: 'nightly-1', policy: 'nightly', bucket: 'b', folder: 'f' },
  ...{ busy_until: T0, until: T0 + DAY },
  attempts: [{ phone_id: 'p', phone_name: 'game-p', server_id: 's', attempt: 1, jobs: [] }],
};

describe('noteFailedPoll', () => {
  it('waits longer after each failure, and gives up when all polls of a day have failed', async () => {
    const { deps, store, clock, lines } = inboxScene();
    await writeOrphanedJobs(store, orphaned);
    let left = orphaned;
    const pauses: number[] = [];
    while (left.attempts.length > 0) {
      left = await noteFailedPoll(deps, left);
      const { retry_at = clock.now() } = left.failed ?? {};
      pauses.push((retry_at - clock.now()) / MINUTE);
      if (left.attempts.length > 0)
        expect(await readOrphanedJobs(store, 'nightly-1')).toEqual(left);
      clock.move(retry_at - clock.now());
    }
    expect(pauses.slice(0, 8)).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30]);
    expect(pauses).toHaveLength(54);
    expect(await store.list('open/late/')).toEqual([]);
    const fields = { run: 'nightly-1', policy: 'nightly', phones: 1 };
    expect(lines).toEqual([['error', 'orphaned_jobs_given_up', fields]]);
  });

  it('does not give up within a day after the last success, nor before the jobs have had their time', async () => {
    const { deps, clock } = inboxScene();
    const failed = { since: T0 - 2 * DAY, times: 9, retry_at: T0 };
    expect((await noteFailedPoll(deps, { ...orphaned, failed })).attempts).toHaveLength(1);
    clock.move(5 * DAY);
    const recent = { ...failed, since: clock.now() - DAY + 1 };
    expect((await noteFailedPoll(deps, { ...orphaned, failed: recent })).attempts).toHaveLength(1);
  });
});

describe('isFailedPoll', () => {
  it.each([
    [new PhonevaultError('service', 'CPH failed'), true],
    [new PhonevaultError('access_denied', 'no'), true],
    [new ReadsSpent(T0), false],
    [new TimeUp(), false],
    [new PhonevaultError('credentials_refused', 'no'), false],
    [new TypeError('odd'), false],
  ])('counts what concerns the poll, and was sent: %s', (error, expected) => {
    expect(isFailedPoll(error)).toBe(expected);
  });
});
