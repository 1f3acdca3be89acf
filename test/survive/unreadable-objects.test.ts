import { beforeAll, describe, expect, it } from 'vitest';
import { recordResets } from '../../lib/ledger/catalogue/rebuild/resets.ts';
import { putCancel } from '../../lib/ledger/run/request.ts';
import { requestInventory } from '../../lib/ledger/hints/inventory-request.ts';
import { putLookup } from '../../lib/ledger/hints/lookup.ts';
import { putMissed } from '../../lib/ledger/hints/missed-slots.ts';
import { putFreshnessHint } from '../../lib/ledger/hints/freshness.ts';
import { writeOrphanedJobs } from '../../lib/ledger/run/orphaned-jobs.ts';
import { writeCredentialAlarm, writeNotifiedStale } from '../../lib/ledger/state/notified.ts';
import { readCursors, writeCursors } from '../../lib/ledger/state/cursors.ts';
import { recordSkippedSlot } from '../../lib/ledger/state/skipped-slots.ts';
import { writeUnreadable } from '../../lib/ledger/state/unreadable.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import {
  FIRST_RUN,
  type FirstNight,
  NIGHTLY_RUN,
  type PlayedNight,
  playFirstNight,
  playNight,
  policyText,
  type Scene,
  type SceneWorld,
  SLOT,
} from './support/bad-object-night.ts';
import { useLightS3 } from './support/light-s3.ts';
import { isOnce, type ObjectFault, objectFaults } from './support/object-faults.ts';

const MINUTE = 60_000;
const storeOf = (world: SceneWorld) => world.invocation().deps.store;

type Row = Scene & {
  title?: string;
  pattern: RegExp;
  /**
   * cache: absent, and written anew. run: the run of nightly rests. hint: only this object waits. passed: the next object of the
   * kind takes its place. unused: drive and schedule do not read it.
   */
  role: 'cache' | 'run' | 'hint' | 'passed' | 'unused';
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
    { ...hint(/sweep-/, async () => undefined), role: 'unused' },
  ],
  orphanedJobs: [
    {
      pattern: exactly(layout.orphanedJobs(FIRST_RUN)),
      role: 'hint',
      deleted: true,
      prepare: async (world) => {
        const now = world.clock.now();
        const [phone] = await world.cloud.control.phones();
        const { phone_id = '', phone_name = '', server_id = '' } = phone ?? {};
        await writeOrphanedJobs(storeOf(world), {
          ...{ run_id: FIRST_RUN, policy: 'nightly', bucket: 'phonevault-demo', folder: 'nightly' },
          ...{ busy_until: now, until: now + 60 * MINUTE },
          attempts: [
            { phone_id, phone_name, server_id, attempt: 9, jobs: [], watch_until: SLOT + MINUTE },
          ],
        });
      },
    },
  ],

  // The policies of these nights have no retention.
  pruneRequest: [{ pattern: below('open/prune/'), role: 'unused' }],
  pruneIntent: [{ pattern: below('open/prune/'), role: 'unused' }],
  pruneObjects: 'folder',
  pruneProgress: [{ pattern: below('open/prune/'), role: 'unused' }],

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
  settled: 'folder',
  folded: [{ pattern: exactly(layout.folded(NIGHTLY_RUN)), role: 'unused' }],
  foldedParts: 'folder',
  lateArchive: [{ pattern: below(`runs/${NIGHTLY_RUN}/late/`), role: 'unused' }],

  deletedFolder: 'folder',
  deletedArchives: [{ pattern: below(`runs/${NIGHTLY_RUN}/deleted/`), role: 'unused' }],

  pins: 'folder',
  pin: [{ pattern: below(layout.pins), role: 'unused' }],
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
  leaseCopy: [{ pattern: exactly(layout.leaseCopy), role: 'unused' }],
  folding: [cache(exactly(layout.folding))],
  runIndex: 'folder',
  indexedRun: [{ pattern: below(layout.runIndex), role: 'unused' }],
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
  retention: [{ pattern: below('state/retention/'), role: 'unused' }],
  drill: [{ pattern: below('state/drill/'), role: 'unused' }],
  freshness: [cache(exactly(layout.freshness('nightly')))],
  allTotals: 'folder',
  totals: [cache(exactly(layout.totals('nightly')))],
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
  readings: [{ pattern: exactly(layout.readings), role: 'unused' }],
  inFlight: [{ pattern: exactly(layout.inFlight), role: 'unused' }],
  inventory: [cache(below('state/inventory/'))],
  inventoryParts: 'folder',
  state: 'folder',
  probe: [{ pattern: below('state/probe/'), role: 'unused' }],
  clientKeys: 'folder',
  clientKey: [{ pattern: below('state/keys/'), role: 'unused' }],
};

const rows = Object.entries(table).flatMap(([kind, kindRows]) =>
  kindRows === 'folder'
    ? []
    : kindRows.map((row) => ({ ...row, kind: [kind, row.title].filter(Boolean).join(', ') })),
);

/** A response that hangs costs a drive up to ten seconds. */
const drivesMore = (row: Row, fault: ObjectFault): number =>
  row.role === 'passed' && !isOnce(fault) ? 2 : fault === 'hanging' ? 1 : 0;

/** Whether the fault meets anything: what nobody reads or deletes is not felt. */
const isFelt = (row: Row, fault: ObjectFault): boolean =>
  fault === 'undeletable' ? row.deleted === true : row.role !== 'unused';

const ofKind = ({ messages }: PlayedNight, ...kinds: string[]) =>
  messages.filter(({ kind }) => kinds.includes(kind));

/** Returns in words how a night with a bad object differs from `usual` without being allowed to. */
function differences(row: Row, fault: ObjectFault, usual: PlayedNight, found: PlayedNight) {
  const list: string[] = [];
  const same = (what: string, before: unknown, now: unknown): void => {
    const [a, b] = [JSON.stringify(before), JSON.stringify(now)];
    if (a !== b) list.push(`${what}: ${b}, not ${a}`);
  };
  if (isFelt(row, fault) && found.key === undefined)
    list.push('nothing read or deleted the object');
  const isHeldUp = row.role === 'run' && fault !== 'undeletable' && !isOnce(fault);
  const more = drivesMore(row, fault);
  // Reads that hang together last one after the other here, and a minute that long may see the exports end.
  const least = fault === 'hanging' ? -1 : 0;
  for (const policy of ['nightly', 'weekly'] as const) {
    const [before, now] = [usual[policy], found[policy]];
    same(`${policy}: outcome`, before.report?.outcome, now.report?.outcome);
    same(`${policy}: counts`, before.report?.counts, now.report?.counts);
    const took = (now.drives ?? Infinity) - (before.drives ?? Infinity);
    if (policy === 'nightly' && isHeldUp) same('nightly: drives', undefined, now.drives);
    else if (!(took >= least && took <= more)) same(`${policy}: drives`, before.drives, now.drives);
  }
  same('left in open/', usual.left, found.left);
  same('violations', usual.violations, found.violations);
  for (const kind of ['missed', 'stale', 'credentials', 'settled']) {
    if (kind === 'stale' && row.overtaken === true) continue;
    same(`${kind} messages`, ofKind(usual, kind).length, ofKind(found, kind).length);
  }
  const isNamed = isOnce(fault)
    ? false
    : fault === 'undeletable'
      ? isFelt(row, fault) && row.role !== 'passed'
      : ['run', 'hint'].includes(row.role);
  const named = ofKind(found, 'unreadable').map(({ object }) => object?.key);
  same('objects notified', isNamed ? [`phonevault/${found.key}`] : [], named);
  const mayComeBack = !['other_shape', 'not_json'].includes(fault) && !isOnce(fault);
  const isKept = row.kept === true && mayComeBack && fault !== 'undeletable';
  if (row.role === 'cache' && usual.written.has(found.key ?? '') && !isKept) {
    same('cache written', true, found.written.has(found.key ?? ''));
  }
  return list;
}

useLightS3();

let first: FirstNight;
let plain: Promise<PlayedNight> | undefined;
beforeAll(async () => {
  first = await playFirstNight();
});

/** Plays the night of a scene without a bad object, once for all scenes in which nothing else happens. */
const playUsual = (scene: Scene): Promise<PlayedNight> =>
  scene.prepare !== undefined || scene.atSlot !== undefined || scene.interrupted !== undefined
    ? playNight(first, scene)
    : (plain ??= playNight(first, {}));

describe.each(rows)('a bad object of the kind $kind', (row) => {
  let untroubled: Promise<PlayedNight> | undefined;
  const faults = objectFaults.filter(
    (fault) =>
      !(row.edited === true && ['other_shape', 'not_json'].includes(fault)) &&
      (isFelt(row, fault) || (row.role === 'unused' && fault === 'forbidden')),
  );

  it.each(faults)('stops nothing else: %s', async (fault) => {
    const usual = await (untroubled ??= playUsual(row));
    const found = await playNight(first, row, { pattern: row.pattern, fault });
    expect(differences(row, fault, usual, found).join('\n')).toBe('');
  });
});
