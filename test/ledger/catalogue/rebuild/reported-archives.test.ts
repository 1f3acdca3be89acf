import { describe, expect, it } from 'vitest';
import {
  reportedArchives,
  reportedObject,
} from '../../../../lib/ledger/catalogue/rebuild/reported-archives.ts';
import { exportedPhone } from '../../../support/reports.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const planned = [plannedPhone('p1', { image_version: 'AOSP 10' }), plannedPhone('p2')];
const { plan } = openRun('nightly-1', planned);
if (plan === undefined) throw new Error('no plan');
const settledAt = T0 + MINUTE;

describe('the archives of a settled run', () => {
  it('are those of exported phones, with what the plan knew of each', () => {
    const failed = { phone_id: 'p2', outcome: 'failed' as const, attempts: 1 };
    const found = reportedArchives(
      { plan, planned, settledAt, reported: [exportedPhone('p1'), failed] },
      new Map(),
    );
    expect(found).toMatchObject([
      {
        ...{ phone_id: 'p1', phone_name: 'game-p1', image_version: 'AOSP 10' },
        ...{ key: 'p1-1.tar', run_id: 'nightly-1', verified_at: settledAt, flags: {} },
      },
    ]);
  });

  it('start at the slot of their run, from which retention counts', () => {
    const [archive] = reportedArchives(
      {
        ...{ planned, settledAt, reported: [exportedPhone('p1')] },
        plan: { ...plan, slot: '20260101T183000Z' },
      },
      new Map(),
    );
    expect(archive?.started_at).toBe(Date.UTC(2026, 0, 1, 18, 30));
    const [unnamed] = reportedArchives(
      { planned, settledAt, reported: [exportedPhone('p1')], plan: { ...plan, slot: 'manual' } },
      new Map(),
    );
    expect(unnamed?.started_at).toBe(plan.started_at);
  });

  it('include those that arrived later', () => {
    const late = { ...{ phone_id: 'p2', attempt: 1, size: 5, etag: 'e', seen_at: T0 + 0.5 } };
    const arrived = reportedArchives(
      { ...{ plan, planned }, late: [{ ...late, key: 'a.tar' }] },
      new Map(),
    );
    expect(arrived.map(({ key, verified_at }) => [key, verified_at])).toEqual([['a.tar', T0]]);
  });

  it('come with what the run has left, marked as that', () => {
    const late = { ...{ phone_id: 'p2', attempt: 3, size: 5, etag: 'e', seen_at: T0 + MINUTE } };
    const unconfirmed = {
      ...{ phone_id: 'p2', outcome: 'failed' as const, attempts: 2 },
      ...{ unconfirmed_archive: ['c.tar', 'd.tar'], unconfirmed_size: [7] },
    };
    const found = reportedArchives(
      {
        ...{ plan, planned, settledAt, reported: [exportedPhone('p1'), unconfirmed] },
        leftovers: [{ key: 'a/p1-1.tar', size: 6 }, { key: 'another.txt' }],
        late: [{ ...late, key: 'e.tar', unconfirmed: true }],
      },
      new Map(),
    );
    expect(found.slice(1)).toMatchObject([
      { phone_id: 'p1', key: 'a/p1-1.tar', size: 6, flags: { leftover: 'superseded' } },
      { phone_id: 'p2', key: 'c.tar', size: 7, flags: { leftover: 'orphaned' } },
      { phone_id: 'p2', key: 'd.tar', size: 0, flags: { leftover: 'orphaned' } },
      { phone_id: 'p2', key: 'e.tar', size: 5, flags: { leftover: 'orphaned' } },
    ]);
    expect(found).toHaveLength(5);
  });

  it('are no leftovers when a job has confirmed them after the report', () => {
    const late = { ...{ phone_id: 'p2', attempt: 1, size: 5, etag: 'e', seen_at: T0 + MINUTE } };
    const unconfirmed = {
      ...{ phone_id: 'p2', outcome: 'timed_out' as const, attempts: 1 },
      unconfirmed_archive: ['a.tar'],
    };
    const found = reportedArchives(
      { ...{ plan, planned, reported: [unconfirmed] }, late: [{ ...late, key: 'a.tar' }] },
      new Map(),
    );
    expect(found).toMatchObject([{ key: 'a.tar', etag: 'e', flags: {} }]);
    expect(found).toHaveLength(1);
  });

  it('carry the generation of a phone that was reset, and a suspect size', () => {
    const reported = [{ ...exportedPhone('p1'), suspect: true as const }];
    const reset = new Map([['p1', T0 - MINUTE]]);
    const [archive] = reportedArchives({ plan, planned, settledAt, reported }, reset);
    expect(archive?.flags).toEqual({ generation: T0 - MINUTE, suspect: true });
  });

  it('are none of a run that ended before it had terms', () => {
    const run = {
      plan: { ...plan, terms: undefined },
      planned,
      settledAt,
      reported: [exportedPhone('p1')],
    };
    expect(reportedArchives(run, new Map())).toEqual([]);
  });
});

describe('reportedObject', () => {
  it.each(['bucket', 'key', 'size', 'etag'])('needs the %s of an archive', (field) => {
    expect(reportedObject({ ...exportedPhone('p1'), [field]: undefined }, T0)).toBeUndefined();
  });

  it('prefers the time at which the archive was verified', () => {
    const verified_at = new Date(T0 - MINUTE).toISOString();
    expect(reportedObject({ ...exportedPhone('p1'), verified_at }, T0)?.verified_at).toBe(
      T0 - MINUTE,
    );
  });
});
