import { putPin } from '../../../lib/ledger/catalogue/pins.ts';
import { newestArchives } from '../../../lib/ledger/catalogue/newest-archives.ts';
import { recordResets } from '../../../lib/ledger/catalogue/rebuild/resets.ts';
import { putCancel } from '../../../lib/ledger/run/request.ts';
import { requestInventory } from '../../../lib/ledger/hints/inventory-request.ts';
import { putLookup } from '../../../lib/ledger/hints/lookup.ts';
import { putMissed } from '../../../lib/ledger/hints/missed-slots.ts';
import { putFreshnessHint } from '../../../lib/ledger/hints/freshness.ts';
import { takeLease } from '../../../lib/ledger/lease/lease.ts';
import { putFoldHint } from '../../../lib/ledger/hints/fold.ts';
import { writeReadings } from '../../../lib/ledger/fleet/readings.ts';
import { writePruneProgress } from '../../../lib/ledger/retention/progress.ts';
import { requestPrune, writePruneIntent } from '../../../lib/ledger/retention/prune.ts';
import { writeRetention } from '../../../lib/ledger/retention/state.ts';
import { recordDeleted } from '../../../lib/ledger/run/deleted-archives.ts';
import { recordLateArchive, writeOrphanedJobs } from '../../../lib/ledger/run/orphaned-jobs.ts';
import {
  writeCredentialAlarm,
  writeNotifiedStale,
} from '../../../lib/ledger/state/notified/notified.ts';
import { readCursors, writeCursors } from '../../../lib/ledger/state/cursors.ts';
import { recordDrill } from '../../../lib/ledger/state/drills.ts';
import { writeFolding } from '../../../lib/ledger/state/folding.ts';
import { recordSkippedSlot } from '../../../lib/ledger/state/notified/skipped-slots.ts';
import { claimKey } from '../../../lib/ledger/state/client-keys.ts';
import { writeUnreadable } from '../../../lib/ledger/state/notified/unreadable.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { foldRun } from '../../../lib/run/fold/fold-run.ts';
import {
  FIRST_RUN,
  NIGHTLY_RUN,
  policyText,
  type Scene,
  type SceneWorld,
  SLOT,
} from './bad-object-night.ts';

const MINUTE = 60_000;
const storeOf = (world: SceneWorld) => world.invocation().deps.store;

export type Row = Scene & {
  title?: string;
  pattern: RegExp;
  /**
   * cache: absent, and written anew. run: the run of nightly rests. hint: only this object waits. passed: the next object of the
   * kind takes its place. old: an old run is not folded, which is only logged. unused: drive and schedule do not read it, which every night of every scene checks.
   */
  role: 'cache' | 'run' | 'hint' | 'passed' | 'old' | 'unused';
  /** Wrong content is not unreadable, but invalid, and notified as that. */
  edited?: true;
  /** What the hint reports has passed when it can be read again: no message. */
  overtaken?: true;
  /** Drive deletes it. */
  deleted?: true;
  /** A cache of which an object that may come back stays as it is: what is new goes to another one. */
  kept?: true;
};

const escaped = (key: string): string => key.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const exactly = (key: string): RegExp => new RegExp(`^${escaped(key)}$`);
const below = (folder: string): RegExp => new RegExp(`^${escaped(folder)}[^/]+\\.json$`);

const hint = (
  id: RegExp,
  prepare: (store: ReturnType<typeof storeOf>, world: SceneWorld) => Promise<unknown>,
): Row => ({
  title: `a hint ${id.source}`,
  pattern: new RegExp(`^open/hints/${id.source}.*\\.json$`),
  role: 'hint',
  deleted: true,
  prepare: (world) => prepare(storeOf(world), world),
});

const cache = (pattern: RegExp, prepare?: Scene['prepare']): Row => ({
  ...{ pattern, role: 'cache' },
  ...(prepare === undefined ? {} : { prepare }),
});

const since = SLOT - 30 * 60 * MINUTE;
const stale = { policy: 'nightly', since, at: since };

/** A policy of the nights with other lines. */
const withPolicy = async (
  world: SceneWorld,
  change: (text: string) => string,
): Promise<ReturnType<typeof storeOf>> => {
  const store = storeOf(world);
  const { body = '' } = (await store.get(layout.policy('nightly'))) ?? {};
  await world.putPolicy(change(body));
  return store;
};

/** Retention rules that keep every archive, and the request to apply them. */
const withPrune = async (world: SceneWorld): Promise<ReturnType<typeof storeOf>> => {
  const store = await withPolicy(world, (text) => `${text}retention: { max_backups: 100 }\n`);
  await requestPrune(store, 'nightly');
  return store;
};

const newestArchive = async (store: ReturnType<typeof storeOf>) => {
  const { archives } = await newestArchives(store, { policy: 'nightly', max: 1 });
  const [archive] = archives;
  if (archive === undefined) throw new Error('the first night left no archive');
  return archive;
};

const orphanedAttempt = async ({ cloud }: SceneWorld) => {
  const [phone] = await cloud.control.phones();
  const { phone_id = '', phone_name = '', server_id = '' } = phone ?? {};
  return { phone_id, phone_name, server_id, attempt: 9, jobs: [], watch_until: SLOT + MINUTE };
};

const orphanedJobs = async (world: SceneWorld) => {
  const now = world.clock.now();
  return {
    ...{ run_id: FIRST_RUN, policy: 'nightly', bucket: 'phonevault-demo', folder: 'nightly' },
    ...{ busy_until: now, until: now + 60 * MINUTE, attempts: [await orphanedAttempt(world)] },
  };
};

/** A night in which a run of the one before is old, and folded. */
const folding = (
  prepare: (world: SceneWorld) => Promise<unknown>,
): Pick<Row, 'role' | 'prepare' | 'keepRuns'> => ({
  ...{ role: 'old', keepRuns: 60 * MINUTE },
  prepare: async (world) => {
    // The run that says how fresh the backups are is not folded.
    await storeOf(world).remove([layout.folding, layout.freshness('nightly')]);
    await prepare(world);
  },
});

/** Every kind of object of the ledger, and what it holds up. A folder has no object of its own. */
const table: Record<keyof typeof layout, Row[] | 'folder'> = {
  policies: 'folder',
  policy: [
    { title: 'unchanged', edited: true, pattern: exactly(layout.policy('nightly')), role: 'run' },
    {
      title: 'edited',
      edited: true,
      pattern: exactly(layout.policy('nightly')),
      role: 'run',
      prepare: async (world) => {
        const { body = '' } = (await storeOf(world).get(layout.policy('nightly'))) ?? {};
        await world.putPolicy(body.replace('deadline: 2h', 'deadline: 3h'));
      },
    },
    {
      title: 'new',
      edited: true,
      pattern: exactly(layout.policy('fresh')),
      role: 'hint',
      prepare: (world) => world.putPolicy(policyText('fresh', []), 'fresh'),
    },
  ],

  open: 'folder',
  request: [{ pattern: exactly(layout.request(NIGHTLY_RUN)), role: 'run', deleted: true }],
  cancel: [
    {
      pattern: exactly(layout.cancel(NIGHTLY_RUN)),
      role: 'unused',
      deleted: true,
      atSlot: (world) => putCancel(storeOf(world), NIGHTLY_RUN),
    },
  ],
  hints: 'folder',
  hint: [
    {
      ...hint(/fold/, async (store) => {
        await writeFolding(store, { after: 'a', passed_at: 0 });
        await putFoldHint(store);
      }),
      role: 'unused',
    },
    hint(/missed-/, (store) =>
      putMissed(store, {
        ...{ policy: 'nightly', reason: 'too_late', slots: 1 },
        ...{ first: '20260102T100000Z', last: '20260102T100000Z' },
      }),
    ),
    // While it rests, a run completes: there is another recovery, or none, when it can be read.
    {
      ...hint(/freshness-/, async (store) => {
        await writeNotifiedStale(store, { ...stale, notified_at: SLOT - MINUTE });
        await putFreshnessHint(store, { policy: 'nightly', at: SLOT - MINUTE });
      }),
      overtaken: true,
    },
    hint(/heartbeat-/, async () => undefined),
    hint(/inventory-/, (store) =>
      requestInventory(store, { policy: 'nightly', requested_at: SLOT - MINUTE }),
    ),
    hint(/message-/, async (store, world) => {
      const [phone] = await world.cloud.control.phones();
      const phones = [phone?.phone_id ?? ''];
      const lookup = { change: 'requested', phones, servers: [], others: [] } as const;
      await putLookup(store, { id: 'message-1', lookup: { ...lookup, servers: [], others: [] } });
    }),
    { ...hint(/sweep-/, async () => undefined), role: 'unused', deleted: true },
  ],
  orphanedJobs: [
    {
      pattern: exactly(layout.orphanedJobs(FIRST_RUN)),
      role: 'hint',
      deleted: true,
      prepare: async (world) => writeOrphanedJobs(storeOf(world), await orphanedJobs(world)),
    },
  ],

  prunes: 'folder',
  pruneRequest: [
    {
      pattern: exactly(layout.pruneRequest('nightly')),
      role: 'unused',
      deleted: true,
      prepare: withPrune,
    },
  ],
  pruneIntent: [
    {
      pattern: exactly(layout.pruneIntent('nightly')),
      role: 'hint',
      deleted: true,
      prepare: async (world) => {
        const store = await withPrune(world);
        const { bucket } = await newestArchive(store);
        await writePruneIntent(store, { policy: 'nightly', bucket, archives: [] });
      },
    },
  ],
  pruneObjects: 'folder',
  pruneProgress: [
    {
      ...cache(exactly(layout.pruneProgress('nightly')), async (world) => {
        const store = await withPrune(world);
        const none = { counted: 0, pruned: 0, standing: 0, due: 0, handled: 0 };
        const tally = {
          ...{ deleted: 0, bytes: 0, trashed: 0, refused: 0, refusals: [] },
          ...{ missing: 0, missing_keys: [] },
        };
        const facts = { rules: 'others', at: world.clock.now(), parts: 2, tally, ...none };
        await writePruneProgress(store, { policy: 'nightly', ...facts }, 'nightly');
      }),
      deleted: true,
    },
  ],

  runs: 'folder',
  run: 'folder',
  plan: [{ pattern: exactly(layout.plan(NIGHTLY_RUN)), role: 'run' }],
  planParts: [{ pattern: below(layout.planParts(NIGHTLY_RUN)), role: 'run' }],
  log: 'folder',
  logEntry: [{ pattern: below(layout.log(NIGHTLY_RUN)), role: 'run' }],
  report: [{ pattern: exactly(layout.report(NIGHTLY_RUN)), role: 'run', interrupted: true }],
  reportPages: [
    { pattern: below(layout.reportPages(NIGHTLY_RUN)), role: 'run', interrupted: true },
  ],
  // A drive was killed after the record.
  lateArchive: [
    cache(below(layout.lateArchives(FIRST_RUN)), async (world) => {
      const [store, jobs] = [storeOf(world), await orphanedJobs(world)];
      const { phone_id, attempt } = await orphanedAttempt(world);
      const { key: known } = await newestArchive(store);
      const stored = await world.cloud.backend.read(world.cloud.bucket, known);
      if (stored === undefined) throw new Error('the first night left no archive');
      const key = `nightly/${FIRST_RUN}/${phone_id}-${attempt}.tar`;
      const { size, etag } = stored.record;
      const lastModified = world.clock.now();
      await world.cloud.backend.write(world.cloud.bucket, key, stored.body, { lastModified });
      const archive = { phone_id, attempt, key, size, etag, seen_at: lastModified };
      await recordLateArchive(store, FIRST_RUN, archive);
      await writeOrphanedJobs(store, jobs);
    }),
  ],

  settled: 'folder',
  folded: [
    {
      pattern: exactly(layout.folded(FIRST_RUN)),
      // A drive was killed before it had deleted the rest.
      ...folding(async (world) => {
        await foldRun(world.invocation().deps, FIRST_RUN);
        await world.write(layout.plan(FIRST_RUN), '{}');
      }),
    },
  ],
  foldedParts: 'folder',

  deletedFolder: 'folder',
  deletedArchives: [
    {
      pattern: below(layout.deletedFolder(FIRST_RUN)),
      ...folding(async (world) => {
        const record = { bucket: world.cloud.bucket, at: SLOT - MINUTE, archives: [] };
        await recordDeleted(storeOf(world), FIRST_RUN, record);
      }),
    },
  ],

  pins: 'folder',
  pin: [
    {
      pattern: below(layout.pins),
      role: 'unused',
      prepare: async (world) => {
        const store = await withPrune(world);
        await putPin(store, await newestArchive(store), world.clock.now());
      },
    },
  ],
  catalogue: 'folder',
  archives: 'folder',
  archiveShard: [{ ...cache(below(layout.archives('nightly'))), kept: true }],
  resets: [
    cache(exactly(layout.resets), (world) =>
      recordResets(storeOf(world), new Map([['phone', SLOT - MINUTE]])),
    ),
  ],
  lateArchives: 'folder',

  leases: 'folder',
  lease: [{ pattern: below(layout.leases), role: 'passed', deleted: true }],
  leaseCopy: [
    // The lease of a killed drive cannot be read, and neither can the one before it.
    cache(exactly(layout.leaseCopy), async (world) => {
      const [store, { clock }] = [storeOf(world), world];
      for (const holder of ['a', 'b']) {
        const lease = await takeLease(store, { clock, holder, ttlMs: 90_000 });
        if (holder === 'a') await lease?.release();
        await world.write(layout.lease(lease?.epoch ?? 0), 'broken');
      }
    }),
  ],
  folding: [cache(exactly(layout.folding))],
  runIndex: 'folder',
  // A cold check of freshness finds the last run there.
  indexedRun: [
    {
      ...cache(below(layout.runIndex), async (world) => {
        const store = storeOf(world);
        await store.remove([layout.freshness('nightly')]);
        await writeNotifiedStale(store, { ...stale, notified_at: SLOT - MINUTE });
        await putFreshnessHint(store, { policy: 'nightly', at: SLOT - MINUTE });
      }),
      overtaken: true,
    },
  ],
  limits: [cache(exactly(layout.limits))],
  cursors: [cache(exactly(layout.cursors))],
  cursorsPart: [
    cache(below('state/cursors/'), async (world) =>
      writeCursors(storeOf(world), await readCursors(storeOf(world)), 600),
    ),
  ],
  provisioning: [cache(exactly(layout.provisioning))],
  history: [cache(exactly(layout.history('nightly')))],
  credentialAlarm: [
    {
      ...cache(exactly(layout.credentialAlarm), (world) =>
        writeCredentialAlarm(storeOf(world), {
          ...{ since: SLOT - MINUTE, drives: 2, notified: false, retry_at: 0 },
        }),
      ),
      deleted: true,
    },
  ],
  heartbeat: [cache(exactly(layout.heartbeat))],
  retention: [
    cache(exactly(layout.retention('nightly')), async (world) => {
      const store = await withPrune(world);
      await writeRetention(store, { notified: 'stale' }, 'nightly');
    }),
  ],
  freshness: [cache(exactly(layout.freshness('nightly')))],
  allTotals: 'folder',
  totals: [cache(exactly(layout.totals('nightly')))],
  // The daily message reads it.
  drill: [
    cache(exactly(layout.drill('nightly')), async (world) => {
      const target = (await world.cloud.control.phones()).at(-1)?.phone_id ?? '';
      const cron = '{ cron: "0 0 6 ? * Sun", timezone: Asia/Shanghai }';
      const store = await withPolicy(
        world,
        (text) => `${text}drill: { schedule: ${cron}, target: [${target}] }\n`,
      );
      const times = { started_at: SLOT - 9 * MINUTE, settled_at: SLOT - 8 * MINUTE };
      const drilled = { run_id: 'restore-1', ...times, verdict: 'passed', seconds: 60 } as const;
      await recordDrill(store, 'nightly', drilled);
    }),
  ],
  skipped: [
    cache(exactly(layout.skipped('nightly')), (world) =>
      recordSkippedSlot(storeOf(world), 'nightly', '20260102T100000Z', world.clock.now()),
    ),
  ],
  stale: [
    cache(exactly(layout.stale('nightly')), (world) =>
      writeNotifiedStale(storeOf(world), { ...stale, notified_at: SLOT - 9 * MINUTE }),
    ),
  ],
  unreadable: [
    cache(exactly(layout.unreadable), (world) =>
      writeUnreadable(
        storeOf(world),
        new Map([
          [
            layout.policy('other'),
            {
              ...{ code: 'object_invalid', message: '', attempts: 9, since: 0, tried_at: 0 },
              ...{ retry_at: SLOT + 600 * MINUTE, notified_at: 1 },
            },
          ],
        ]),
      ),
    ),
  ],
  readings: [
    cache(exactly(layout.readings), async (world) => {
      const phones = (await world.cloud.control.phones()).slice(0, 2);
      const ids = phones.map(({ phone_id }) => phone_id).join(', ');
      const store = await withPolicy(world, (text) =>
        text.replace(/^select: .*$/m, `select: { phones: [${ids}] }`),
      );
      await writeReadings(store, { phones: [], tags: [] });
    }),
  ],
  inFlight: [
    // It is written when more than 16 runs are open; these cannot be read.
    cache(exactly(layout.inFlight), async (world) => {
      for (let n = 10; n < 27; n += 1) {
        await world.write(layout.request(`other-202601${n}t000000z`), 'broken');
      }
    }),
  ],
  inventory: [cache(below('state/inventory/'))],
  inventoryParts: 'folder',
  state: 'folder',
  probe: [
    {
      pattern: below('state/probe/'),
      role: 'unused',
      prepare: (world) => world.write(layout.probe('doctor'), '{}'),
    },
  ],
  clientKeys: 'folder',
  clientKey: [
    {
      pattern: /^state\/keys\//,
      role: 'unused',
      prepare: (world) =>
        claimKey({ ...world.invocation().deps, store: storeOf(world) }, 'key', {
          policy: 'nightly',
        }),
    },
  ],
};

/** The rows of the table, each with the name of its kind. */
export const objectKinds = Object.entries(table).flatMap(([kind, kindRows]) =>
  kindRows === 'folder'
    ? []
    : kindRows.map((row) => ({ ...row, kind: [kind, row.title].filter(Boolean).join(', ') })),
);
