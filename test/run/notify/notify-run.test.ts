import { describe, expect, it } from 'vitest';
import { PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { writeCursors } from '../../../lib/ledger/state/cursors.ts';
import { recordSettled } from '../../../lib/ledger/state/history.ts';
import type { Terms } from '../../../lib/ledger/run/plan.ts';
import type { Report, RunOutcome } from '../../../lib/ledger/run/report.ts';
import { notifyDue, notifyRun } from '../../../lib/run/notify/notify-run.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { runScene } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const HOUR = 60 * MINUTE;
const counts = { selected: 3, exported: 1, failed: 1, skipped: 1, timed_out: 0, cancelled: 0 };

function reportOf(changes: Partial<Report> = {}): Report {
  return {
    run_id: RUN,
    policy: 'nightly',
    trigger: 'timer',
    slot: '20260102T023000Z',
    outcome: 'partial',
    started_at: new Date(T0).toISOString(),
    settled_at: new Date(T0 + HOUR).toISOString(),
    counts,
    listing_complete: true,
    phones: [
      { phone_id: 'p1', outcome: 'exported', size: 5_000, attempts: 1 },
      { phone_id: 'p2', outcome: 'failed', reason: 'refused', code: 'CPS.0005', attempts: 1 },
      { phone_id: 'p3', outcome: 'skipped', reason: 'stopped', attempts: 0 },
      { phone_id: 'p4', outcome: 'timed_out', reason: 'deadline', attempts: 1 },
    ],
    ...changes,
  };
}

function settledRun(notify?: Partial<Terms['notify']>, report = reportOf()): OpenRun {
  const own = { notify: { when: 'always' as const, language: 'en' as const, ...notify } };
  const phones = ['p1', 'p2', 'p3'].map((id) => plannedPhone(id));
  return { ...openRun(RUN, phones, { terms: own }), report };
}

const failedAt = (run: OpenRun, ...times: number[]): OpenRun => {
  const failure = { type: 'notify_failed' as const, code: 'service', message: 'it failed' };
  fold(
    run.state,
    times.map((at) => ({ ...failure, at })),
  );
  return run;
};

/** A scene of runs; the topic throws `fails`. */
function scene(fails?: Error) {
  const world = runScene();
  world.topic.fails = fails;
  return world;
}

describe('notifyDue', () => {
  it('is undefined before there is a report', () => {
    expect(notifyDue(openRun(RUN, []), T0)).toBeUndefined();
  });

  it('is now for a report that was not published', () => {
    expect(notifyDue(settledRun(), T0 + 5)).toBe(T0 + 5);
  });

  it('is undefined after the run was notified, or after the last try', () => {
    const run = failedAt(settledRun(), T0);
    fold(run.state, [{ type: 'notified', at: T0 }]);
    expect(notifyDue(run, T0)).toBeUndefined();
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [6, 32],
    [7, 60],
    [20, 60],
  ])(
    'doubles the pause after each failure, up to an hour: after failure %i it is %i minutes',
    (failures, minutes) => {
      const times = Array.from({ length: failures }, (_, n) => T0 + n);
      const last = T0 + failures - 1;
      expect(notifyDue(failedAt(settledRun(), ...times), T0 + HOUR)).toBe(last + minutes * MINUTE);
    },
  );
});

describe('notifyRun', () => {
  it('does nothing before there is a report', async () => {
    const { deps, sent, lines } = scene();
    const run = openRun(RUN, []);
    await notifyRun(deps, run);
    expect([sent, lines, run.unwritten.events]).toEqual([[], [], []]);
  });

  it('publishes the outcome, records the message and logs it', async () => {
    const { deps, sent, lines } = scene();
    const run = settledRun({}, reportOf({ reason: 'odd', message: 'Something was odd.' }));
    await notifyRun(deps, run);
    expect(run.unwritten.events).toEqual([{ type: 'notified', at: T0, message_id: 'm1' }]);
    expect(lines).toEqual([
      ['info', 'notified', { run: RUN, policy: 'nightly', kind: 'settled', outcome: 'partial' }],
    ]);
    expect(sent.map(({ urn }) => urn)).toEqual(['urn:backups']);
    expect(JSON.parse(sent[0]?.message.message_structure.http ?? '')).toMatchObject({
      kind: 'settled',
      run_id: RUN,
      policy: 'nightly',
      outcome: 'partial',
      counts,
      report: { bucket: 'ledger', key: `vault/runs/${RUN}/report.json` },
      reason: 'odd',
      message: expect.stringMatching(/^nightly 02:30 partial: Something was odd \(odd\)/) as string,
      detail: 'Something was odd.',
      ...{ started_at: '2026-01-02T02:30:00.000Z', settled_at: '2026-01-02T03:30:00.000Z' },
      bytes: 5_000,
      failed: [
        {
          ...{ phone_id: 'p2', phone_name: 'game-p2', outcome: 'failed' },
          ...{ reason: 'refused', code: 'CPS.0005' },
        },
        { phone_id: 'p4', phone_name: '', outcome: 'timed_out', reason: 'deadline' },
      ],
      truncated: false,
    });
  });

  it('tells times in the zone of the plan, else in the language and zone that schedule knows', async () => {
    const { deps, store, sent } = scene();
    const locale = { language: 'zh', timezone: 'Asia/Shanghai' } as const;
    const cursor = { etag: 'e', active: false, handled_until: 0, locale };
    await notifyRun(deps, settledRun({ timezone: 'Europe/Berlin' }));
    await writeCursors(store, { nightly: cursor });
    await notifyRun(deps, { ...settledRun(), plan: undefined });
    await notifyRun(deps, settledRun({ language: 'en' }));
    expect(sent.map(({ message }) => message.subject.slice(0, 40))).toEqual([
      expect.stringMatching(/^\[Phonevault\] nightly 03:30 partial: /),
      expect.stringMatching(/^\[Phonevault\] nightly 10:30 部分完成：/),
      expect.stringMatching(/^\[Phonevault\] nightly 10:30 partial: /),
    ]);
  });

  it('uses the language of the policy, and English without one', async () => {
    const { deps, sent } = scene();
    await notifyRun(deps, settledRun({ language: 'zh' }));
    await notifyRun(deps, settledRun({ language: 'en' }));
    await notifyRun(deps, { ...settledRun(), plan: undefined });
    const unplanned = settledRun();
    if (unplanned.plan !== undefined) delete unplanned.plan.terms;
    await notifyRun(deps, unplanned);
    const isChinese = sent.map(({ message }) =>
      /\p{Script=Han}/u.test(message.message_structure.default ?? ''),
    );
    expect(isChinese).toEqual([true, false, false, false]);
  });

  it.each<[Terms['notify']['when'], RunOutcome, boolean]>([
    ['always', 'completed', true],
    ['problems', 'completed', false],
    ['problems', 'partial', true],
    ['problems', 'cancelled', true],
    ['change', 'completed', true],
  ])('publishes as notify.when says: %s, a %s run, %s', async (when, outcome, publishes) => {
    const { deps, sent, lines } = scene();
    const run = settledRun({ when }, reportOf({ outcome }));
    await notifyRun(deps, run);
    expect(sent).toHaveLength(publishes ? 1 : 0);
    if (publishes) return;
    expect(run.unwritten.events).toEqual([{ type: 'notified', at: T0, skipped: 'no_problem' }]);
    const fields = { run: RUN, policy: 'nightly', reason: 'no_problem' };
    expect(lines).toEqual([['info', 'not_notified', fields]]);
  });

  it.each<[string, [string, RunOutcome][], 'publishes' | 'skips']>([
    ['another outcome than the last run', [['nightly-1', 'completed']], 'publishes'],
    ['the outcome of the last run', [['nightly-1', 'partial']], 'skips'],
    [
      'another outcome than the run before, recorded itself',
      [
        ['nightly-1', 'completed'],
        [RUN, 'partial'],
      ],
      'publishes',
    ],
    [
      'the outcome of the run before, recorded itself',
      [
        ['nightly-1', 'partial'],
        [RUN, 'partial'],
      ],
      'skips',
    ],
    ['no run before, recorded itself', [[RUN, 'partial']], 'publishes'],
    [
      'the outcome of the last run but not of the one before',
      [
        ['nightly-1', 'completed'],
        ['nightly-2', 'partial'],
      ],
      'skips',
    ],
  ])(
    'publishes with notify.when change only when the outcome differs from the run before: %s %s',
    async (_, before, expected) => {
      const { deps, store, sent } = scene();
      for (const [at, [run_id, outcome]] of before.entries()) {
        await recordSettled(store, 'nightly', { run_id, outcome, settled_at: T0 + at });
      }
      const run = settledRun({ when: 'change' });
      await notifyRun(deps, run);
      expect(sent).toHaveLength(expected === 'publishes' ? 1 : 0);
      expect(run.unwritten.events).toEqual([
        {
          ...{ type: 'notified', at: T0 },
          ...(expected === 'publishes' ? { message_id: 'm1' } : { skipped: 'no_change' }),
        },
      ]);
    },
  );

  it.each([
    ['always', 'completed', true],
    ['problems', 'completed', false],
    ['problems', 'partial', true],
    ['change', 'completed', false],
    ['change', 'partial', true],
  ] as const)(
    'publishes archives that could not be deleted only when the outcome is published: %s, %s',
    async (when, outcome, isPublished) => {
      const { deps, store, published } = scene();
      const last = { run_id: 'n-1', outcome: 'completed', settled_at: T0 } as const;
      await recordSettled(store, 'nightly', last);
      const leftovers = ['AccessDenied', 'AccessDenied', 'InternalError'].map((code, number) => ({
        ...{ key: `k${number}`, code },
      }));
      await notifyRun(deps, settledRun({ when }, reportOf({ outcome, leftovers })));
      expect(published).toHaveLength(isPublished ? 1 : 0);
      if (!isPublished) return;
      expect(published).toMatchObject([
        { leftovers: { count: 3, codes: ['AccessDenied', 'InternalError'] } },
      ]);
      expect(published[0]?.['message']).toContain('3 superseded archives not deleted');
    },
  );

  it.each(['problems', 'change', 'always'] as const)(
    'publishes suspiciously small archives, also of a completed run: %s',
    async (when) => {
      const { deps, store, published } = scene();
      await recordSettled(store, 'nightly', {
        run_id: 'n-1',
        outcome: 'completed',
        settled_at: T0,
      });
      await notifyRun(deps, settledRun({ when }, reportOf({ outcome: 'completed', suspects: 1 })));
      expect(published).toMatchObject([{ suspects: { count: 1, phones: [] } }]);
      expect(published[0]?.['message']).toContain('1 suspiciously small');
    },
  );

  it('names three of the servers that CPH does not know, and no outcome changes for them', async () => {
    const { deps, published } = scene();
    const missing_servers = ['s1', 's2', 's3', 's4'];
    await notifyRun(deps, settledRun({ when: 'always' }, reportOf({ missing_servers })));
    expect(published[0]?.['message']).toContain('4 servers not found');
    await notifyRun(
      deps,
      settledRun({ when: 'problems' }, reportOf({ outcome: 'completed', missing_servers })),
    );
    expect(published).toHaveLength(1);
  });

  it('compares with the last run only for notify.when change', async () => {
    const { deps, store, sent } = scene();
    await recordSettled(store, 'nightly', { run_id: 'n-1', outcome: 'partial', settled_at: T0 });
    await notifyRun(deps, settledRun({ when: 'always' }));
    await notifyRun(deps, settledRun({ when: 'problems' }));
    expect(sent).toHaveLength(2);
  });

  it('records and logs a failed publication', async () => {
    const message = 'm'.repeat(201);
    const { deps, lines } = scene(new PhonevaultError('unreachable', message));
    const run = settledRun();
    await notifyRun(deps, run);
    expect(run.unwritten.events).toEqual([
      { type: 'notify_failed', at: T0, code: 'unreachable', message: 'm'.repeat(200) },
    ]);
    const fields = { run: RUN, policy: 'nightly', kind: 'settled', code: 'unreachable', message };
    expect(lines).toEqual([['error', 'notify_failed', fields]]);
    expect(notifyDue(run, T0)).toBe(T0 + MINUTE);
  });

  it('stops trying more than a day after the first failure', async () => {
    const facts = { service: 'smn', operation: 'publish', carriedOut: 'no' as const };
    const { deps, clock } = scene(new ServiceError('service', 'it failed', facts));
    const run = failedAt(settledRun(), T0);
    clock.move(24 * HOUR);
    await notifyRun(deps, run);
    expect(run.unwritten.events.map(({ type }) => type)).toEqual(['notify_failed']);
    clock.move(1);
    await notifyRun(deps, run);
    expect(run.unwritten.events.slice(2)).toEqual([
      { type: 'notified', at: T0 + 24 * HOUR + 1, skipped: 'topic_failed' },
    ]);
  });

  it('throws that phones cannot be read, so that the run rests', async () => {
    const { deps, sent } = scene();
    const run = settledRun({}, reportOf({ pages: ['vault/elsewhere.json'] }));
    await expect(notifyRun(deps, run)).rejects.toMatchObject({ code: 'object_invalid' });
    expect(sent).toEqual([]);
    expect(run.unwritten.events).toEqual([]);
  });

  it('throws programming errors, and records nothing', async () => {
    const { deps, lines } = scene(new TypeError('no function'));
    const run = settledRun();
    await expect(notifyRun(deps, run)).rejects.toThrow('no function');
    expect([run.unwritten.events, lines]).toEqual([[], []]);
  });

  it('publishes when the history cannot be read: the outcome may have changed', async () => {
    const { deps, store, sent } = scene();
    const get = () => Promise.reject(new PhonevaultError('unreachable', 'no answer'));
    const run = settledRun({ when: 'change' });
    const failing = { ...deps, store: { ...store, get } };
    await notifyRun(failing, run);
    expect(run.unwritten.events).toMatchObject([{ type: 'notified' }]);
    expect(sent).toHaveLength(1);
  });
});
