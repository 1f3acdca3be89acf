import { describe, expect, it } from 'vitest';
import { readPlan } from '../../../lib/ledger/run/plan.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { initialLimits, writeLimits } from '../../../lib/ledger/state/limits.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { missingObject } from '../../../lib/ledger/store/object-error.ts';
import { noteUnreadable } from '../../../lib/run/state/failures/resting.ts';
import { advanceDue } from '../../../lib/run/drive/advance.ts';
import { type OpenRun, record } from '../../../lib/run/state/open-run.ts';
import {
  accepted,
  cancelSeen,
  type DriveScene,
  driveScene,
  ended,
  OTHER,
  RUN,
  SECOND,
} from '../../support/drive-scene.ts';
import { driveWorld } from '../../support/drive-world.ts';
import { phone } from '../../support/fleet.ts';
import { temporaryError } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0, terms } from '../../support/runs.ts';

describe('advanceDue', () => {
  const policyOf = (name: string) => `
name: ${name}
select: { name: "*" }
export: { include: [/data/data], bucket: my-phone-backups, object_path: "{policy}" }
`;
  const step = ({ deps, work }: DriveScene, run: OpenRun) =>
    advanceDue(deps, { ...work, runs: new Map([[run.runId, run]]) });

  it('plans a run without a plan', async () => {
    const world = driveScene();
    const run = { ...openRun(RUN, []), plan: undefined };
    await step(world, run);
    expect(run.plan).toMatchObject({ failure: { code: 'policy_gone' } });
    expect(await world.keys(layout.plan(RUN))).toEqual([layout.plan(RUN)]);
    expect(world.lookups).toEqual([]);
  });

  it.each([
    ['ten seconds', MINUTE, 3],
    ['the time that is left', 5 * SECOND, 2],
  ])('reads a fleet for at most %s in one step', async (_, left, expected) => {
    let calls = 0;
    const world = driveScene({
      listPhones: async ({ offset }) => {
        calls += 1;
        world.clock.move(4 * SECOND);
        return { count: 9_999, phones: [offset, offset + 1].map((n) => phone(`p${n}`)) };
      },
    });
    await world.store.put(layout.policy('nightly'), policyOf('nightly'));
    world.deps.until = T0 + left;
    const run = { ...openRun(RUN, []), plan: undefined };
    await step(world, run);
    expect(run.plan).toBeUndefined();
    expect(calls).toBe(expected);
  });

  it('pauses a run that cannot be planned', async () => {
    const world = driveScene({ listPhones: () => Promise.reject(temporaryError()) });
    await world.store.put(layout.policy('nightly'), policyOf('nightly'));
    const run = { ...openRun(RUN, []), plan: undefined };
    await step(world, run);
    expect(run.retryAt.step).toBe(T0 + 20 * SECOND);
    expect(run.unwritten.events).toMatchObject([{ type: 'step_failed', code: 'unreachable' }]);
  });

  const waiting = (...events: RunEvent[]): OpenRun => {
    const run = openRun(RUN, [
      ...['p', 'q'].map((id) => plannedPhone(id)),
      plannedPhone('w', { waiting: true }),
    ]);
    fold(run.state, [
      ...[accepted, ended, ...events],
      { type: 'outcome_unknown', at: T0, phone_id: 'q', attempt: 1 },
    ]);
    return run;
  };
  const archive = `${terms.folder}/${RUN}/p-1.tar`;
  const lost = `${terms.folder}/${RUN}/q-1.tar`;
  const isReady = async () => phone('w');

  it('pauses a run whose policy file rests since an earlier drive', async () => {
    const world = driveScene();
    const run = { ...openRun(RUN, []), plan: undefined };
    noteUnreadable(world.deps, missingObject(layout.policy('nightly')));
    await step(world, run);
    expect([run.plan, run.retryAt.step]).toEqual([undefined, T0 + 20 * SECOND]);
  });

  it('looks up waiting phones, archives of ended jobs and archives of lost responses', async () => {
    const world = driveScene({ showPhone: isReady });
    for (const key of [archive, lost]) world.land(key);
    const run = waiting();
    await step(world, run);
    expect(run.unwritten.events).toMatchObject([
      { type: 'ready', phone_id: 'w' },
      { type: 'verified', phone_id: 'p' },
      { type: 'verified', phone_id: 'q' },
    ]);
  });

  it('does the other lookups after one fails, writes that at once, and does not pause the run', async () => {
    const world = driveScene({ showPhone: () => Promise.reject(temporaryError()) });
    world.land(archive);
    const run = waiting();
    await step(world, run);
    expect(await world.logTypes()).toEqual(['step_failed', 'verified']);
    expect(run.retryAt.step).toBe(0);
  });

  const report = {} as OpenRun['report'];
  it.each<[string, (run: OpenRun) => unknown]>([
    ['a paused run', (run) => (run.retryAt.step = T0 + 1)],
    ['a reported run', (run) => (run.report = report)],
    ['a reported run without a plan', (run) => Object.assign(run, { report, plan: undefined })],
  ])('leaves %s alone', async (_, change) => {
    const world = driveScene();
    const run = waiting();
    change(run);
    await step(world, run);
    expect([world.lookups, run.unwritten.events]).toEqual([[], []]);
    expect(await world.store.list('')).toEqual([]);
  });

  it('goes on with a run whose pause is over', async () => {
    const world = driveScene({ showPhone: isReady });
    const run = waiting();
    run.retryAt.step = T0;
    await step(world, run);
    expect(world.lookups).not.toEqual([]);
  });

  it('writes unwritten events every ten seconds', async () => {
    const world = driveScene();
    const run = openRun(RUN, []);
    record(run, [cancelSeen]);
    world.clock.move(10 * SECOND - 1);
    await step(world, run);
    expect(run.unwritten.events).toEqual([cancelSeen]);
    world.clock.move(1);
    await step(world, run);
    expect(run.unwritten.events).toEqual([]);
    expect(await world.logTypes()).toEqual(['cancel_seen']);
    expect(run.unwritten.flushedAt).toBe(T0 + 10 * SECOND);
  });

  it('does not pause a run whose log cannot be written, so that it can settle', async () => {
    const world = driveScene();
    world.deps.store.put = () => Promise.reject(temporaryError());
    const run = openRun(RUN, []);
    run.unwritten.flushedAt = 0;
    record(run, [cancelSeen]);
    await step(world, run);
    expect(run.retryAt.step).toBe(0);
    expect(run.unwritten.events.map(({ type }) => type)).toEqual(['cancel_seen', 'step_failed']);
  });

  it('plans a new run while following exports uses half of few reads', async () => {
    const world = driveWorld(50 * MINUTE);
    const { deps, store, clock } = world;
    const few = { ...initialLimits.reads, calls_per_minute: 20, throttled_at: T0, grown_at: T0 };
    const quick = {
      phones_per_call: 1,
      calls_per_minute: 600,
      refused_size: 2,
      refused_size_at: T0,
    };
    await writeLimits(store, { ...initialLimits, ...quick, reads: few });
    const { listJobs } = deps.cph;
    const count = (operation: string): void => {
      deps.reads.check(operation);
      deps.reads.sent(operation);
      deps.reads.answered('ok');
    };
    deps.cph.listJobs = async (ids) => (count('list-jobs'), listJobs(ids));
    deps.cph.showPhone = async (id) => (count('show-phone'), phone(id));
    const phones = Array.from({ length: 120 }, (_, n) =>
      plannedPhone(`p${n}`, { server_id: `s${n}` }),
    );
    await world.request(RUN, phones);
    for (let minute = 0; minute < 12; minute += 1) {
      if (minute === 10) {
        const named = policyOf('nightly').replace('name: "*"', `phones: [${'a'.repeat(32)}]`);
        await store.put(layout.policy('nightly'), named);
        await putRequest(store, openRun(OTHER, []).request);
      }
      await world.drive({ until: clock.now() + 50 * SECOND });
      clock.move(T0 + (minute + 1) * MINUTE - clock.now());
    }
    expect((await readPlan(store, OTHER))?.plan.failure).toBeUndefined();
    expect(await readPlan(store, OTHER)).toBeDefined();
  });
});
