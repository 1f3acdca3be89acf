import { layout } from '../../lib/ledger/store/layout.ts';
import { previewRun } from '../../lib/run/plan/preview.ts';
import { getRun, readRunState } from '../../lib/run/query/runs/get-run.ts';
import { exportCalls } from '../../lib/run/query/runs/run-log.ts';
import { listArchives } from '../../lib/run/query/archives.ts';
import { listRuns } from '../../lib/run/query/runs/list-runs.ts';
import { phoneBackups } from '../../lib/run/query/phone-backups.ts';
import { policyStatuses } from '../../lib/run/query/policy-status.ts';
import { type Night, night } from '../../testing/night.ts';
import { httpSamples } from './http-samples.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1, 18, 29);

const POLICY = `name: nightly
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai }
select: { name: "*" }
export:
  include: [/data/data]
  exclude: [/data/data/com.example.cache]
  bucket: phonevault-demo
deadline: 10m
export_timeout: 190s
`;

/** Returns samples of what Phonevault writes and returns, by name: JSON values or texts, the same at every call. */
export async function takeSamples(): Promise<Record<string, unknown>> {
  const world = await night({ phones: 7, servers: 3, seed: 7, speed: 0.1, start: START });
  await addTrouble(world);
  await world.putPolicy(POLICY);
  await world.tick();
  const run = { policy: 'nightly', text: POLICY, slot: START + MINUTE };
  const { deps } = world.invocation();
  const preview = await previewRun(deps, run, world.clock.now() + MINUTE);
  world.clock.move(MINUTE);
  const [runId = ''] = await world.tick();
  const request = await read(world, layout.request(runId));
  await world.settle(runId);
  const samples: Record<string, unknown> = {
    preview,
    request,
    ...(await ledgerSamples(world, runId)),
    ...(await viewSamples(world, runId)),
    ...(await messageSamples(world)),
    late_archive: await untilLateArchive(world, runId),
    ...(await httpSamples(world)),
  };
  const missing = Object.keys(samples).filter((name) => samples[name] === undefined);
  if (missing.length > 0) throw new Error(`no sample of ${missing.join(', ')}`);
  return samples;
}

/** One phone is stopped, the exports of two others fail once or always. */
async function addTrouble({ cloud: { control } }: Night): Promise<void> {
  const [stopped = '', once = '', , , always = ''] = (await control.phones()).map(
    ({ phone_id }) => phone_id,
  );
  await control.setStatus(stopped, 8);
  const failing = { service: 'cph', kind: 'job_failed', code: 'CPS.0107' } as const;
  control.addFault({ ...failing, phones: [once], times: 1 });
  control.addFault({ ...failing, phones: [always] });
}

/** Returns an object of the ledger, or undefined if there is none. */
async function read<T = unknown>(world: Night, key = ''): Promise<T | undefined> {
  const object = await world.invocation().deps.store.get(key);
  return object && (JSON.parse(object.body) as T);
}

type Entry = { version: number; events: { type: string }[] };
type Report = { phones: { outcome: string }[] };

async function ledgerSamples(world: Night, runId: string): Promise<Record<string, unknown>> {
  const { store } = world.invocation().deps;
  const [part] = await store.list(`${layout.run(runId)}plan/`);
  const [shard] = await store.list(layout.archives('nightly'));
  const [indexed] = await store.list(layout.runIndex);
  const entries = await Promise.all(
    (await store.list(layout.log(runId))).map(({ key }) => read<Entry>(world, key)),
  );
  const events = entries.flatMap((entry) => entry?.events ?? []);
  const report = await read<Report>(world, layout.report(runId));
  return {
    plan: await read(world, layout.plan(runId)),
    plan_part: await read(world, part?.key),
    log: { version: entries[0]?.version, events: firstOfEach(events, ({ type }) => type) },
    report: { ...report, phones: firstOfEach(report?.phones ?? [], ({ outcome }) => outcome) },
    orphaned: await read(world, layout.orphanedJobs(runId)),
    archive_shard: await read(world, shard?.key),
    indexed_run: await read(world, indexed?.key),
  };
}

async function viewSamples(world: Night, runId: string): Promise<Record<string, unknown>> {
  const { deps } = world.invocation();
  const now = world.clock.now();
  const run = await readRunState(deps.store, runId, now);
  const lines = (await run?.log()) ?? [];
  const policies = await policyStatuses(deps, now);
  return {
    run: await getRun(deps.store, runId, now),
    runs: await listRuns(deps.store, { max: 1 }, now),
    run_phones: firstOfEach((await run?.phones()) ?? [], ({ state }) => state),
    run_log: lines.slice(0, 2),
    export_calls: exportCalls(lines).slice(0, 2),
    policies,
    archives: (await listArchives(deps.store, { max: 2 })).archives,
    phone_backups: firstOfEach(await phoneBackups(deps.store, policies, now), ({ state }) => state),
  };
}

async function messageSamples({ cloud }: Night): Promise<Record<string, string | object>> {
  const [message] = await cloud.control.messages();
  const texts = JSON.parse(message?.message_structure ?? '{}') as Record<string, string>;
  return {
    notification: JSON.parse(texts.https ?? '{}') as object,
    notification_attributes: message?.message_attributes ?? {},
    notification_line: texts.default ?? '',
    notification_email: `${message?.subject}\n\n${texts.email}`,
    notification_sms: texts.sms ?? '',
  };
}

/** Drives until an archive has landed after the report. Returns its record. */
async function untilLateArchive(world: Night, runId: string): Promise<unknown> {
  const { store } = world.invocation().deps;
  for (let minute = 0; minute < 60; minute += 1) {
    const [landed] = await store.list(`${layout.run(runId)}late/`);
    if (landed !== undefined) return read(world, landed.key);
    await world.minute();
  }
  throw new Error('no archive landed after the report');
}

function firstOfEach<T>(list: readonly T[], kindOf: (one: T) => string): T[] {
  return list.filter((one, at) => list.findIndex((other) => kindOf(other) === kindOf(one)) === at);
}
