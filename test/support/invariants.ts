import type { Report, ReportedPhone } from '../../lib/ledger/run/report.ts';
import { archiveId } from '../../local/cph/submit/export.ts';
import type { Night } from '../../testing/night.ts';

const LEDGER = 'phonevault/';
const RUNS = `${LEDGER}runs/`;

/** What a night may do beyond the least, because of what was done to it. */
export type Leeway = {
  /** How often a run's settling may have been told, at least and at most; once unless given. */
  told?: (runId: string) => readonly [least: number, most: number];
  /** Write-once objects that may have been written anew, as a bucket without conditional PUT allows. */
  rewritten?: (key: string) => boolean;
  /** Export calls may have been refused. */
  refusals?: boolean;
  /** Two writers may have lost each other's additions to the index of phones, which is a cache. */
  staleIndex?: boolean;
};

/** What is judged. */
export type Judged = Pick<Night, 'cloud' | 'exports' | 'writes'>;

type Json = Record<string, unknown>;

/**
 * What does not hold at the end of a night, however it went: every run settled and told, one outcome for each selected phone,
 * nothing reported that is not there whole, every archive known, nothing written twice. Seen from the cloud's side: its
 * objects, jobs and messages, read without a line of `lib`. Empty when all is well.
 */
export async function unsound(world: Judged, leeway: Leeway = {}): Promise<string[]> {
  const { cloud, exports, writes } = world;
  const faults: string[] = [];
  const check = (holds: boolean, fault: string): void => void (holds || faults.push(fault));
  const objects = (await cloud.backend.list(cloud.bucket, '')).map(({ key }) => key);
  const under = (prefix: string): string[] => objects.filter((key) => key.startsWith(prefix));
  const json = async (key: string): Promise<Json | undefined> => {
    const found = await cloud.backend.read(cloud.bucket, key);
    return found && (JSON.parse(Buffer.from(found.body).toString()) as Json);
  };

  for (const key of under(`${LEDGER}open/`)) faults.push(`${key} is still there`);

  const known = new Set<string>();
  const told = await settledTold(world);
  const runIds = new Set(under(RUNS).map((key) => key.slice(RUNS.length).split('/')[0] ?? ''));
  check(runIds.size > 0, 'there is no run');
  for (const runId of runIds) {
    const plan = await json(`${RUNS}${runId}/plan.json`);
    const report = (await json(`${RUNS}${runId}/report.json`)) as Report | undefined;
    if (plan === undefined || report === undefined) {
      faults.push(`${runId} has no plan or no report`);
      continue;
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
      `${runId}: outcomes of ${outcomes.length} phones, ${selected.length} were selected`,
    );
    check(
      report.counts.selected === selected.length &&
        report.counts.exported === phones.filter(({ outcome }) => outcome === 'exported').length,
      `${runId}: the counts are not the phones'`,
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
      const whole = cloud.world.archiveVersions.has(archiveId(bucket, key, phone.etag ?? ''));
      check(whole, `${runId}: ${key} is reported exported, but CPH did not write it whole`);
    }
    for (const key of report.superseded_deleted ?? []) {
      check(!objects.includes(key), `${runId}: ${key} is reported swept and still there`);
    }
    for (const key of under(`${RUNS}${runId}/late/`)) known.add(String((await json(key))?.['key']));

    const [least, most] = leeway.told?.(runId) ?? [1, 1];
    const ids = told.get(runId) ?? [];
    check(
      ids.length >= least && ids.length <= most,
      `${runId} was told ${ids.length} times, not ${least} to ${most}`,
    );
    check(new Set(ids).size <= 1, `${runId} was told under several ids`);
  }

  for (const key of objects.filter((each) => !each.startsWith(LEDGER))) {
    check(known.has(key), `${key} lies in the bucket and no run knows it`);
  }
  faults.push(...(await indexFaults(world, leeway)));

  const used = exports.filter(({ accepted }) => accepted).map(({ key }) => key);
  for (const key of repeated(used)) faults.push(`${key} was exported to twice`);
  if (leeway.refusals !== true) {
    for (const { key } of exports.filter(({ accepted }) => !accepted)) {
      faults.push(`the export to ${key} was refused`);
    }
  }
  const versions = new Map<string, string>();
  for (const { key, etag } of writes.filter((write) => write.key.startsWith(RUNS))) {
    const before = versions.get(key) ?? etag;
    versions.set(key, etag);
    check(before === etag || leeway.rewritten?.(key) === true, `${key} was overwritten`);
  }
  return faults;
}

/** The counts of each run's report, by run id. */
export async function countsOf({ cloud }: Judged): Promise<Record<string, Report['counts']>> {
  const counts: Record<string, Report['counts']> = {};
  for (const { key } of await cloud.backend.list(cloud.bucket, RUNS)) {
    if (!key.endsWith('/report.json')) continue;
    const { body } = (await cloud.backend.read(cloud.bucket, key)) ?? { body: '' };
    const report = JSON.parse(Buffer.from(body).toString()) as Report;
    counts[report.run_id] = report.counts;
  }
  return counts;
}

/** The ids of the messages that told of each run's end. */
async function settledTold({ cloud }: Judged): Promise<Map<string, string[]>> {
  const told = new Map<string, string[]>();
  for (const message of await cloud.control.messages()) {
    const { https } = JSON.parse(message.message_structure ?? '') as { https: string };
    const { id, kind, run_id } = JSON.parse(https) as { id: string; kind: string; run_id: string };
    if (kind === 'settled') told.set(run_id, [...(told.get(run_id) ?? []), id]);
  }
  return told;
}

/** The index of phones names no archive that is not there, and each exported phone. */
async function indexFaults({ cloud }: Judged, { staleIndex }: Leeway): Promise<string[]> {
  const faults: string[] = [];
  const read = async (key: string) =>
    JSON.parse(
      Buffer.from((await cloud.backend.read(cloud.bucket, key))?.body ?? '').toString(),
    ) as Json;
  const indexed = new Set<string>();
  for (const { key: shard } of await cloud.backend.list(cloud.bucket, `${LEDGER}phones/`)) {
    const { phones } = (await read(shard)) as {
      phones: Record<string, { archives: Record<string, { bucket: string; key: string }> }>;
    };
    for (const [phoneId, { archives }] of Object.entries(phones)) {
      for (const [policy, { bucket, key }] of Object.entries(archives)) {
        indexed.add(`${policy} ${phoneId}`);
        const stat = await cloud.backend.stat(bucket, key);
        if (stat === undefined) faults.push(`the index names ${key}, which is not there`);
      }
    }
  }
  if (staleIndex === true) return faults;
  for (const { key } of await cloud.backend.list(cloud.bucket, RUNS)) {
    if (!key.endsWith('/report.json')) continue;
    const report = (await read(key)) as Report;
    for (const phone of report.phones.filter(({ outcome }) => outcome === 'exported')) {
      const own = `${report.policy} ${phone.phone_id}`;
      if (!indexed.has(own)) faults.push(`the index does not know ${own}`);
    }
  }
  return faults;
}

function isSame(some: string[], others: string[]): boolean {
  return JSON.stringify([...some].sort()) === JSON.stringify([...others].sort());
}

function repeated(list: string[]): string[] {
  return list.filter((entry, index) => list.indexOf(entry) !== index);
}
