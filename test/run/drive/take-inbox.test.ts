import { describe, expect, it } from 'vitest';
import { sweepId } from '../../../lib/ledger/hints/sweep.ts';
import { appendLog } from '../../../lib/ledger/run/log.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { takeInbox } from '../../../lib/run/drive/take-inbox.ts';
import { accepted, cancelSeen, driveScene, intent, OTHER, RUN } from '../../support/drive-scene.ts';
import { temporaryError } from '../../support/run-scene.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

describe('takeInbox', () => {
  it('takes up requested runs with the time of their request', async () => {
    const world = driveScene();
    await world.request(RUN);
    world.clock.move(1);
    await world.request(OTHER);
    await world.take();
    const taken = [...world.work.runs.values()].map((run) => [run.runId, run.requestedAt]);
    expect(taken).toEqual([
      [RUN, T0],
      [OTHER, T0 + 1],
    ]);
  });

  it('ignores a run whose request is gone', async () => {
    const { deps, work } = driveScene();
    const requests = [{ runId: RUN, requestedAt: T0 }];
    await takeInbox(deps, work, { requests, cancels: [], orphaned: [], hints: [] });
    expect(work.runs.size).toBe(0);
  });

  it('reads neither a run in hand nor a quarantined run again', async () => {
    const world = driveScene();
    await world.request(RUN);
    await world.request(OTHER);
    const run = openRun(RUN, []);
    world.hold(run);
    world.work.quarantined.add(OTHER);
    await world.take();
    expect([...world.work.runs.values()]).toEqual([run]);
    expect(world.work.runs.get(RUN)).toBe(run);
  });

  it('continues a remembered planned run with the new entries of its log', async () => {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p')]);
    const remembered = openRun(RUN, [plannedPhone('p')]);
    world.remembered.set(RUN, remembered);
    await appendLog(world.store, layout.logEntry(RUN, '0000000002-b', 1), [cancelSeen]);
    await world.take();
    expect(world.work.runs.get(RUN)).toBe(remembered);
    expect(remembered.state.cancelledAt).toBe(T0);
  });

  it('reads a run again that is remembered without a plan', async () => {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p')]);
    world.remembered.set(RUN, { ...openRun(RUN, []), plan: undefined });
    await world.take();
    expect(world.work.runs.get(RUN)?.plan?.selected).toBe(1);
  });

  it('quarantines an unreadable run once, keeps its jobs, and takes up the others', async () => {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p')]);
    await appendLog(world.store, layout.logEntry(RUN, '0000000002-b', 1), [intent, accepted]);
    await world.store.put(layout.request(RUN), 'not json');
    await world.request(OTHER);
    await world.take();
    expect([...world.work.runs.keys()]).toEqual([OTHER]);
    expect(world.work.quarantined).toEqual(new Set([RUN]));
    expect(world.work.orphaned).toMatchObject([{ run_id: RUN, attempts: [{ phone_id: 'p' }] }]);
    expect(world.logged('quarantined')).toHaveLength(1);
    expect(world.sent).toHaveLength(1);
    await world.take();
    expect(world.logged('quarantined')).toHaveLength(1);
  });

  it('keeps no jobs of a quarantined run that has none', async () => {
    const world = driveScene();
    await world.store.put(layout.request(RUN), 'not json');
    await world.take();
    expect(world.work.quarantined).toEqual(new Set([RUN]));
    expect(world.work.orphaned).toEqual([]);
  });

  it('throws when the ledger cannot be reached', async () => {
    const world = driveScene();
    await world.request(RUN);
    world.deps.store.get = () => Promise.reject(temporaryError());
    await expect(world.take()).rejects.toMatchObject({ code: 'unreachable' });
    expect(world.work.quarantined.size).toBe(0);
  });

  it('takes up all hints, and those about phones separately', async () => {
    const { deps, work } = driveScene();
    const phoneHints = ['trace-1', 'message-1', 'discovered-1', sweepId(T0)];
    const hints = ['missed-nightly-1', ...phoneHints, 'stale-nightly-1', 'odd'];
    await takeInbox(deps, work, { requests: [], cancels: [], orphaned: [], hints });
    expect(work.hints).toEqual(hints);
    expect(work.phoneHints).toEqual(phoneHints);
  });

  it('records a request to cancel once, in the run that it names', async () => {
    const world = driveScene();
    for (const runId of [RUN, OTHER]) await world.request(runId);
    await world.store.put(layout.cancel(RUN), '{}');
    await world.take();
    world.clock.move(5);
    await world.take();
    expect(world.work.runs.get(RUN)?.unwritten.events).toEqual([cancelSeen]);
    expect(world.work.runs.get(OTHER)?.unwritten.events).toEqual([]);
    expect(await world.store.get(layout.cancel(RUN))).toBeDefined();
  });

  it('cancels a run in hand although its request is not listed', async () => {
    const world = driveScene();
    const run = openRun(RUN, []);
    world.hold(run);
    await world.store.put(layout.cancel(RUN), '{}');
    await world.take();
    expect(run.unwritten.events).toEqual([cancelSeen]);
    expect(await world.keys('open/cancel/')).toEqual([layout.cancel(RUN)]);
  });

  it('removes a request to cancel a closed run, and keeps one for a quarantined run', async () => {
    const world = driveScene();
    for (const runId of [OTHER, 'third-1']) await world.request(runId);
    world.work.quarantined.add(OTHER);
    for (const runId of [RUN, OTHER]) await world.store.put(layout.cancel(runId), '{}');
    await world.take();
    expect(await world.keys('open/cancel/')).toEqual([layout.cancel(OTHER)]);
  });
});
