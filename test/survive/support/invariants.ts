import type { Report, ReportedPhone } from '../../../lib/ledger/run/report.ts';
import { archiveId } from '../../../local/cph/submit/export.ts';
import type { Night } from '../../../testing/night.ts';

const LEDGER = 'phonevault/';
const RUNS = `${LEDGER}runs/`;

/** What a night may do because of what was done to it. */
export type Leeway = {
  /** How many messages may tell the end of a run, at least and at most; one unless given. */
  messages?: (runId: string) => readonly [least: number, most: number];
  /** Write-once objects that may be written again, as a bucket without conditional PUT allows. */
  rewritten?: (key: string) => boolean;
  /** Export calls may have been refused. */
  refusals?: boolean;
  /** The catalogue, which is a cache, may lack archives: two writers lost each other's additions, or a shard was replaced. */
  staleIndex?: boolean;
  /** Keys of lost responses are still watched: that lasts for twice the export timeout. */
  watchesKeys?: boolean;
};

/** What is checked. */
export type Checked = Pick<Night, 'cloud' | 'exports' | 'writes'>;

type Json = Record<string, unknown>;
/** Adds a violation unless the condition holds. */
type Check = (holds: boolean, violation: string) => void;

/**
 * Returns the invariants that a night has violated, in words. Every run is settled and notified, each selected phone has one
 * outcome, every reported archive is there and whole, every archive is known, nothing is written twice. It reads the cloud's
 * objects, jobs and messages without a line of `lib`.
 */
export async function violations(world: Checked, leeway: Leeway = {}): Promise<string[]> {
  const { cloud } = world;
  const found: string[] = [];
  const check: Check = (holds, violation) => void (holds || found.push(violation));
  const objects = (await cloud.backend.list(cloud.bucket, '')).map(({ key }) => key);

  for (const key of objects.filter((each) => each.startsWith(`${LEDGER}open/`))) {
    const isExpected = leeway.watchesKeys === true && (await onlyWatchesKeys(cloud, key));
    check(isExpected, `${key} is still there`);
  }
  const known = new Set<string>();
  const messages = await settledMessages(world);
  const runIds = new Set(
    objects
      .filter((key) => key.startsWith(RUNS))
      .map((key) => key.slice(RUNS.length).split('/')[0] ?? ''),
  );
  check(runIds.size > 0, 'there is no run');
  for (const runId of runIds) {
    await checkRun(world, runId, { objects, known }, check);
    const [least, most] = leeway.messages?.(runId) ?? [1, 1];
    const ids = messages.get(runId) ?? [];
    check(
      ids.length >= least && ids.length <= most,
      `${runId} was notified ${ids.length} times, not ${least} to ${most}`,
    );
    check(new Set(ids).size <= 1, `${runId} was notified under several ids`);
  }
  for (const key of objects.filter((each) => !each.startsWith(LEDGER))) {
    check(known.has(key), `${key} lies in the bucket and no run knows it`);
  }
  found.push(...(await catalogueViolations(world, leeway)));
  checkWrites(world, leeway, check);
  return found;
}

/** Checks the report of one run against its plan and the bucket, and adds the archives that it knows to `known`. */
async function checkRun(
  { cloud }: Checked,
  runId: string,
  { objects, known }: { objects: string[]; known: Set<string> },
  check: Check,
): Promise<void> {
  const json = (key: string) => readJson(cloud, key);
  const plan = await json(`${RUNS}${runId}/plan.json`);
  const report = (await json(`${RUNS}${runId}/report.json`)) as Report | undefined;
  if (plan === undefined || report === undefined) {
    return check(false, `${runId} has no plan or no report`);
  }
  const selected: string[] = [];
  for (const part of plan['parts'] as string[]) {
    const { phones } = (await json(LEDGER + part)) as { phones: { phone_id: string }[] };
    selected.push(...phones.map((phone) => phone.phone_id));
  }
  const phones: ReportedPhone[] = [...report.phones];
  for (const page of report.pages ?? []) {
    phones.push(...((await json(page)) as { phones: ReportedPhone[] }).phones);
  }
  const outcomes = phones.map((phone) => phone.phone_id);
  check(
    isSame(outcomes, selected),
    `${runId}: ${outcomes.length} phones have an outcome, ${selected.length} were selected`,
  );
  check(
    report.counts.selected === selected.length &&
      report.counts.exported === phones.filter(({ outcome }) => outcome === 'exported').length,
    `${runId}: the counts are not those of its phones`,
  );
  for (const phone of phones) {
    for (const key of phone.unconfirmed_archive ?? []) known.add(key);
    if (phone.outcome !== 'exported') continue;
    const { bucket = '', key = '' } = phone;
    known.add(key);
    const stat = await cloud.backend.stat(bucket, key);
    check(
      stat !== undefined && stat.size === phone.size && stat.etag === phone.etag,
      `${runId}: ${key} is reported exported and is not there as reported`,
    );
    const isWhole = cloud.world.archiveVersions.has(archiveId(bucket, key, phone.etag ?? ''));
    check(isWhole, `${runId}: ${key} is reported exported, but CPH did not write it whole`);
  }
  for (const key of report.superseded_deleted ?? []) {
    check(!objects.includes(key), `${runId}: ${key} is reported deleted and still there`);
  }
  for (const { key } of report.leftovers ?? []) known.add(key);
  for (const key of objects.filter((each) => each.startsWith(`${RUNS}${runId}/late/`))) {
    known.add(String((await json(key))?.['key']));
  }
}

/** No archive is exported to twice, no export is refused, no object of a run is overwritten. */
function checkWrites({ exports, writes }: Checked, leeway: Leeway, check: Check): void {
  const used = exports.filter(({ accepted }) => accepted).map(({ key }) => key);
  for (const key of repeated(used)) check(false, `${key} was exported to twice`);
  if (leeway.refusals !== true) {
    for (const { key, accepted } of exports) check(accepted, `the export to ${key} was refused`);
  }
  const versions = new Map<string, string>();
  for (const { key, etag } of writes.filter((write) => write.key.startsWith(RUNS))) {
    const before = versions.get(key) ?? etag;
    versions.set(key, etag);
    check(before === etag || leeway.rewritten?.(key) === true, `${key} was overwritten`);
  }
}

/** Returns the counts of each run's report, by run id. */
export async function countsOf({ cloud }: Checked): Promise<Record<string, Report['counts']>> {
  const counts: Record<string, Report['counts']> = {};
  for (const { key } of await cloud.backend.list(cloud.bucket, RUNS)) {
    if (!key.endsWith('/report.json')) continue;
    const report = (await readJson(cloud, key)) as Report;
    counts[report.run_id] = report.counts;
  }
  return counts;
}

/** Returns the ids of the messages about each run's end. */
async function settledMessages({ cloud }: Checked): Promise<Map<string, string[]>> {
  const messages = new Map<string, string[]>();
  for (const message of await cloud.control.messages()) {
    const { https } = JSON.parse(message.message_structure ?? '') as { https: string };
    const { id, kind, run_id } = JSON.parse(https) as { id: string; kind: string; run_id: string };
    if (kind === 'settled') messages.set(run_id, [...(messages.get(run_id) ?? []), id]);
  }
  return messages;
}

/** The catalogue names each exported archive once, and no archive that is not there. Of a leftover, another drive may have deleted it. */
async function catalogueViolations({ cloud }: Checked, { staleIndex }: Leeway): Promise<string[]> {
  const found: string[] = [];
  const named = new Set<string>();
  for (const { key: shard } of await cloud.backend.list(cloud.bucket, `${LEDGER}phones/`)) {
    if (!/phones\/[^/]+\//.test(shard)) continue;
    const { phones, runs, archives } = (await readJson(cloud, shard)) as Shard;
    for (const [, phone, run, attempt, , , flags] of archives) {
      const { bucket, folder } = runs[run] ?? { bucket: '', folder: '' };
      const key = `${folder}${phones[phone]?.[0]}-${attempt}.tar`;
      if (named.has(key)) found.push(`the catalogue names ${key} twice`);
      named.add(key);
      const stat = await cloud.backend.stat(bucket, key);
      if (stat === undefined && flags?.leftover === undefined) {
        found.push(`the catalogue names ${key}, which is not there`);
      }
    }
  }
  if (staleIndex === true) return found;
  for (const { key } of await cloud.backend.list(cloud.bucket, RUNS)) {
    if (!key.endsWith('/report.json')) continue;
    const report = (await readJson(cloud, key)) as Report;
    for (const { outcome, key: own = '' } of report.phones) {
      if (outcome === 'exported' && !named.has(own)) found.push(`the catalogue lacks ${own}`);
    }
  }
  return found;
}

type Shard = {
  phones: string[][];
  runs: { bucket: string; folder: string }[];
  archives: [number, number, number, number, number, string, { leftover?: string }?][];
};

/** Returns whether an object of `open/` holds attempts without a job only: their keys are watched. */
async function onlyWatchesKeys(cloud: Checked['cloud'], key: string): Promise<boolean> {
  if (!key.startsWith(`${LEDGER}open/late/`)) return false;
  const { attempts } = (await readJson(cloud, key)) as { attempts: { jobs: unknown[] }[] };
  return attempts.every(({ jobs }) => jobs.length === 0);
}

async function readJson({ backend, bucket }: Checked['cloud'], key: string) {
  const object = await backend.read(bucket, key);
  return object && (JSON.parse(Buffer.from(object.body).toString()) as Json);
}

function isSame(some: string[], others: string[]): boolean {
  return JSON.stringify([...some].sort()) === JSON.stringify([...others].sort());
}

function repeated(list: string[]): string[] {
  return list.filter((entry, index) => list.indexOf(entry) !== index);
}
