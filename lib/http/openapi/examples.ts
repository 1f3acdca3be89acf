// Example responses of the OpenAPI document: one run of the policy `nightly`, before and after.

const RUN = 'nightly-16ec6c7a187fda49bb7014e9';
const PHONE = '17910ab39e85ef0fd2826ad7e1058e43';
const SERVER = 'c4b50b642fe78898a0c33bb8dacc4bc9';
const ARCHIVE = `nightly/20260102/${RUN}/${PHONE}-1.tar`;
const SETTLED_AT = '2026-01-01T18:30:27.920Z';
const OUTCOMES = { selected: 1, exported: 1, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 };

export const acceptedExample = { run_id: RUN, policy: 'nightly', url: `/v1/runs/${RUN}` };

export const cancellingExample = { run_id: RUN, url: `/v1/runs/${RUN}` };

const summary = {
  run_id: RUN,
  policy: 'nightly',
  trigger: 'http',
  slot: '20260101T183002Z',
  phase: 'settled',
  cancelling: false,
  outcome: 'completed',
  started_at: '2026-01-01T18:30:02.000Z',
  settled_at: SETTLED_AT,
  counts: OUTCOMES,
  progress: null,
};

export const runsExample = { runs: [summary] };

export const runExample = {
  ...summary,
  listing_complete: true,
  notified: { at: SETTLED_AT, message_id: 'fc8ae8b25817abcc03bfc39bc10633c9' },
  failures: [],
  metrics: {
    calls: { cph: { 'batch-storage': { ok: 1, refused: 0, throttled: 0, failed: 0 } } },
    retries: 0,
    throttled_ms: 0,
    function_ms: 27_920,
  },
  report: { key: `phonevault/runs/${RUN}/report.json` },
  phones: [
    {
      phone_id: PHONE,
      phone_name: 'game-0002',
      server_id: SERVER,
      state: 'exported',
      attempts: 1,
      bucket: 'my-phone-backups',
      key: ARCHIVE,
      size: 42_496,
      etag: '5a541f7e4e1ccace42857da0e28b2f15',
      verified_at: SETTLED_AT,
    },
  ],
};

export const archivesExample = {
  archives: [
    {
      phone_id: PHONE,
      phone_name: 'game-0002',
      policy: 'nightly',
      run_id: RUN,
      trigger: 'http',
      bucket: 'my-phone-backups',
      key: ARCHIVE,
      size: 42_496,
      etag: '5a541f7e4e1ccace42857da0e28b2f15',
      verified_at: SETTLED_AT,
      image_version: 'AOSP 11.0',
      include: ['/data/data'],
      exclude: ['/data/data/com.example.cache'],
    },
  ],
};

export const policiesExample = {
  policies: [
    {
      policy: 'nightly',
      state: 'active',
      schedule: { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai' },
      on_provisioned: false,
      next_slot: '2026-01-02T18:30:00.000Z',
      freshness: 'fresh',
      objective: { max_age_seconds: null, phones_percent: 90 },
      late_before: null,
      phones: { counted: 1, fresh: 1, late: 0, never: 0, not_exportable: 0, unknown: 0 },
      last_run: { run_id: RUN, outcome: 'completed', settled_at: SETTLED_AT },
      last_good_run: { run_id: RUN, settled_at: SETTLED_AT },
      open_runs: [],
    },
  ],
  unreadable: [],
};

export const metricsExample = `# HELP phonevault_policy_last_success_timestamp_seconds When the last completed run of all phones settled.
# TYPE phonevault_policy_last_success_timestamp_seconds gauge
phonevault_policy_last_success_timestamp_seconds{policy="nightly"} 1767292227.92
`;

export const planExample = {
  policy: 'nightly',
  slot: '20260102T183000Z',
  as_of: '2026-01-02T12:00:00.000Z',
  listing_complete: true,
  bucket: 'my-phone-backups',
  folder: 'nightly/20260103/nightly-20260102t183000z',
  include: ['/data/data'],
  exclude: ['/data/data/com.example.cache'],
  fleet: 1,
  counts: { selected: 1, export: 1, wait: 0, skip: 0, fail: 0 },
  calls: { export_calls: 1, phones_per_call: 10, calls_per_minute: 8, learned: false },
  estimate: {
    ms: 17_420,
    export_ms: 17_420,
    limited_by: 'export',
    deadline_ms: 7_200_000,
    meets_deadline: true,
  },
  phones: [
    {
      phone_id: PHONE,
      phone_name: 'game-0002',
      server_id: SERVER,
      plan: 'export',
      key: `nightly/20260103/nightly-20260102t183000z/${PHONE}-1.tar`,
    },
  ],
  truncated: false,
};

export const refreshingExample = {
  requested_at: '2026-01-02T12:00:00.000Z',
  url: '/v1/plan',
  method: 'POST',
  retry_after: 30,
};

export const startExamples = {
  all: { summary: 'All phones of the policy', value: { policy: 'nightly' } },
  some: { summary: 'Some of its phones', value: { policy: 'nightly', phones: [PHONE] } },
  webhook: {
    summary: 'A Standard Webhooks message',
    value: {
      type: 'season.ended',
      timestamp: '2026-01-01T18:30:00Z',
      data: { policy: 'nightly' },
    },
  },
};

export const planExamples = {
  now: { summary: 'A run that starts now', value: { policy: 'nightly' } },
  later: {
    summary: 'Some phones, at a time',
    value: { policy: 'nightly', phones: [PHONE], slot: '2026-01-03T02:30:00+08:00' },
  },
};

const RESTORE = 'restore-5d41402abc4b2a76b9719d91';

export const restoreAcceptedExample = { run_id: RESTORE, url: `/v1/runs/${RESTORE}` };

export const restorePlanExample = {
  as_of: '2026-01-02T08:00:00.000Z',
  counts: { selected: 1, restore: 1, wait: 0, skip: 0, fail: 0 },
  ...{ safety_export: true, restart: true, reset_first: false },
  phones: [
    {
      phone_id: PHONE,
      phone_name: 'game-0002',
      server_id: SERVER,
      image_version: 'AOSP 9.0',
      plan: 'restore',
      source: {
        phone_id: PHONE,
        phone_name: 'game-0002',
        policy: 'nightly',
        run_id: RUN,
        bucket: 'my-phone-backups',
        key: ARCHIVE,
        size: 42_496,
        verified_at: SETTLED_AT,
        image_version: 'AOSP 9.0',
      },
    },
  ],
};

export const restoreExamples = {
  newest: { summary: 'Its newest good archive', value: { phones: [PHONE] } },
  another: {
    summary: 'To another phone',
    value: {
      map: [{ source: PHONE, target: 'f2c1aab39e85ef0fd2826ad7e1058e99' }],
      at: '2026-01-01 03:00',
    },
  },
  run: { summary: 'The first phones of a run', value: { run: RUN, first: 5 } },
};
