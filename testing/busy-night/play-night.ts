import { isLookupHint } from '../../lib/ledger/hints/lookup.ts';
import { readReport, readReportedPhones, type Report } from '../../lib/ledger/run/report.ts';
import { listOpen } from '../../lib/ledger/run/request.ts';
import type { CloudOptions } from '../../local/cloud.ts';
import type { Job } from '../../local/cph/world/jobs.ts';
import { BROKEN, type BusyEvents, planBusyEvents } from './events.ts';
import { type Night, night, NIGHTLY } from '../night.ts';
import { agendaClock } from '../play-clock.ts';
import { ON_PROVISIONED } from '../provisioning.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** 02:30 in Shanghai. */
const SLOT = Date.UTC(2026, 0, 1, 18, 30);

const POLICIES: Readonly<Record<string, string>> = {
  second: NIGHTLY.replace('nightly', 'second')
    .replace('0 30 2', '0 35 2')
    .replace('name: "*"', 'name: "*7"'),
  ondemand: NIGHTLY.replace('nightly', 'ondemand').replace(/schedule:.*\n/, ''),
  newphones: ON_PROVISIONED,
  resting: `${ON_PROVISIONED.replace('newphones', 'resting')}paused_until: "2030-01-01T00:00:00Z"`,
  off: `${ON_PROVISIONED.replace('newphones', 'off')}enabled: false`,
};

/** The course of one run. Times in epoch ms. */
export type RunCourse = {
  runId: string;
  /** When the request was written. */
  requestedAt: number;
  /** When its first export call was sent. */
  firstCallAt: number | undefined;
  report: Report;
};

export type PlayedNight = {
  night: Night;
  events: BusyEvents | undefined;
  courses: RunCourse[];
  /** The run of 02:30. */
  large: RunCourse;
  /** Pairs of exports of one phone that ran at the same time at CPH. */
  overlaps: number;
  /** First backups by policy and phone. */
  firstBackups: Map<string, number>;
  drives: number;
};

/**
 * Plays a night from 02:28 on with the timers of `schedule` and `drive`, in virtual time. Each call takes `latencyMs`. Plays
 * only the run of 02:30, or also the events of `planBusyEvents`. CPH accepts a second export of a phone, so only the
 * functions prevent one. Ends when nothing is left to do.
 */
export async function playNight(
  options: CloudOptions & { busy: boolean; seed: number; latencyMs?: number },
): Promise<PlayedNight> {
  const clock = agendaClock(SLOT - 2 * MINUTE);
  const switches = { ...options.switches, busyPhones: 'allow' } as const;
  const world = await night({ latencyMs: 20, ...options, playOn: clock, switches });
  await world.putPolicy(NIGHTLY.replace('deadline: 2h', 'deadline: 12h'));
  if (options.busy) {
    for (const [name, text] of Object.entries(POLICIES)) await world.putPolicy(text, name);
  }
  const events = options.busy ? planBusyEvents(world, clock, SLOT, options.seed) : undefined;

  let drives = 0;
  const { store } = world.invocation().deps;
  for (let minute = 0; ; minute += 1) {
    if (minute > 24 * 60) throw new Error('the night does not end');
    const end = SLOT + (minute - 1) * MINUTE;
    let wakeUps = events?.wakeUps;
    await world.tick();
    await world.drive();
    drives += 1;
    while (clock.now() < end) {
      if (wakeUps !== events?.wakeUps) {
        wakeUps = events?.wakeUps;
        await world.drive();
        drives += 1;
      }
      await clock.sleep(Math.min(SECOND, end - clock.now()));
    }
    const { requests, hints, orphaned } = await listOpen(store);
    const isLeft = requests.some(({ runId }) => !BROKEN.includes(runId));
    const isOver =
      clock.left() === 0 && !isLeft && !hints.some(isLookupHint) && orphaned.length === 0;
    if (minute > 2 && isOver) break;
  }
  const courses = await coursesOf(world);
  const large = courses.find(({ report }) => report.policy === 'nightly');
  if (large === undefined) throw new Error('nothing ran at 02:30');
  const jobs = [...world.cloud.world.jobs.byId.values()];
  const firstBackups = await countFirstBackups(world, courses);
  return { night: world, events, courses, large, overlaps: overlapsOf(jobs), firstBackups, drives };
}

async function coursesOf(world: Night): Promise<RunCourse[]> {
  const { store } = world.invocation().deps;
  const courses: RunCourse[] = [];
  for (const { event, run, time } of world.lines) {
    if (event !== 'requested') continue;
    const runId = String(run);
    if (courses.some((course) => course.runId === runId)) continue;
    const report = await readReport(store, runId);
    if (report === undefined) throw new Error(`${runId} has no report`);
    const calls = world.exports.filter(({ key }) => key.includes(`/${runId}/`));
    courses.push({
      runId,
      requestedAt: Date.parse(String(time)),
      firstCallAt: calls[0]?.at,
      report,
    });
  }
  return courses;
}

function overlapsOf(jobs: Job[]): number {
  const byPhone = new Map<string, Job[]>();
  for (const job of jobs.filter(({ kind }) => kind === 'export')) {
    byPhone.set(job.phoneId, [...(byPhone.get(job.phoneId) ?? []), job]);
  }
  let overlaps = 0;
  for (const own of byPhone.values()) {
    own.sort((a, b) => a.begin - b.begin);
    own.forEach((job, index) => {
      const before = own.slice(0, index);
      overlaps += before.filter(({ end = Infinity }) => end > job.begin).length;
    });
  }
  return overlaps;
}

async function countFirstBackups(world: Night, courses: RunCourse[]): Promise<Map<string, number>> {
  const { store } = world.invocation().deps;
  const firstBackups = new Map<string, number>();
  for (const { report } of courses.filter((course) => course.report.trigger === 'provisioned')) {
    for (const { phone_id, outcome } of await readReportedPhones(store, report)) {
      const own = `${report.policy} ${phone_id}`;
      if (outcome === 'exported') firstBackups.set(own, (firstBackups.get(own) ?? 0) + 1);
    }
  }
  return firstBackups;
}
