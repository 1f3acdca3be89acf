import * as z from 'zod';
import { readPlan } from '../../lib/ledger/run/plan.ts';
import { readLog } from '../../lib/ledger/run/log.ts';
import {
  readReport,
  countsSchema,
  phoneOutcomes,
  runOutcomes,
} from '../../lib/ledger/run/report.ts';
import { readOrphanedJobs } from '../../lib/ledger/run/orphaned-jobs.ts';
import { readCursors } from '../../lib/ledger/state/cursors.ts';
import { readCredentialsRefused } from '../../lib/ledger/state/credential-alarm.ts';
import { readHistory } from '../../lib/ledger/state/history.ts';
import { loadInventory } from '../../lib/ledger/state/inventory.ts';
import { carefulLimits, readLimits } from '../../lib/ledger/state/limits.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../lib/ledger/store/memory-store.ts';
import { readLookup, readMissed } from '../../lib/ledger/hints/hints.ts';
import { readHeartbeat, readNotifiedHeartbeat } from '../../lib/ledger/state/heartbeat.ts';
import { readRecovered, readStale, readNotifiedStale } from '../../lib/ledger/state/staleness.ts';
import { readInventoryRequest } from '../../lib/ledger/hints/inventory-request.ts';
import { readSkipped } from '../../lib/ledger/state/skipped-slots.ts';
import { readIndexedPhones } from '../../lib/ledger/state/phones.ts';
import { readProvisioning } from '../../lib/ledger/state/provisioning.ts';
import { requestSchema } from '../../lib/ledger/run/request.ts';
import { listIndexedRuns } from '../../lib/ledger/state/run-index.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { shapes } from '../../scripts/docs/shape-tables.ts';
import { playClock } from '../../testing/play-clock.ts';
import type { Block } from './pages.ts';

const RUN = 'nightly-20260101t183000z';
const NAME = '8232707772079.nightly.partial.nightly-20260101t183000z';

/** The JSON of a notification, as its readers see it. */
const notification = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  kind: z.enum(['settled', 'missed', 'stale', 'recovered', 'credentials', 'heartbeat']),
  run_id: z.string().nullable(),
  policy: z.string().nullable(),
  outcome: z.enum(runOutcomes).nullable(),
  counts: countsSchema.nullable(),
  report: z.strictObject({ bucket: z.string(), key: z.string() }).nullable(),
  reason: z.string().optional(),
  message: z.string().optional(),
  day: z
    .strictObject({
      since: z.iso.datetime(),
      until: z.iso.datetime(),
      runs: z.record(z.enum(runOutcomes), z.number()),
      open: z.number(),
      active: z.number(),
      missed: z.number(),
      stale: z.array(z.string()),
      invalid: z.array(z.string()),
    })
    .optional(),
  failed: z
    .array(
      z.strictObject({
        phone_id: z.string(),
        outcome: z.enum(phoneOutcomes),
        reason: z.string().optional(),
        code: z.string().optional(),
      }),
    )
    .max(50),
  truncated: z.boolean(),
});

type Check = { key: string; read(store: Store): Promise<unknown> };

/** Ledger objects whose schema is their reader's own: the sample lies at its key and is read. */
const stored: Record<string, Check> = {
  late: { key: layout.late(RUN), read: (store) => readOrphanedJobs(store, RUN) },
  log: {
    key: layout.logEntry(RUN, '0000000001-c37aa3eb902f', 0),
    read: async (store) => (await readLog(store, RUN))[0],
  },
  phones: { key: layout.phones('0f'), read: async (store) => (await readIndexedPhones(store))[0] },
  indexed_run: {
    key: layout.indexedRun(NAME),
    read: async (store) => (await listIndexedRuns(store, { max: 1 })).runs[0],
  },
  missed: { key: layout.hint('sample'), read: (store) => readMissed(store, 'sample') },
  stale: { key: layout.hint('sample'), read: (store) => readStale(store, 'sample') },
  recovered: { key: layout.hint('sample'), read: (store) => readRecovered(store, 'sample') },
  skipped: {
    key: layout.skipped('nightly'),
    read: async (store) => (await readSkipped(store, 'nightly')).keys().next().value,
  },
  told_stale: {
    key: layout.stale('nightly'),
    read: (store) => readNotifiedStale(store, 'nightly'),
  },
  heartbeat: { key: layout.hint('sample'), read: (store) => readHeartbeat(store, 'sample') },
  told_heartbeat: { key: layout.heartbeat, read: readNotifiedHeartbeat },
  lookup: { key: layout.hint('trace-sample'), read: (store) => readLookup(store, 'trace-sample') },
  inventory_request: {
    key: layout.hint('inventory-nightly'),
    read: (store) => readInventoryRequest(store, 'inventory-nightly'),
  },
  limits: {
    key: layout.limits,
    read: async (store) => {
      const limits = await readLimits(store);
      return limits === carefulLimits ? undefined : limits;
    },
  },
  cursors: { key: layout.cursors, read: async (store) => (await readCursors(store)).nightly },
  history: { key: layout.history('nightly'), read: (store) => readHistory(store, 'nightly') },
  inventory: { key: layout.inventory('all'), read: (store) => loadInventory(store, undefined) },
  provisioning: {
    key: layout.provisioning,
    read: async (store) => (await readProvisioning(store)).policies.nightly,
  },
  alarms: { key: layout.alarms, read: readCredentialsRefused },
};

const { RunSummary, RunView, RunPhone, LogLine, ExportCall, PolicyStatus, PhoneArchive } = shapes;

const parsed: Record<string, z.ZodType> = {
  request: requestSchema,
  notification,
  preview: shapes.Preview,
  problem: shapes.Problem,
  run: RunView,
  open_run: RunView,
  runs: z.object({ runs: z.array(RunSummary), next: z.string().optional() }),
  run_phones: z.array(RunPhone),
  run_log: z.array(LogLine),
  export_calls: z.array(ExportCall),
  policies: z.array(PolicyStatus),
  phone_archives: z.array(PhoneArchive),
};

/** Objects that have no schema because only people read them, or their key says all. */
const unread = [
  'cancel',
  'sweep',
  'quarantined',
  'client_key',
  'late_archive',
  'lease',
  'accepted',
];
const others = ['cancelling', 'refreshing', 'notification_attributes'];

/** What a block shows, by its mark `sample: <name>` or its look; undefined for JSON of others. */
export function sampleName(mark: string | undefined, value: unknown): string | undefined {
  const marked = /^sample: (\w+)$/.exec(mark ?? '')?.[1];
  if (marked !== undefined) {
    const isMessage = /^notification_(?!attributes)/.test(marked);
    return isMessage ? 'notification' : marked;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if ('kind' in value && 'truncated' in value) return 'notification';
  if ('phones' in value && 'outcome' in value) return 'report';
  if ('trigger' in value && 'version' in value && !('outcome' in value)) return 'request';
  return undefined;
}

/** True for a value that is of the shape; throws what is wrong with it. `blocks` are all that may belong to it. */
export async function checkSample(name: string, value: unknown, blocks: Block[]): Promise<boolean> {
  if (unread.includes(name) || others.includes(name)) return true;
  if (name === 'plan' || name === 'plan_part') return checkPlan(blocks);
  if (name === 'report') return checkReport(value);
  const schema = parsed[name];
  if (schema !== undefined) {
    schema.parse(value);
    return true;
  }
  const check = stored[name];
  if (check === undefined) throw new Error(`no shape is known as ${name}`);
  const store = memoryStore(playClock(0));
  await store.put(check.key, JSON.stringify(value));
  return (await check.read(store)) !== undefined;
}

async function checkPlan(blocks: Block[]): Promise<boolean> {
  const text = (name: string) => blocks.find(({ mark }) => mark === `sample: ${name}`)?.text ?? '';
  const { parts } = JSON.parse(text('plan')) as { parts: string[] };
  const store = memoryStore(playClock(0));
  await store.put(layout.plan(RUN), text('plan'));
  for (const part of parts) await store.put(part, text('plan_part'));
  return (await readPlan(store, RUN)) !== undefined;
}

/** A report is read only at the key of its own run. */
async function checkReport(value: unknown): Promise<boolean> {
  const { run_id } = value as { run_id: string };
  const store = memoryStore(playClock(0));
  await store.put(layout.report(run_id), JSON.stringify(value));
  return (await readReport(store, run_id)) !== undefined;
}
