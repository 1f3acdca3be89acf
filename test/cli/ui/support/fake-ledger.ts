import type { FailureGroup } from '../../../../lib/run/query/page/failures.ts';
import type { Overview, PolicyOverview } from '../../../../lib/run/query/page/overview.ts';
import type { PhoneBackup } from '../../../../lib/run/query/schemas/policy.ts';
import type { Ledger } from '../../../../cli/ui/ledgers.ts';

export const NOW = Date.UTC(2026, 0, 31, 12);
const HOUR = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Returns phones of which every tenth is late and every hundredth has no backup. */
export function manyPhones(count: number, name = (n: number) => `game-${n}`): PhoneBackup[] {
  return Array.from({ length: count }, (_, n): PhoneBackup => {
    const state = n % 100 === 1 ? 'never' : n % 10 === 0 ? 'late' : 'fresh';
    return {
      ...{ phone_id: `id-${n}`, phone_name: name(n), policy: 'nightly', state },
      ...(state === 'fresh' ? {} : { reason: 'job_failed', code: 'CPS.0107' }),
      verified_at: state === 'never' ? null : iso(NOW - (state === 'late' ? 90 : 9) * HOUR),
      ...(state === 'never' ? {} : { size: 2_100_000_000, run_id: 'nightly-1' }),
    };
  });
}

/** A policy with a run that goes on and one that failed in part. */
export function policyOverview(
  policy: string,
  changes: Partial<PolicyOverview> = {},
): PolicyOverview {
  const counts = { selected: 37, exported: 31, failed: 4, skipped: 2, timed_out: 0, cancelled: 0 };
  return {
    status: {
      ...{ policy, state: 'active', on_provisioned: false, freshness: 'fresh' },
      schedule: { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai' },
      objective: { max_age_seconds: null, phones_percent: 90 },
      next_slot: iso(NOW + 6 * HOUR),
      late_before: iso(NOW - 48 * HOUR),
      phones: { counted: 37, fresh: 31, late: 4, never: 2, not_exportable: 0, unknown: 0 },
      last_run: { run_id: 'nightly-1', outcome: 'partial', settled_at: iso(NOW - 9 * HOUR) },
      last_good_run: { run_id: 'nightly-0', settled_at: iso(NOW - 33 * HOUR) },
      open_runs: ['nightly-2'],
    },
    nights: Array.from({ length: 30 }, (_, n) => ({
      date: iso(NOW - (29 - n) * 24 * HOUR).slice(0, 10),
      ...(n === 3
        ? { runs: 0 }
        : {
            ...{ outcome: n === 29 ? ('partial' as const) : ('completed' as const), runs: 1 },
            run_id: `nightly-${n}`,
          }),
    })),
    slots: [iso(NOW + 6 * HOUR), iso(NOW + 30 * HOUR)],
    open: [
      {
        ...{ run_id: 'nightly-2', policy, trigger: 'manual', slot: null, phase: 'running' },
        ...{ cancelling: false, outcome: null, started_at: iso(NOW), settled_at: null },
        counts: null,
        progress: {
          ...{ selected: 37, waiting: 0, queued: 9, exporting: 10, verifying: 0 },
          ...{ outcome_unknown: 0, exported: 16, failed: 1, skipped: 1 },
          ...{ timed_out: 0, cancelled: 0 },
        },
      },
    ],
    recent: [
      {
        ...{ run_id: 'nightly-1', outcome: 'partial', counts, bytes: 65_000_000_000 },
        ...{ started_at: NOW - 9 * HOUR - 29_000, settled_at: NOW - 9 * HOUR },
      },
    ],
    archives: { archives: 900, bytes: 1_900_000_000_000, all: true },
    oldest: [
      { phone_id: 'id-1', phone_name: 'game-1', outcome: 'failed', code: 'CPS.0107' },
      { phone_id: 'id-0', phone_name: 'game-0', outcome: 'exported', verified_at: NOW - 90 * HOUR },
    ],
    pruned: undefined,
    ...changes,
  };
}

export const failures: FailureGroup[] = [
  {
    ...{ outcome: 'failed', reason: 'job_failed', code: 'CPS.0107', count: 12 },
    phones: [{ phone_id: 'id-1', phone_name: 'game-1' }],
  },
  {
    ...{ outcome: 'skipped', reason: 'stopped', count: 1 },
    phones: [{ phone_id: 'id-2', phone_name: 'game-2' }],
  },
];

/** A ledger as the page reads it, from facts in memory. */
export function fakeLedger(changes: Partial<Ledger> = {}, overview?: Overview): Ledger {
  const known = overview ?? { policies: [policyOverview('nightly')], others: [], unreadable: [] };
  return {
    name: 'cn-north-4 obs://ledger/phonevault/',
    overview: async () => known,
    failures: async () => failures,
    run: async (run_id) =>
      run_id.startsWith('nightly-')
        ? {
            ...{ run_id, policy: 'nightly', trigger: 'timer', slot: null, phase: 'settled' },
            ...{ cancelling: false, outcome: 'partial', started_at: iso(NOW - 9 * HOUR) },
            ...{ settled_at: iso(NOW - 9 * HOUR + 29_000), progress: null },
            counts: {
              ...{ selected: 37, exported: 31, failed: 4, skipped: 2, timed_out: 0, cancelled: 0 },
            },
            ...{ listing_complete: true, notified: null, failures: [], metrics: null },
            report: null,
          }
        : undefined,
    phones: async () => manyPhones(120),
    archives: async (phone_id) =>
      phone_id === 'id-7'
        ? {
            archives: [
              {
                ...{ phone_id, phone_name: 'game-7', policy: 'nightly', run_id: 'nightly-1' },
                ...{ trigger: 'timer', bucket: 'my-phone-backups', key: 'nightly/1/id-7-1.tar' },
                ...{ size: 2_100_000_000, etag: 'e', verified_at: iso(NOW - 9 * HOUR) },
                ...{ include: ['/data'], exclude: [], suspect: true, pinned: true },
              },
            ],
          }
        : { archives: [] },
    checks: async () => [
      { check: 'bucket', subject: 'ledger', outcome: 'ok', message: 'a plain object bucket' },
      { check: 'topic', outcome: 'failed', message: 'no subscriptions', fix: 'add one' },
    ],
    lastChecks: () => undefined,
    ...changes,
  };
}
