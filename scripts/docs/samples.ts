import { readIndexedPhones } from '../../lib/ledger/state/phones.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { claimKey } from '../../lib/ledger/state/client-keys.ts';
import { putSweep, sweepSlot } from '../../lib/ledger/hints/hints.ts';
import { requestInventory } from '../../lib/ledger/hints/inventory-request.ts';
import { requestHeartbeat } from '../../lib/run/schedule/heartbeat.ts';
import { noteSkipped } from '../../lib/ledger/state/skipped-slots.ts';
import { stamp } from '../../lib/policy/keys/stamp.ts';
import { requestCancel } from '../../lib/run/request/request-cancel.ts';
import { exportCalls, getRun, readRunState } from '../../lib/run/query/get-run.ts';
import { listRuns } from '../../lib/run/query/list-runs.ts';
import { previewRun } from '../../lib/run/plan/preview.ts';
import { storeHints } from '../../lib/run/first-backup/store-hints.ts';
import { policyStatuses } from '../../lib/run/query/policy-status.ts';
import { type Night, night } from '../../testing/night.ts';
import { callsOf } from './http-samples.ts';
import { oneOfEach, oneOfEachOutcome, oneOfEachState } from './sample-picks.ts';
import { messageOf, objectsOf, runEntries, untilGiven, untilLanded } from './sample-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HALF_PAST_TWO = Date.UTC(2026, 0, 1, 18, 30);

const SAMPLE_POLICY = `name: nightly
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai }
select: { name: "*" }
export:
  include: [/data/data]
  exclude: [/data/data/com.example.cache]
  bucket: phonevault-demo
deadline: 10m
export_timeout: 190s
on_provisioned: true
`;

/** Samples of what Phonevault writes and answers, by name: values that are JSON, or text. */
export type Samples = Record<string, unknown>;

/**
 * Plays nights on the embedded cloud, in virtual time and the same every time, and takes out what they leave: long lists
 * are cut, nothing else is changed.
 */
export async function takeSamples(): Promise<Samples> {
  const samples = {
    ...(await troubledNight()),
    ...(await darkNight()),
    ...(await staleDays()),
  };
  const missing = Object.keys(samples).filter((name) => samples[name] === undefined);
  if (missing.length > 0) throw new Error(`these nights leave no ${missing.join(', ')}`);
  return samples;
}

/** Some exports fail, one phone is stopped, the slowest archives come after their time. */
async function troubledNight(): Promise<Samples> {
  const world = await night({
    phones: 7,
    servers: 3,
    seed: 7,
    speed: 0.1,
    start: HALF_PAST_TWO - MINUTE,
  });
  const { control } = world.cloud;
  const deps = () => world.invocation().deps;
  const { store } = deps();
  const object = objectsOf(world);
  const samples: Samples = {};

  const [stopped, once, , , twice] = (await control.phones()).map(({ phone_id }) => phone_id);
  await control.setStatus(stopped ?? '', 8);
  const failing = { service: 'cph', kind: 'job_failed', code: 'CPS.0107' } as const;
  control.addFault({ ...failing, phones: [once ?? ''], times: 1 });
  control.addFault({ ...failing, phones: [twice ?? ''] });

  await world.putPolicy(SAMPLE_POLICY);
  await world.tick();
  samples.cursors = await object(layout.cursors);
  const ask = { policy: 'nightly', text: SAMPLE_POLICY, slot: HALF_PAST_TWO };
  samples.preview = await previewRun(deps(), ask, world.clock.now() + MINUTE);
  world.clock.move(MINUTE);
  const [runId = ''] = await world.tick();
  samples.request = await object(layout.request(runId));

  await world.drive();
  samples.open_run = await getRun(store, runId, world.clock.now());
  samples.inventory = await object(layout.inventory('all'));
  await world.settle(runId);
  samples.plan = await object(layout.plan(runId));
  samples.plan_part = await object((await store.list(`${layout.run(runId)}plan/`))[0]?.key ?? '');
  samples.log = oneOfEach(await runEntries(world, runId));
  samples.report = oneOfEachOutcome(await object(layout.report(runId)));
  samples.late = await object(layout.late(runId));
  samples.phones = await object((await store.list('phones/'))[0]?.key ?? '');
  samples.indexed_run = await object((await store.list(layout.runIndex))[0]?.key ?? '');
  samples.limits = await object(layout.limits);
  samples.history = await object(layout.history('nightly'));
  samples.lease = await object((await store.list(layout.leases)).at(-1)?.key ?? '');

  const now = world.clock.now();
  samples.run = await getRun(store, runId, now);
  samples.runs = await listRuns(store, { max: 1 }, now);
  const looked = await readRunState(store, runId, now);
  samples.run_phones = oneOfEachState((await looked?.phones()) ?? []);
  const lines = (await looked?.log()) ?? [];
  samples.run_log = lines.slice(0, 2);
  samples.export_calls = exportCalls(lines).slice(0, 2);
  samples.policies = await policyStatuses(deps(), now);
  samples.phone_archives = (await readIndexedPhones(store)).slice(0, 1);
  Object.assign(samples, await messageOf(world, 'settled'));

  samples.late_archive = await untilLanded(world, runId);
  Object.assign(samples, await inboxOf(world));
  samples.provisioning = await untilGiven(world);
  Object.assign(samples, await callsOf(world));
  return samples;
}

/** Nothing is there to be told of: slots pass by, a run is broken, and the keys are refused. */
async function darkNight(): Promise<Samples> {
  const world = await night({ phones: 3, servers: 1, seed: 3, start: HALF_PAST_TWO - MINUTE });
  const object = objectsOf(world);
  const samples: Samples = {};
  const { store } = world.invocation().deps;
  await world.putPolicy(SAMPLE_POLICY);
  await world.tick();
  world.clock.move(3 * HOUR);
  await world.tick();
  const runId = await world.ask();
  const missed = (await store.list(layout.hints)).find(({ key }) => key.includes('missed-'));
  samples.missed = await object(missed?.key ?? '');
  const broken = 'other-20260101t183000z';
  await store.put(layout.request(broken), '{"version":2}');
  world.cloud.control.addFault({
    service: 'cph',
    kind: 'error',
    status: 401,
    code: 'APIGW.0301',
  });
  for (let tick = 0; tick < 3; tick += 1) {
    await world.drive().catch(() => undefined);
    world.clock.move(2 * MINUTE);
  }
  samples.alarms = await object(layout.alarms);
  world.cloud.control.clearFaults();
  world.clock.move(5 * MINUTE);
  await world.settle(runId);
  samples.quarantined = await object(layout.quarantined(broken));
  for (const kind of ['missed', 'credentials']) {
    samples[`notification_${kind}`] = (await messageOf(world, kind))[`notification_${kind}`];
  }
  return samples;
}

/** Nobody drives for two days; then a run completes. */
async function staleDays(): Promise<Samples> {
  const world = await night({ phones: 2, servers: 1, seed: 3, start: HALF_PAST_TWO - MINUTE });
  const object = objectsOf(world);
  const samples: Samples = {};
  const hint = async (kind: string) =>
    object((await world.invocation().deps.store.list(`${layout.hints}${kind}-`))[0]?.key ?? '');
  await world.putPolicy(SAMPLE_POLICY);
  await world.tick();
  world.clock.move(41 * HOUR);
  await world.tick();
  samples.stale = await hint('stale');
  await world.drive();
  samples.told_stale = await object(layout.stale('nightly'));
  await world.settle(await world.ask());
  samples.recovered = await hint('recovered');
  await world.drive();
  const { store, log, clock } = world.invocation().deps;
  const daily = { cron: '0 0 8 * * *', timezone: 'Asia/Shanghai', language: 'en' } as const;
  await requestHeartbeat({ store, log, clock }, daily, undefined);
  samples.heartbeat = await hint('heartbeat');
  await world.drive();
  samples.told_heartbeat = await object(layout.heartbeat);
  for (const kind of ['stale', 'recovered', 'heartbeat']) {
    samples[`notification_${kind}`] = (await messageOf(world, kind))[`notification_${kind}`];
  }
  return samples;
}

/** What others put into the inbox: a wish to cancel, and the events' hints. */
async function inboxOf(world: Night): Promise<Samples> {
  const { store, log, clock } = world.invocation().deps;
  const object = objectsOf(world);
  const runId = await world.ask();
  await requestCancel(store, runId);
  const [, phone] = await world.cloud.control.phones();
  const lookup = { at: clock.now(), phones: [phone?.phone_id ?? ''], servers: [], others: [] };
  const id = 'trace-sample';
  await storeHints(
    { store, log },
    { hints: [{ id, lookup: { change: 'reset', ...lookup } }], ignored: [] },
  );
  await putSweep(store, sweepSlot(clock.now()));
  await requestInventory(store, { policy: 'nightly', asked_at: clock.now() });
  await noteSkipped(store, 'nightly', stamp(clock.now() - HOUR), clock.now());
  await claimKey({ store, clock, random: () => 0.5 }, 'sample', { policy: 'nightly' });
  const hints = (await store.list(layout.hints)).map(({ key }) => key);
  const hint = (prefix: string) => object(hints.find((key) => key.includes(prefix)) ?? '');
  return {
    cancel: await object(layout.cancel(runId)),
    lookup: await object(layout.hint(id)),
    sweep: await hint('sweep-'),
    skipped: await object(layout.skipped('nightly')),
    inventory_request: await hint('inventory-'),
    client_key: await object((await store.list('state/keys/'))[0]?.key ?? ''),
  };
}
