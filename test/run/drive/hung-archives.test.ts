import { expect, it } from 'vitest';
import { type OrphanedJobs, writeOrphanedJobs } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { OTHER, RUN, SECOND } from '../../support/drive-scene.ts';
import { driveWorld, orphanedJobOf } from '../../support/drive-world.ts';
import { eventClock } from '../../support/event-clock.ts';
import { temporaryError } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

/** A cloud whose bucket `hung` answers no call on archives, and drives of it every minute that remember nothing. */
function hungWorld() {
  const clock = eventClock(T0);
  const world = driveWorld(10 * SECOND, clock);
  const { archives } = world.deps;
  const calls: number[] = [];
  const orHang = async <T>(bucket: string, call: () => Promise<T>): Promise<T> => {
    if (bucket !== 'hung') return call();
    calls.push(clock.now());
    await clock.sleep(45 * SECOND);
    throw temporaryError();
  };
  world.deps.archives = {
    ...archives,
    head: (bucket, ...rest) => orHang(bucket, () => archives.head(bucket, ...rest)),
    list: (bucket, ...rest) => orHang(bucket, () => archives.list(bucket, ...rest)),
    tail: (bucket, ...rest) => orHang(bucket, () => archives.tail(bucket, ...rest)),
  };
  const lengths: number[] = [];
  const driveFor = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      const start = clock.now();
      await world.drive({ until: start + 50 * SECOND, holder: `h${lengths.length}` });
      lengths.push(clock.now() - start);
      await clock.sleep(Math.max(0, start + MINUTE - clock.now()));
    }
  };
  return { ...world, calls, lengths, driveFor };
}

it('goes on with other runs while the bucket of one run hangs, and gives that run up', async () => {
  const { store, request, driveFor, lengths } = hungWorld();
  const hung = openRun(RUN, [plannedPhone('a')], { terms: { bucket: 'hung', folder: 'x' } });
  await putRequest(store, hung.request);
  if (hung.plan) await writePlan(store, hung.plan, [plannedPhone('a')]);
  await driveFor(2);
  await request(OTHER, [plannedPhone('b')]);
  await driveFor(3);
  expect((await readReport(store, OTHER))?.outcome).toBe('completed');
  await driveFor(330);
  const { phones } = (await readReport(store, RUN)) ?? {};
  expect(phones).toMatchObject([{ outcome: 'failed', reason: 'not_verified' }]);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(53 * SECOND);
});

it('goes on with runs while the archives of orphaned jobs hang, and asks for them less often', async () => {
  const { deps, store, request, driveFor, lengths, calls } = hungWorld();
  const orphaned = orphanedJobOf('old-20260101t023000z', 'x');
  const attempts = Array.from({ length: 40 }, (_, n): OrphanedJobs['attempts'][number] => ({
    ...{ phone_id: `x${n}`, phone_name: '', server_id: 's9', attempt: 1 },
    jobs: [{ job_id: `o${n}`, request_id: 'ro' }],
  }));
  const until = T0 + 24 * 60 * MINUTE;
  await writeOrphanedJobs(store, { ...orphaned, bucket: 'hung', until, attempts });
  await request(RUN, [plannedPhone('a')]);
  const { listJobs } = deps.cph;
  deps.cph.listJobs = async (ids) =>
    ids.includes('ro')
      ? attempts.map(({ phone_id }, n) => ({ job_id: `o${n}`, phone_id, state: 'succeeded' }))
      : listJobs(ids);
  await driveFor(3);
  expect((await readReport(store, RUN))?.outcome).toBe('completed');
  await driveFor(60);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(53 * SECOND);
  expect(new Set(calls).size).toBeLessThan(10);
});

it.each(['put', 'get', 'list', 'remove'] as const)(
  'goes on with other runs while each %s of an object of one run hangs',
  async (operation) => {
    const { deps, store, request, driveFor, clock } = hungWorld();
    const real = store[operation] as (key: string | string[], ...rest: never[]) => unknown;
    const own = async (key: string | string[], ...rest: never[]): Promise<unknown> => {
      const isBad = [key].flat().some((one) => one.includes(RUN));
      if (!isBad) return real(key, ...rest);
      await clock.sleep(12 * SECOND);
      throw temporaryError();
    };
    await request(RUN, [plannedPhone('a')]);
    await request(OTHER, [plannedPhone('b', { server_id: 's2' })]);
    deps.store = { ...deps.store, [operation]: own };
    await driveFor(4);
    expect((await readReport(store, OTHER))?.outcome).toBe('completed');
  },
);
