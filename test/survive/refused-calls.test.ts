import { describe, expect, it } from 'vitest';
import { type ErrorCode, PhonevaultError, ServiceError } from '../../lib/errors.ts';
import type { RunEvent } from '../../lib/ledger/run/events.ts';
import { appendLog } from '../../lib/ledger/run/log/log.ts';
import { type PlannedPhone, writePlan } from '../../lib/ledger/run/plan.ts';
import { readReport } from '../../lib/ledger/run/report.ts';
import { putRequest } from '../../lib/ledger/run/request.ts';
import { writeNotifiedStale } from '../../lib/ledger/state/notified/notified.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { timerRunId } from '../../lib/policy/keys/run-id.ts';
import type { DriveDeps } from '../../lib/run/deps.ts';
import { closeSettled } from '../../lib/run/drive/close-settled.ts';
import { drive } from '../../lib/run/drive/drive.ts';
import { readRuns } from '../../lib/run/drive/inbox/read-runs.ts';
import { takeInbox } from '../../lib/run/drive/inbox/take-inbox.ts';
import { createWork } from '../../lib/run/drive/work.ts';
import { listOpen } from '../../lib/ledger/run/request.ts';
import { requestSlot } from '../../lib/run/schedule/request-slot.ts';
import { agendaClock } from '../../testing/play-clock.ts';
import { runScene } from '../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../support/runs.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const SECOND = 1_000;
const RUN = timerRunId('nightly', T0);
const FOLDER = `nightly/20260102/${RUN}`;
const own = (phone_id: string, attempt = 1) => ({ at: T0, phone_id, attempt });
const skipped: Partial<PlannedPhone> = { verdict: { outcome: 'skipped', reason: 'stopped' } };

/** A phone with a superseded archive, one whose response was lost, one whose job still runs and one whose job failed. */
const EVENTS: RunEvent[] = [
  { type: 'accepted', ...own('p1'), job_id: 'j1', request_id: 'r1' },
  { type: 'ended', ...own('p1'), result: 'failed' },
  { type: 'verified', ...own('p1', 2), size: 2_048, etag: 'etag' },
  { type: 'outcome_unknown', ...own('p2') },
  { type: 'archive_rejected', ...own('p2'), reason: 'response_lost' },
  { type: 'outcome', at: T0, phone_id: 'p2', outcome: 'timed_out', reason: 'deadline' },
  { type: 'accepted', ...own('p3'), job_id: 'j3', request_id: 'r3' },
  { type: 'outcome', at: T0, phone_id: 'p3', outcome: 'timed_out', reason: 'deadline' },
  { type: 'accepted', ...own('p4'), job_id: 'j4', request_id: 'r4' },
  { type: 'ended', ...own('p4'), result: 'failed', code: 'CPS.0005' },
  { type: 'outcome', at: T0, phone_id: 'p4', outcome: 'failed', reason: 'job_failed' },
];

type Call = { name: string; service: 'store' | 'archives' };

/** The name of a call: log entries of all drives are one. */
const nameOf = (operation: string, key: unknown): string => {
  const first = String([key].flat()[0]);
  return `${operation} ${first.replace(/(\/log\/)[^/]+\.json$/, '$1*').replace(/\d{13}\./, '*.')}`;
};

/** Returns the same deps whose calls go through `meet` first, which may throw. */
function watched(deps: DriveDeps, meet: (call: Call) => void): DriveDeps {
  const wrap = <P extends object>(port: P, service: Call['service'], keyAt: number): P =>
    Object.fromEntries(
      Object.entries(port).map(([operation, call]: [string, unknown]) => [
        operation,
        typeof call !== 'function'
          ? call
          : async (...args: unknown[]) => {
              meet({ service, name: nameOf(operation, args[keyAt]) });
              return (call as (...all: unknown[]) => unknown)(...args);
            },
      ]),
    ) as P;
  return {
    ...deps,
    store: wrap(deps.store, 'store', 0),
    archives: wrap(deps.archives, 'archives', 1),
  };
}

type Options = { trigger?: 'timer' | 'provisioned'; phones?: number };

/** A run whose phones all have an outcome. With `phones`, so many more were skipped. */
async function scene({ trigger = 'timer', phones = 0 }: Options = {}) {
  const clock = agendaClock(T0);
  const world = runScene({ listJobs: async () => [] }, clock);
  const { store, deps } = world;
  for (const name of ['p1-1', 'p1-2', 'p2-1']) world.land(`${FOLDER}/${name}.tar`);
  const planned = [
    ...['p1', 'p2', 'p3', 'p4'].map((id) => plannedPhone(id)),
    ...Array.from({ length: phones }, (_, n) => plannedPhone(`s${n}`, skipped)),
  ];
  const made = openRun(RUN, planned);
  const request = {
    ...made.request,
    trigger,
    ...(trigger === 'provisioned' ? { phones: ['p1', 'p2', 'p3', 'p4'] } : {}),
  };
  await putRequest(store, request);
  if (made.plan !== undefined) await writePlan(store, { ...made.plan, request }, planned);
  await appendLog(store, layout.logEntry(RUN, '0000000000-z', 1), EVENTS);
  await writeNotifiedStale(store, {
    ...{
      policy: 'nightly',
      since: T0 - MINUTE,
      at: T0 - MINUTE,
      notified_at: T0 - MINUTE,
      phones: { counted: 4, fresh: 0 },
    },
  });
  const work = createWork({ remembered: new Map(), orphaned: [] }, T0);
  await takeInbox(deps, work, await listOpen(store));
  await readRuns(deps, work, deps.until);
  return { ...world, clock, work };
}

type Scene = Awaited<ReturnType<typeof scene>>;

/** The calls of a run that settles, notifies and closes, in the order in which they are first made. */
async function callsOf(options: Options): Promise<Call[]> {
  const world = await scene(options);
  const calls = new Map<string, Call>();
  const deps = watched(world.deps, (call) => void calls.set(`${call.service} ${call.name}`, call));
  await closeSettled(deps, world.work);
  expect(await world.store.get(layout.request(RUN))).toBeUndefined();
  return [...calls.values()];
}

const errorOf = (status: 403 | 500): PhonevaultError => {
  const code: ErrorCode = status === 403 ? 'access_denied' : 'service';
  const facts = { service: 'obs', operation: 'x', status, carriedOut: 'no' } as const;
  return new ServiceError(code, `obs: ${status}`, facts, { retryable: status === 500 });
};

/** Settles with one call refused for good, then drives minute by minute, each drive cold, until the run is closed. */
async function settleWith(world: Scene, refused: Call, status: 403 | 500): Promise<number> {
  const deps = watched(world.deps, ({ service, name }) => {
    if (service === refused.service && name === refused.name) throw errorOf(status);
  });
  const { clock } = world;
  const isOpen = async () => (await world.store.get(layout.request(RUN))) !== undefined;
  await closeSettled(deps, world.work);
  for (let minute = 0; minute < 300; minute += 1) {
    const entry = deps.unreadable.objects.get(layout.request(RUN));
    if (!(await isOpen()) || entry?.handled === true) return minute;
    const next = clock.now() + MINUTE;
    const options = { until: clock.now() + 50 * SECOND, ttlMs: 90 * SECOND, holder: `h${minute}` };
    // A drive that could not write a log fails at its end.
    await drive(deps, options).catch((error: unknown) => {
      if (!(error instanceof PhonevaultError)) throw error;
    });
    if ((await deps.store.get(layout.unreadable))?.body.includes('object_undeletable'))
      return minute;
    if (clock.now() < next) clock.move(next - clock.now());
  }
  return Number.POSITIVE_INFINITY;
}

/** Whether the report, the log or the message says that something was not done. */
async function isNotified(world: Scene): Promise<boolean> {
  const report = await readReport(world.store, RUN);
  if (report?.not_done !== undefined || report?.leftovers !== undefined) return true;
  return world.logged('not_done', 'delete_refused', 'object_undeletable').length > 0;
}

/** What is read to change it counts as absent when it cannot be read, and is written anew: nothing is left undone. */
const isCacheRead = ({ name }: Call) => /^get (state|phones|runs)\/|^list .*\/report\/$/.test(name);
/** After two minutes LIST shows what this HEAD looks for. */
const isShortLived = ({ name }: Call, status: number) => name.startsWith('head') && status === 500;

describe.each<[Options, pattern: RegExp]>([
  [{}, /./],
  [{ trigger: 'provisioned' }, /provisioning|freshness/],
  [{ phones: 1_000 }, /runs\/.*\/report/],
])('a call of settling that is refused for good: %j', (options, pattern) => {
  it.each([403, 500] as const)('keeps no run from settling: %i', async (status) => {
    const problems: string[] = [];
    const calls = (await callsOf(options)).filter(({ name }) => pattern.test(name));
    for (const call of calls) {
      const world = await scene(options);
      const minutes = await settleWith(world, call, status);
      const say = (what: string) => problems.push(`${call.service} ${call.name}: ${what}`);
      const kinds = world.published.filter(({ run_id }) => run_id === RUN).map(({ kind }) => kind);
      world.clock.move(24 * 60 * MINUTE);
      if (!(await requestSlot(world.deps, 'nightly', T0 + 24 * 60 * MINUTE))) say('no next slot');
      // Without its log nobody knows the state of a run: it rests, and people are notified of that.
      if (call.name === `list ${layout.log(RUN)}` && status === 500) {
        if (!kinds.includes('unreadable')) say('rests in silence');
        continue;
      }
      // Three hours, and two pauses of half an hour between attempts.
      const bound = call.name === `put ${layout.log(RUN)}*` ? 245 : 45;
      if (minutes > bound) say(`open for ${minutes} minutes`);
      if (!kinds.includes('settled')) say('no message');
      const isUndone = !isCacheRead(call) && !isShortLived(call, status);
      if (isUndone && !(await isNotified(world))) say('not notified');
      const hasReport = (await readReport(world.store, RUN)) !== undefined;
      if (!hasReport && !/^(create|put) runs\/.*\/report/.test(call.name)) say('no report');
    }
    expect(calls.length).toBeGreaterThan(1);
    expect(problems).toEqual([]);
  });
});
