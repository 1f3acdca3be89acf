import { describe, expect, it } from 'vitest';
import { appendLog, readLog } from '../../../lib/ledger/run/log/log.ts';
import { type OrphanedJobs, readOrphanedJobs } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { putRequest, type RunRequest } from '../../../lib/ledger/run/request.ts';
import { readProvisioning } from '../../../lib/ledger/state/provisioning.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { closeSettled } from '../../../lib/run/drive/close-settled.ts';
import { type OpenRun, record } from '../../../lib/run/state/open-run.ts';
import {
  accepted,
  type DriveScene,
  driveScene,
  intent,
  OTHER,
  RUN,
  SECOND,
  skipped,
} from '../../support/drive-scene.ts';
import { temporaryError } from '../../support/run-scene.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

describe('closeSettled', () => {
  const close = ({ clock, deps, work }: DriveScene) =>
    closeSettled({ ...deps, until: clock.now() + MINUTE }, work);
  /** A scene with one run in hand whose only phone was skipped. */
  async function finished() {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p', skipped)]);
    return { ...world, run: await world.load(RUN) };
  }

  it('reports, notifies and closes a run whose phones all have an outcome', async () => {
    const world = await finished();
    record(world.run, [{ type: 'cancel_seen', at: T0 }]);
    await world.store.put(layout.cancel(RUN), '{}');
    await close(world);
    expect(await readReport(world.store, RUN)).toMatchObject({ outcome: 'skipped' });
    expect(world.sent).toHaveLength(1);
    expect(await world.logTypes()).toEqual(['cancel_seen', 'notified']);
    expect(await world.keys(layout.open)).toEqual([]);
    expect(world.work.runs.size).toBe(0);
    expect(await world.store.get(layout.provisioning)).toBeUndefined();
  });

  it('removes the request last, so that a killed drive leaves a run that can be closed', async () => {
    const world = await finished();
    record(world.run, [{ type: 'cancel_seen', at: T0 }]);
    await close(world);
    expect(world.removed).toEqual([[layout.cancel(RUN)], [layout.request(RUN)]]);
  });

  it.each<[string, (run: OpenRun) => void]>([
    [
      'a run with a phone that has no outcome',
      (run) => (run.state.phones = openRun(RUN, [plannedPhone('q')]).state.phones),
    ],
    ['a run without a plan', (run) => (run.plan = undefined)],
    ['a paused run', (run) => (run.retryAt.step = T0 + 1)],
  ])('leaves %s alone', async (_, change) => {
    const world = await finished();
    change(world.run);
    await close(world);
    expect(await readReport(world.store, RUN)).toBeUndefined();
    expect(world.work.runs.size).toBe(1);
    expect([world.sent, world.removed]).toEqual([[], []]);
  });

  it('closes a run whose pause is over', async () => {
    const world = await finished();
    world.run.retryAt.step = T0;
    await close(world);
    expect(world.work.runs.size).toBe(0);
  });

  /** A scene with one run in hand whose only phone timed out while its job may still run. */
  async function timedOut() {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p')]);
    await appendLog(world.store, layout.logEntry(RUN, '0000000000-z', 1), [
      ...[intent, accepted],
      { type: 'outcome', at: T0, phone_id: 'p', outcome: 'timed_out', reason: 'export_timeout' },
    ]);
    await world.load(RUN);
    return world;
  }

  it('replaces the orphaned jobs of a run that settles', async () => {
    const world = await timedOut();
    const of = (run_id: string) => ({ run_id, attempts: [] }) as unknown as OrphanedJobs;
    world.work.orphaned = [of(RUN), of(OTHER)];
    await close(world);
    expect(world.work.orphaned).toEqual([of(OTHER), await readOrphanedJobs(world.store, RUN)]);
    expect(world.work.orphaned[1]?.attempts).toMatchObject([{ phone_id: 'p' }]);
  });

  it('takes up the orphaned jobs of a run with a report whose result cannot be recorded yet', async () => {
    const world = await timedOut();
    const { store } = withFailingStore(world, 'put', undefined, layout.runIndex);
    await closeSettled({ ...world.deps, store, until: world.clock.now() + MINUTE }, world.work);
    expect(world.work.runs.get(RUN)?.report).toBeDefined();
    expect(world.work.orphaned).toMatchObject([{ run_id: RUN, attempts: [{ phone_id: 'p' }] }]);
  });

  it('keeps the orphaned jobs when a settled run leaves none', async () => {
    const world = await finished();
    const orphaned = [{ run_id: RUN, attempts: [] } as unknown as OrphanedJobs];
    world.work.orphaned = orphaned;
    await close(world);
    expect(world.work.orphaned).toBe(orphaned);
  });

  it('keeps a run open until its notification is published, and retries when that is due', async () => {
    const world = await finished();
    world.topic.fails = temporaryError();
    await close(world);
    expect(await world.logTypes()).toEqual(['notify_failed']);
    expect(world.work.runs.size).toBe(1);
    expect(await world.keys(layout.open)).toEqual([layout.request(RUN)]);
    world.topic.fails = undefined;
    world.clock.move(MINUTE - 1);
    await close(world);
    expect(world.sent).toEqual([]);
    world.clock.move(1);
    await close(world);
    expect(world.sent).toHaveLength(1);
    expect(world.work.runs.size).toBe(0);
  });

  it('gives up after half an hour to leave word of orphaned jobs in the lease, and records that', async () => {
    const world = await finished();
    world.deps.noteOrphans = () => Promise.reject(temporaryError());
    const minutes: number[] = [];
    for (let minute = 0; world.work.runs.size > 0 && minute < 90; minute += 1) {
      await close(world);
      minutes.push(minute);
      world.clock.move(MINUTE);
    }
    expect(minutes.at(-1)).toBe(30);
    expect(world.sent).toHaveLength(1);
    expect(await world.keys(layout.open)).toEqual([]);
    const events = await readLog(world.store, RUN);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'not_done', step: 'note_orphans', final: true }),
    );
    expect(world.logged('not_done')).toHaveLength(1);
  });

  it('settles a run once although the topic keeps failing', async () => {
    const world = await finished();
    world.topic.fails = temporaryError();
    await close(world);
    world.clock.move(MINUTE);
    await close(world);
    expect(world.logged('settled')).toHaveLength(1);
    expect(await world.logTypes()).toEqual(['notify_failed', 'notify_failed']);
  });

  it('does not notify again when another drive has notified meanwhile', async () => {
    const world = await finished();
    world.topic.fails = temporaryError();
    await close(world);
    world.topic.fails = undefined;
    await appendLog(world.store, layout.logEntry(RUN, '0000000002-b', 1), [
      { type: 'notified', at: T0 },
    ]);
    world.clock.move(MINUTE);
    await close(world);
    expect(world.sent).toEqual([]);
    expect(await world.keys(layout.open)).toEqual([]);
    expect(world.work.runs.size).toBe(0);
  });

  it('records the result of an already notified run, then closes it', async () => {
    const world = await finished();
    record(world.run, [{ type: 'notified', at: T0 }]);
    await close(world);
    expect(world.sent).toEqual([]);
    expect(world.logged('settled')).toHaveLength(1);
    expect(world.work.runs.size).toBe(0);
  });

  it('remembers the phones of a first backup before it closes the run', async () => {
    const world = driveScene();
    const run = openRun(RUN, [plannedPhone('p', skipped)]);
    const request: RunRequest = { ...run.request, trigger: 'provisioned', phones: ['p'] };
    delete request.slot;
    await putRequest(world.store, request);
    const plan = { ...run.plan, request } as Parameters<typeof writePlan>[1];
    await writePlan(world.store, plan, [plannedPhone('p', skipped)]);
    await world.load(RUN);
    await close(world);
    const { policies } = await readProvisioning(world.store);
    expect(policies.nightly?.requested_at).toEqual({ p: T0 });
    expect(world.work.runs.size).toBe(0);
  });

  it('pauses a run that fails to close, and closes the others', async () => {
    const world = await finished();
    await world.request(OTHER, [plannedPhone('q', skipped)]);
    await world.load(OTHER);
    const create = world.store.create;
    world.deps.store.create = async (key, body) => {
      if (key === layout.report(RUN)) throw temporaryError();
      return create(key, body);
    };
    await close(world);
    expect([...world.work.runs.keys()]).toEqual([RUN]);
    expect(world.run.retryAt.step).toBe(T0 + 20 * SECOND);
  });
});
