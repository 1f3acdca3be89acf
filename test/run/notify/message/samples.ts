import type { Block } from '../../../../lib/ledger/retention/state.ts';
import type {
  DailySummary,
  Notification,
} from '../../../../lib/run/notify/message/notification.ts';

const counts = {
  selected: 20_000,
  exported: 1,
  failed: 19_999,
  skipped: 0,
  timed_out: 0,
  cancelled: 0,
};

/** 02:30 in Shanghai. */
export const START = Date.UTC(2026, 0, 1, 18, 30);

export type Settled = Extract<Notification, { kind: 'settled' }>;

/** A settled run of 20,000 phones of which one was exported. */
export function settledRun(changes: Partial<Settled> = {}): Settled {
  return {
    kind: 'settled',
    run_id: 'nightly-20260102t023000z',
    policy: 'nightly',
    outcome: 'partial',
    counts,
    report: { bucket: 'my-phone-backups', key: 'phonevault/runs/x/report.json' },
    ...{ slot: START, started_at: START + 3_000, settled_at: START + 32_000, bytes: 2_100_000_000 },
    skipped: [],
    failed: Array.from({ length: 19_999 }, (_, index) => ({
      phone_id: String(index).padStart(32, '0'),
      phone_name: `game-${String(index + 1).padStart(5, '0')}`,
      outcome: 'failed' as const,
      reason: 'job_failed',
      code: 'CPS.0103',
    })),
    ...changes,
  };
}

export type Stale = Extract<Notification, { kind: 'stale' }>;

/** A policy of 40 phones of which 12 have no backup within 26 hours. */
export function stalePolicy(changes: Partial<Stale> = {}): Stale {
  const late = { outcome: 'failed', reason: 'job_failed', code: 'CPS.0103' } as const;
  return {
    ...{ kind: 'stale', policy: 'nightly', since: Date.UTC(2026, 0, 1), at: Date.UTC(2026, 0, 1) },
    objective: { max_age: 26 * 60 * 60_000, phones: 98 },
    ...{ limit: Date.UTC(2025, 11, 30, 22), goodAt: Date.UTC(2025, 11, 30) },
    phones: { counted: 40, fresh: 28, late: 11, never: 1, not_exportable: 3, unknown: 0 },
    late: [
      { phone_id: 'p1', phone_name: 'game-0001', ...late },
      { phone_id: 'p2', phone_name: '', verified_at: Date.UTC(2025, 11, 1), ...late },
      {
        ...{ phone_id: 'p3', phone_name: 'game-0003', outcome: 'exported' },
        verified_at: Date.UTC(2025, 11, 30, 21),
      },
    ],
    ...changes,
  };
}

function pruneOf(blocked: Block | undefined, missing = 0): Notification {
  const refusals = blocked === undefined ? [{ key: 'k', code: 'AccessDenied' }] : [];
  return {
    ...{ kind: 'prune', policy: 'nightly', codes: refusals.map(({ code }) => code) },
    pruned: {
      ...{ at: Date.UTC(2026, 0, 1), ...(blocked && { blocked }) },
      ...{ standing: 150_000, due: 135_000, deleted: 0, bytes: 0, trashed: 0 },
      ...{ refused: refusals.length, refusals, missing, missing_keys: [] },
    },
  };
}

function withoutPhones({ phones: _, ...stale }: Stale): Stale {
  return { ...stale, late: [] };
}

/** A day without runs. */
export const day = (changes: Partial<DailySummary> = {}): DailySummary => ({
  ...{ since: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' },
  runs: { completed: 0, partial: 0, failed: 0, skipped: 0, cancelled: 0 },
  ...{ open: 0, active: 0, missed: 0, stale: [], drills: [], invalid: [], unreadable: [] },
  ...changes,
});

const missed = (reason: string, slots: number): Notification => ({
  ...{ kind: 'missed', policy: 'nightly' },
  missed: { reason, first: '20251230T183000Z', last: '20260101T183000Z', slots },
});

const unready = (count: number): Notification => ({
  ...{ kind: 'missed', policy: 'nightly' },
  missed: {
    ...{ reason: 'phones_not_ready', slots: 0 },
    ...{ first: '20251230T183000Z', last: '20251231T183000Z' },
    first_backups: {
      count,
      phones: Array.from({ length: Math.min(count, 2) }, (_, n) => ({
        ...{ phone_id: `p${n}`, phone_name: n === 0 ? 'game-0' : '', reason: 'creating' },
      })),
    },
  },
});

const none = { selected: 0, exported: 0, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 };

type Phone = Settled['failed'][number];

/** A phone that CPH could not export. */
export const failedPhone = (phone_name: string, changes: Partial<Phone> = {}): Phone => ({
  ...{ phone_id: `id-of-${phone_name}`, phone_name, outcome: 'failed' },
  ...{ reason: 'job_failed', code: 'CPS.0107', ...changes },
});

/** A phone that was skipped because of its state. */
export const skippedPhone = (phone_name: string, reason: string): Phone =>
  failedPhone(phone_name, { outcome: 'skipped', reason, code: undefined });

function drilled(
  drill: { verdict: 'passed' | 'failed'; seconds?: number },
  outcome: Settled['outcome'],
  reason?: string,
): Notification {
  const done = drill.verdict === 'passed' ? 2 : 1;
  return {
    ...settledRun({ policy: 'nightly', run_id: 'restore-1', outcome }),
    kind: 'drill',
    drill: { policy: 'nightly', ...drill },
    counts: { ...none, selected: 2, exported: 0, restored: done, failed: 2 - done },
    report: { bucket: 'my-phone-backups', key: 'phonevault/runs/restore-1/report.json' },
    failed: outcome === 'partial' ? [failedPhone('test-1', { reason: 'restore_failed' })] : [],
    ...(reason === undefined ? {} : { reason, message: 'policy nightly selects t1' }),
  };
}

/** One or more notifications of each kind. */
export const everyKind: Notification[] = [
  settledRun({
    counts: {
      ...none,
      selected: 40,
      exported: 30,
      failed: 5,
      timed_out: 1,
      cancelled: 1,
      skipped: 3,
    },
    failed: [
      ...['game-0023', 'game-0021', 'game-0020', 'game-0022'].map((name) => failedPhone(name)),
      failedPhone('', {
        phone_id: 'p2',
        outcome: 'timed_out',
        reason: 'deadline',
        code: 'CPS.0042',
      }),
      failedPhone('odd', { reason: 'r'.repeat(99), code: 'C'.repeat(99) }),
      failedPhone('late', { outcome: 'cancelled', reason: 'cancelled', code: undefined }),
    ],
    skipped: [
      skippedPhone('game-0009', 'stopped'),
      skippedPhone('game-0018', 'stopped'),
      skippedPhone('x', 'frozen'),
    ],
  }),
  settledRun({ outcome: 'completed', failed: [], counts: { ...none, selected: 37, exported: 37 } }),
  settledRun({
    ...{ outcome: 'skipped', failed: [], bytes: 0, counts: { ...none, selected: 1, skipped: 1 } },
    skipped: [skippedPhone('game-0009', 'stopped')],
  }),
  settledRun({ outcome: 'skipped', failed: [], bytes: 0, counts: none }),
  settledRun({ outcome: 'cancelled', failed: [], bytes: 0, counts: none }),
  settledRun({ outcome: 'failed', counts: { ...none, selected: 4, failed: 4 }, failed: [] }),
  {
    ...settledRun({ policy: 'restore', run_id: 'restore-1' }),
    ...{ kind: 'restore', counts: { ...none, selected: 2, restored: 1, failed: 1 } },
    failed: [failedPhone('game-0002', { reason: 'restore_failed', code: 'CPS.0104' })],
  },
  settledRun({
    ...{ outcome: 'failed', failed: [] },
    ...{ reason: 'bucket_missing', message: 'bucket x does not exist' },
  }),
  settledRun({ outcome: 'failed', failed: [], reason: 'not_known_here' }),
  settledRun({
    ...{ outcome: 'completed', failed: [] },
    leftovers: { count: 2, codes: ['AccessDenied', 'InternalError'] },
  }),
  settledRun({
    ...{ outcome: 'failed', failed: [], leftovers: { count: 1, codes: ['AccessDenied'] } },
    ...{ reason: 'bucket_missing', message: 'bucket x does not exist' },
  }),
  settledRun({
    ...{ outcome: 'completed', failed: [] },
    suspects: { count: 4, phones: ['p1', 'p2', 'p3'], names: ['game-1', 'game-2', 'p3'] },
    undone: [{ step: 'index_run', message: 'runs/index: OBS answered 403' }],
    missingServers: { count: 1_200, first: ['s-1', 's-2', 's-3'] },
  }),
  ...(['max_delete', 'failed', 'unreadable', undefined] as const).map((blocked) =>
    pruneOf(blocked),
  ),
  pruneOf(undefined, 2),
  missed('too_late', 1),
  missed('superseded', 3),
  missed('policy_invalid', 0),
  unready(1),
  unready(51),
  {
    ...{ kind: 'unreadable', policy: 'nightly', run_id: 'nightly-1' },
    ...{ code: 'object_newer', message: 'runs/nightly-1/plan.json has version 9' },
    ...{ hint: 'Deploy the newer version of Phonevault again.', since: Date.UTC(2026, 0, 1) },
    object: { bucket: 'my-phone-backups', key: 'phonevault/runs/nightly-1/plan.json' },
  },
  {
    ...{ kind: 'unreadable', policy: undefined, run_id: undefined },
    ...{ code: 'object_unreadable', message: 'open/hints/trace-1.json cannot be read: 403' },
    ...{ hint: undefined, since: Date.UTC(2026, 0, 1), held_until: Date.UTC(2026, 0, 1, 0, 17) },
    object: { bucket: 'my-phone-backups', key: 'phonevault/open/hints/trace-1.json' },
  },
  {
    ...{ kind: 'unreadable', policy: 'nightly', run_id: 'nightly-20260102t023000z' },
    ...{ code: 'archive_broken', message: 'the tar ends early', hint: 'Back the phones up again' },
    since: Date.UTC(2026, 0, 1),
    object: { bucket: 'my-phone-backups', key: 'nightly/20260102/x/p1-1.tar' },
    archives: { count: 4, read: 9, phones: ['p1', 'p2'], names: ['game-0001', 'game-0002'] },
  },
  drilled({ verdict: 'passed', seconds: 373 }, 'completed'),
  drilled({ verdict: 'failed' }, 'partial'),
  drilled({ verdict: 'failed' }, 'failed', 'drill_target_selected'),
  stalePolicy(),
  stalePolicy({
    ...{ at: Date.UTC(2026, 0, 3), objective: { phones: 90 } },
    phones: { counted: 20_000, fresh: 1, late: 19_998, never: 1, not_exportable: 3, unknown: 2 },
  }),
  withoutPhones(stalePolicy()),
  {
    ...{ kind: 'recovered', policy: 'nightly', run_id: 'nightly-2', since: Date.UTC(2026, 0, 1) },
    report: { bucket: 'my-phone-backups', key: 'phonevault/runs/nightly-2/report.json' },
  },
  { kind: 'credentials', code: 'credentials_refused', since: Date.UTC(2026, 0, 1) },
  ...[0, 2].map((n): Notification => ({
    kind: 'heartbeat',
    date: '20260102',
    day: day({
      runs: { completed: 3 * n, partial: n, failed: 0, skipped: 0, cancelled: n },
      open: 1 + n,
      active: 4,
      missed: n,
      stale: n === 0 ? [] : ['nightly', 'weekly'],
      drills: n === 0 ? [] : ['weekly'],
      invalid: n === 0 ? [] : ['typo', 'other', 'third'],
      unreadable: n === 0 ? [] : ['policies/other.yaml'],
    }),
  })),
];
