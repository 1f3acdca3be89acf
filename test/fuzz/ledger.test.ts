import * as fc from 'fast-check';
import { describe, expect } from 'vitest';
import { readCredentialAlarm } from '../../lib/ledger/state/notified/notified.ts';
import { readUnreadable } from '../../lib/ledger/state/notified/unreadable.ts';
import { readCursors } from '../../lib/ledger/state/cursors.ts';
import { putLookup, readLookup } from '../../lib/ledger/hints/lookup.ts';
import { putMissed, readMissed } from '../../lib/ledger/hints/missed-slots.ts';
import { putSweep } from '../../lib/ledger/hints/sweep.ts';
import { readHistory } from '../../lib/ledger/state/history.ts';
import { loadInventory } from '../../lib/ledger/fleet/inventory.ts';
import {
  requestInventory,
  readInventoryRequest,
} from '../../lib/ledger/hints/inventory-request.ts';
import { readOrphanedJobs, writeOrphanedJobs } from '../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { takeLease } from '../../lib/ledger/lease/lease.ts';
import { readLimits } from '../../lib/ledger/state/limits.ts';
import { memoryStore } from '../../lib/ledger/store/memory-store.ts';
import { newestArchives } from '../../lib/ledger/catalogue/newest-archives.ts';
import { rebuildCatalogue } from '../../lib/ledger/catalogue/rebuild/rebuild.ts';
import { readResets } from '../../lib/ledger/catalogue/rebuild/resets.ts';
import { readProvisioning } from '../../lib/ledger/state/provisioning.ts';
import { rebuildRunIndex } from '../../lib/ledger/state/run-index/rebuild.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { readRunState } from '../../lib/run/query/runs/get-run.ts';
import { listRuns } from '../../lib/run/query/runs/list-runs.ts';
import { policyStatuses } from '../../lib/run/query/policy-status.ts';
import { night, NIGHTLY } from '../../testing/night.ts';
import { playClock } from '../../testing/play-clock.ts';
import { fuzz, refusable } from './fuzz.ts';
import { asBody, mutated } from './hostile.ts';

const OPTIONS = { phones: 4, servers: 2, seed: 3, conditionalPut: 'honoured' } as const;

/** The ledger in the middle of a run, another one settled, with something in every corner of it. */
async function ledgerOf() {
  const world = await night(OPTIONS);
  await world.putPolicy(`${NIGHTLY}on_provisioned: true\n`);
  await world.tick();
  const settled = await world.requestRun();
  await world.settle(settled);
  world.clock.move(3_600_000);
  world.cloud.credentials = world.cloud.renewCredentials();
  const open = await world.requestRun();
  world.cloud.control.addFault({
    service: 'cph',
    operation: 'batch-storage',
    kind: 'drop_answer',
    times: 1,
  });
  await world.drive();
  const { store } = world.invocation().deps;
  const ids = { phones: ['p1'], servers: [], others: ['o1'] };
  const missed = {
    policy: 'nightly',
    reason: 'overlap',
    first: '20260101T000000Z',
    last: '20260101T000000Z',
    slots: 1,
  } as const;
  await putMissed(store, missed);
  await putLookup(store, { id: 'trace-1', lookup: { change: 'created', at: 1, ...ids } });
  await putSweep(store, world.clock.now());
  await requestInventory(store, { policy: 'nightly', requested_at: 1 });
  await writeOrphanedJobs(store, {
    run_id: settled,
    policy: 'nightly',
    bucket: 'phonevault-demo',
    folder: 'nightly',
    busy_until: world.clock.now() + 1e6,
    until: world.clock.now() + 1e7,
    attempts: [
      {
        phone_id: 'p1',
        phone_name: 'n',
        server_id: 's',
        attempt: 1,
        jobs: [{ job_id: 'j', request_id: 'r' }],
      },
    ],
  });
  const keys = (await store.list('')).map(({ key }) => key);
  const objects = await Promise.all(
    keys.map(async (key) => [key, (await store.get(key))?.body ?? ''] as const),
  );
  return { objects, settled, open, now: world.clock.now() };
}

const ledger = await ledgerOf();
const json = ledger.objects.filter(([key]) => key.endsWith('.json'));

/** A store that holds that ledger, and sees to it that no reader leaves its folders. */
async function storeWith(changed: readonly (readonly [string, string])[]): Promise<Store> {
  const store = memoryStore(playClock(ledger.now));
  for (const [key, body] of [...ledger.objects, ...changed]) await store.put(key, body);
  const inside = (key: string): string => {
    expect(key).toMatch(/^(?:policies|open|runs|phones|state)\/(?:[\w.-]+\/)*[\w.-]+$/);
    expect(key.split('/')).not.toContain('..');
    return key;
  };
  return {
    ...store,
    get: (key) => store.get(inside(key)),
    put: (key, body) => store.put(inside(key), body),
    create: (key, body) => store.create(inside(key), body),
  };
}

/** One object of the ledger with something else in it. */
const changedObject = fc
  .constantFrom(...json)
  .chain(([key, body]) => asBody(mutated([JSON.parse(body)])).map((text) => [key, text] as const));

async function readAll(store: Store): Promise<void> {
  const { now, settled, open } = ledger;
  const clock = playClock(now);
  const readers: (() => unknown)[] = [
    ...[settled, open].flatMap((runId) => [
      async () => {
        const lookup = await readRunState(store, runId, now);
        JSON.stringify([await lookup?.view(), await lookup?.phones(), await lookup?.log()]);
      },
      () => readUnreadable(store),
      () => readOrphanedJobs(store, runId),
    ]),
    () => listRuns(store, { max: 10 }, now),
    () =>
      policyStatuses(
        { store, clock, ledger: { bucket: 'b-1', prefix: 'phonevault/' } } as never,
        now,
      ),
    () => newestArchives(store, { max: 10 }),
    () => readResets(store),
    () => rebuildCatalogue(store),
    () => readLimits(store),
    () => readCursors(store),
    () => readProvisioning(store),
    () => readHistory(store, 'nightly'),
    () => readCredentialAlarm(store),
    () => loadInventory(store, undefined),
    () => rebuildRunIndex(store),
    () => takeLease(store, { clock, holder: 'h', ttlMs: 60_000 }),
    ...['trace-1'].map((id) => () => readLookup(store, id)),
    () => readInventoryRequest(store, 'inventory-nightly'),
    async () => {
      for (const { key } of await store.list(layout.hints)) {
        if (key.includes('missed-')) await readMissed(store, key.slice(layout.hints.length, -5));
      }
    },
  ];
  for (const reader of readers) await refusable(reader);
}

describe('the ledger', () => {
  fuzz(
    'read with one object broken',
    changedObject,
    async (changed) => readAll(await storeWith([changed])),
    { share: 0.2 },
  );

  fuzz(
    'driven with one object broken',
    changedObject,
    async ([key, body]) => {
      const world = await night({ ...OPTIONS, start: ledger.now });
      const { store } = world.invocation().deps;
      for (const [other, text] of ledger.objects) await store.put(other, text);
      await store.put(key, body);
      await refusable(() => world.tick());
      for (let drives = 0; drives < 2; drives += 1) {
        await refusable(() => world.drive());
        world.clock.move(60_000);
      }
    },
    { share: 0.02 },
  );
});
