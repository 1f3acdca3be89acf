import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import type { Report, ReportedPhone } from '../../../lib/ledger/run/report.ts';
import { logEvents, logSettled } from '../../../lib/run/state/log-events.ts';
import { openRun, T0 } from '../../support/runs.ts';

const run = openRun('nightly-1', []);
const own = { run: 'nightly-1', policy: 'nightly' };
const p1 = { phone_id: 'p1', attempt: 2 };

function recording() {
  const lines: unknown[] = [];
  const line = (level: string) => (event: string, fields?: object) =>
    void lines.push([level, event, fields]);
  return { lines, log: { info: line('info'), warn: line('warn'), error: line('error') } };
}

function linesOf(events: RunEvent[]): unknown[] {
  const { lines, log } = recording();
  logEvents(log, run, events);
  return lines;
}

const accepted = (phone_id: string): RunEvent => ({
  ...{ type: 'accepted', at: T0, phone_id, attempt: 1 },
  ...{ job_id: `j-${phone_id}`, request_id: 'r1' },
});
const verified = (phone_id: string): RunEvent => ({
  ...{ type: 'verified', at: T0, phone_id, attempt: 1, size: 2_048, etag: 'e' },
});

describe('logEvents', () => {
  const attempts = [
    { phone_id: 'p0', attempt: 1 },
    { phone_id: 'p1', attempt: 2 },
  ];
  const phone = { phone: 'p1', attempt: 2 };

  it.each<[RunEvent, unknown[]]>([
    [
      { type: 'unsent', at: T0, window: 'w1', attempts },
      ['info', 'window_unsent', { window: 'w1', phones: 2 }],
    ],
    [
      { type: 'refused', at: T0, ...p1, code: 'CPS.0005' },
      ['warn', 'export_refused', { ...phone, code: 'CPS.0005' }],
    ],
    [{ type: 'outcome_unknown', at: T0, ...p1 }, ['warn', 'response_lost', phone]],
    [
      { type: 'ended', at: T0, ...p1, result: 'failed', code: 'C1' },
      ['warn', 'job_failed', { ...phone, code: 'C1' }],
    ],
    [{ type: 'ended', at: T0, ...p1, result: 'lost' }, ['warn', 'job_lost', phone]],
    [{ type: 'absent', at: T0, ...p1 }, ['warn', 'archive_absent', phone]],
    [
      { type: 'archive_rejected', at: T0, ...p1, reason: 'response_lost' },
      ['warn', 'archive_rejected', { ...phone, code: 'response_lost' }],
    ],
    [{ type: 'outage_started', at: T0, to: 'jobs' }, ['warn', 'outage_started', { to: 'jobs' }]],
    [
      { type: 'outage_ended', at: T0, to: 'archives' },
      ['info', 'outage_ended', { to: 'archives' }],
    ],
    [{ type: 'cancel_seen', at: T0 }, ['info', 'cancel_seen', {}]],
    [
      { type: 'delete_refused', at: T0, key: 'k', code: 'AccessDenied' },
      ['warn', 'delete_refused', { key: 'k', code: 'AccessDenied' }],
    ],
    [
      { type: 'superseded_deleted', at: T0, key: 'k', ...p1 },
      ['info', 'superseded_deleted', { ...phone, key: 'k' }],
    ],
    [
      { type: 'superseded_deleted', at: T0, key: 'k' },
      ['info', 'superseded_deleted', { key: 'k' }],
    ],
  ])('writes a line for %j', (event, [level, name, fields]) => {
    expect(linesOf([event])).toEqual([[level, name, { ...own, ...(fields as object) }]]);
  });

  it('logs a window, and each retried phone in it', () => {
    expect(linesOf([{ type: 'intent', at: T0, window: 'w1', attempts }])).toEqual([
      ['info', 'window_opened', { ...own, window: 'w1', phones: 2 }],
      ['info', 'export_retried', { ...own, ...phone }],
    ]);
  });

  it('counts accepted exports and verified archives after all other lines', () => {
    const events: RunEvent[] = [
      ...[accepted('p1'), verified('p1'), accepted('p2'), accepted('p3'), verified('p2')],
      { type: 'cancel_seen', at: T0 },
    ];
    expect(linesOf(events)).toEqual([
      ['info', 'cancel_seen', own],
      ['info', 'exports_accepted', { ...own, phones: 3 }],
      ['info', 'archives_verified', { ...own, phones: 2 }],
    ]);
  });

  it.each<RunEvent>([
    { type: 'ended', at: T0, ...p1, result: 'succeeded' },
    { type: 'ready', at: T0, phone_id: 'p1' },
    { type: 'listed', at: T0, ...p1 },
    { type: 'notified', at: T0, message_id: 'm1' },
    { type: 'step_failed', at: T0, code: 'service', message: 'it failed' },
    { type: 'not_done', at: T0, step: 'index', code: 'service', message: 'it failed' },
  ])('does not log %j', (event) => {
    expect(linesOf([event])).toEqual([]);
  });

  it('logs what was given up', () => {
    const facts = { step: 'index', code: 'service', message: 'it failed' };
    expect(linesOf([{ type: 'not_done', at: T0, ...facts, final: true }])).toEqual([
      ['warn', 'not_done', { ...own, ...facts }],
    ]);
  });

  it('logs nothing without events', () => {
    expect(linesOf([])).toEqual([]);
  });
});

describe('logSettled', () => {
  const counts = { selected: 3, exported: 1, failed: 1, skipped: 1, timed_out: 0, cancelled: 0 };
  const report = {
    ...{ run_id: 'nightly-1', policy: 'nightly', outcome: 'partial', counts },
  } as unknown as Report;
  const settled = ['info', 'settled', { ...own, outcome: 'partial', ...counts }];

  function linesOf(phones: ReportedPhone[]): unknown[] {
    const { lines, log } = recording();
    logSettled(log, report, phones);
    return lines;
  }

  it('logs the phones that were not exported, then the outcome of the run', () => {
    expect(
      linesOf([
        { phone_id: 'p1', outcome: 'exported', attempts: 1 },
        { phone_id: 'p2', outcome: 'failed', reason: 'refused', code: 'CPS.0005', attempts: 2 },
        { phone_id: 'p3', outcome: 'cancelled', attempts: 0 },
      ]),
    ).toEqual([
      [
        'info',
        'not_exported',
        { ...own, phone: 'p2', outcome: 'failed', reason: 'refused', code: 'CPS.0005' },
      ],
      ['info', 'not_exported', { ...own, phone: 'p3', outcome: 'cancelled' }],
      settled,
    ]);
  });

  it('logs at most a hundred phones that were not exported', () => {
    const phones = Array.from({ length: 102 }, (_, n) => ({
      phone_id: `p${n}`,
      outcome: n === 0 ? ('exported' as const) : ('failed' as const),
      attempts: 1,
    }));
    const lines = linesOf(phones);
    expect(lines).toHaveLength(101);
    expect(lines.at(99)).toMatchObject(['info', 'not_exported', { phone: 'p100' }]);
    expect(lines.at(-1)).toEqual(settled);
  });
});
