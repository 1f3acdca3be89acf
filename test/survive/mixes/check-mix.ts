import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { readLog } from '../../../lib/ledger/run/log/log.ts';
import { readReport, readReportedPhones } from '../../../lib/ledger/run/report.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Night } from '../../../testing/night.ts';
import { MINUTE } from './draw-mix.ts';
import type { CallCounts, Played } from './play-mix.ts';

/** What the reports and logs of a night say. */
type Known = {
  /** Archives that a report or a late archive names. */
  archives: Set<string>;
  /** Jobs that a run could poll to their end. */
  jobs: Set<string>;
};

/** Returns the invariants that a night has violated, in words. */
export async function violationsOf(played: Played): Promise<string[]> {
  const { world, runIds } = played;
  const { cloud } = world;
  const found: string[] = [];
  const known: Known = { archives: new Set(), jobs: new Set() };
  for (const runId of runIds) found.push(...(await runViolations(world, runId, known)));
  for (const { key, lastModified } of await cloud.backend.list(cloud.bucket, '')) {
    if (key.startsWith('phonevault/') || known.archives.has(key)) continue;
    if (!isUnseen(played, known.jobs, { key, lastModified })) found.push(`no run knows ${key}`);
  }
  found.push(...doubleExports(played, known.jobs), ...hotLoops(played.drives));
  return [...found, ...(await messageViolations(world, runIds))];
}

/** One outcome for each phone, and each reported archive as reported. Adds what the run knows to `known`. */
async function runViolations(world: Night, runId: string, known: Known): Promise<string[]> {
  const { cloud } = world;
  const { store } = world.invocation().deps;
  const report = await readReport(store, runId);
  if (report === undefined) return [`${runId} has no report`];
  const found: string[] = [];
  for (const job of followedJobs(await readLog(store, runId))) known.jobs.add(job);
  const phones = await readReportedPhones(store, report);
  const ids = phones.map(({ phone_id }) => phone_id);
  if (new Set(ids).size !== ids.length) found.push(`${runId} reports a phone twice`);
  if (ids.length !== report.counts.selected) found.push(`${runId} lacks phones`);
  for (const phone of phones) {
    for (const key of phone.unconfirmed_archive ?? []) known.archives.add(key);
    if (phone.outcome !== 'exported') continue;
    known.archives.add(phone.key ?? '');
    const stat = await cloud.backend.stat(phone.bucket ?? '', phone.key ?? '');
    if (stat?.size !== phone.size || stat?.etag !== phone.etag) {
      found.push(`${runId} ${phone.phone_id} exported, but ${phone.key ?? '?'} is not so`);
    }
  }
  for (const { key } of await store.list(`${layout.run(runId)}late/`)) {
    const { body = '{}' } = (await store.get(key)) ?? {};
    known.archives.add((JSON.parse(body) as { key: string }).key);
  }
  return found;
}

/**
 * Returns whether nobody had to see the object arrive: it comes from the network's copy of a call, after the job of the call itself
 * had ended without an archive; or from a call without a response, later than such calls are watched.
 */
function isUnseen(
  { mix, world, exports }: Played,
  followed: ReadonlySet<string>,
  { key, lastModified }: { key: string; lastModified: number },
): boolean {
  const longest = mix.policies.find(({ name }) => key.startsWith(`${name}/`))?.exportTimeout ?? 0;
  const endOf = (jobId: string) => world.cloud.world.jobs.byId.get(jobId)?.end ?? Infinity;
  const own = exports.filter((one) => one.key === key);
  const writer = own.find(({ jobId }) => !followed.has(jobId) && endOf(jobId) === lastModified);
  if (writer === undefined) return false;
  if (!writer.isTwin) return lastModified > writer.at + 2 * longest;
  return own.every(({ jobId }) => !followed.has(jobId) || endOf(jobId) < lastModified);
}

/** The accepted jobs but those that CPH no longer listed: nobody could follow them. */
function followedJobs(events: RunEvent[]): string[] {
  const lost = new Set(
    events.flatMap((event) =>
      event.type === 'ended' && event.result === 'lost' ? [attemptOf(event)] : [],
    ),
  );
  return events.flatMap((event) =>
    event.type === 'accepted' && !lost.has(attemptOf(event)) ? [event.job_id] : [],
  );
}

function attemptOf(event: { phone_id: string; attempt: number }): string {
  return `${event.phone_id} ${event.attempt}`;
}

/**
 * One job a key, and one at a time for a phone. Except one that may run on after its response was lost, and copies that the
 * network made.
 */
function doubleExports({ mix, world, exports }: Played, followed: ReadonlySet<string>): string[] {
  const found: string[] = [];
  const own = exports.filter(({ isTwin }) => !isTwin);
  const keys = own.map(({ key }) => key);
  for (const key of keys.filter((other, index) => keys.indexOf(other) !== index)) {
    found.push(`exported twice under ${key}`);
  }
  for (const one of own) {
    // A job that is twice as old as an export may become no longer holds its phone.
    const policy = mix.policies.find(({ name }) => one.key.startsWith(`${name}/`));
    const longest = 2 * (policy?.exportTimeout ?? 0);
    const end = world.cloud.world.jobs.byId.get(one.jobId)?.end ?? Number.POSITIVE_INFINITY;
    for (const other of own) {
      if (other === one || other.phoneId !== one.phoneId) continue;
      if (other.at < one.at || other.at >= end) continue;
      const isWatched = !followed.has(one.jobId) && other.at - one.at >= 2 * MINUTE;
      if (!isWatched && other.at - one.at < longest)
        found.push(`${one.phoneId} exported at once: ${one.key} and ${other.key}`);
    }
  }
  return found;
}

/**
 * The most calls of a drive over a fleet of up to six phones in two runs, whatever the cloud does. Reads of a run's log are not
 * in the sum: there are as many as it has entries, when an instance does not know it yet. Each entry is read with its run twice,
 * and once as far as the run can be read, with three attempts.
 */
const READS_OF_AN_ENTRY = 9;
const CALLS_OF_A_KIND = 60;
/** A drive that plans two runs and settles both makes 130; retries of what fails come on top. */
const CALLS_IN_ALL = 200;

const isLogRead = (call: string): boolean => /^obs GET .*\/log\//.test(call);

function hotLoops(drives: CallCounts[]): string[] {
  return drives.flatMap((counts) => {
    const sums = new Map<string, number>();
    const hot = [...counts].filter(([call, n]) => isLogRead(call) && n > READS_OF_AN_ENTRY);
    for (const [call, count] of [...counts].filter(([other]) => !isLogRead(other))) {
      const kind = call.slice(0, call.indexOf(' http'));
      for (const key of [kind, 'all']) sums.set(key, (sums.get(key) ?? 0) + count);
    }
    hot.push(
      ...[...sums].filter(([key, n]) => n > (key === 'all' ? CALLS_IN_ALL : CALLS_OF_A_KIND)),
    );
    return hot.map(([call, count]) => `a drive made ${count} calls: ${call}`);
  });
}

/** The end of each run is notified under one id. */
async function messageViolations({ cloud }: Night, runIds: string[]): Promise<string[]> {
  const messages = (await cloud.control.messages()).map((message) => {
    const structure = JSON.parse(message.message_structure ?? '{}') as { https: string };
    return JSON.parse(structure.https) as { kind: string; id: string; run_id?: string };
  });
  return runIds.flatMap((runId) => {
    const settled = messages.filter(({ kind, run_id }) => kind === 'settled' && run_id === runId);
    const ids = new Set(settled.map(({ id }) => id));
    return ids.size === 1 ? [] : [`${runId} was notified under ${ids.size} ids`];
  });
}
