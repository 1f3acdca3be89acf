import { describe, expect, it } from 'vitest';
import { sweepId } from '../../../../lib/ledger/hints/sweep.ts';
import { appendLog } from '../../../../lib/ledger/run/log/log.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { PhonevaultError } from '../../../../lib/errors.ts';
import { missingObject } from '../../../../lib/ledger/store/object-error.ts';
import { noteUnreadable } from '../../../../lib/run/state/failures/resting.ts';
import { takeInbox } from '../../../../lib/run/drive/inbox/take-inbox.ts';
import {
  accepted,
  cancelSeen,
  driveScene,
  intent,
  OTHER,
  RUN,
  SECOND,
} from '../../../support/drive-scene.ts';
import { openRun, plannedPhone, T0 } from '../../../support/runs.ts';

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
    await takeInbox(deps, work, { requests, cancels: [], orphaned: [], hints: [], prunes: [] });
    expect(work.runs.size).toBe(0);
  });

  it('reads neither a run in hand nor a resting run again', async () => {
    const world = driveScene();
    await world.request(RUN);
    await world.request(OTHER);
    const run = openRun(RUN, []);
    world.hold(run);
    noteUnreadable(world.deps, missingObject(layout.plan(OTHER)));
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

  it('lets an unreadable run rest, keeps its phones busy, and takes up the others', async () => {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p')]);
    await appendLog(world.store, layout.logEntry(RUN, '0000000002-b', 1), [intent, accepted]);
    await world.store.put(layout.request(RUN), 'not json');
    await world.request(OTHER);
    await world.take();
    expect([...world.work.runs.keys()]).toEqual([OTHER]);
    expect([...world.work.open].sort()).toEqual([RUN, OTHER].sort());
    expect(world.work.orphaned).toMatchObject([{ run_id: RUN, attempts: [{ phone_id: 'p' }] }]);
    expect(world.logged('object_unreadable')).toHaveLength(1);
    await world.take();
    expect(world.logged('object_unreadable')).toHaveLength(1);
  });

  it.each<[string, (world: ReturnType<typeof driveScene>, key: string) => Promise<void>, string]>([
    [
      '17 MB',
      ({ store }, key) =>
        store.put(key, JSON.stringify({ version: 1, events: [], pad: 'x'.repeat(17_000_000) })),
      'object_invalid',
    ],
    [
      '20 MB, which the transport does not read to its end',
      async ({ store, deps }, key) => {
        await store.put(key, '{}');
        const get: typeof store.get = (wanted) =>
          wanted === key
            ? Promise.reject(new PhonevaultError('unreachable', 'too large'))
            : store.get(wanted);
        deps.store = { ...store, get };
      },
      'object_unreadable',
    ],
  ])('lets a run with a log entry of %s rest, and takes up the others', async (_, write, code) => {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p')]);
    await world.request(OTHER, [plannedPhone('q')]);
    const key = layout.logEntry(RUN, '0000000002-b', 1);
    await write(world, key);
    await world.take();
    expect([...world.work.runs.keys()]).toEqual([OTHER]);
    expect(world.deps.unreadable.objects.get(key)).toMatchObject({ code, run_id: RUN });
  });

  it('takes a run up again that can be read again, and lets it follow its own jobs', async () => {
    const world = driveScene();
    await world.request(RUN, [plannedPhone('p')]);
    await appendLog(world.store, layout.logEntry(RUN, '0000000002-b', 1), [intent, accepted]);
    const request = await world.store.get(layout.request(RUN));
    await world.store.put(layout.request(RUN), 'not json');
    await world.take();
    await world.store.put(layout.request(RUN), request?.body ?? '');
    world.clock.move(20 * SECOND);
    await world.take();
    expect([...world.work.runs.keys()]).toEqual([RUN]);
    expect(world.work.orphaned).toEqual([]);
    expect(await world.keys('open/late/')).toEqual([]);
    expect(world.deps.unreadable.objects.size).toBe(0);
  });

  it('lets a run rest whose request is listed and not found', async () => {
    const world = driveScene();
    await world.request(RUN);
    const { get } = world.store;
    world.deps.store.get = async (key) => (key === layout.request(RUN) ? undefined : get(key));
    await world.take();
    expect(world.work.runs.size).toBe(0);
    expect(world.deps.unreadable.objects.get(layout.request(RUN))).toMatchObject({
      code: 'object_unreadable',
      attempts: 1,
    });
  });

  it('throws when the services refuse the credentials', async () => {
    const world = driveScene();
    await world.request(RUN);
    const refused = new PhonevaultError('credentials_refused', 'refused');
    world.deps.store.get = () => Promise.reject(refused);
    await expect(world.take()).rejects.toBe(refused);
  });

  it('forgets what rests and was deleted', async () => {
    const world = driveScene();
    noteUnreadable(world.deps, missingObject(layout.request(RUN)));
    noteUnreadable(world.deps, missingObject(layout.policy('nightly')));
    await world.take();
    expect([...world.deps.unreadable.objects.keys()]).toEqual([layout.policy('nightly')]);
  });

  it('takes up all hints, and those about phones separately', async () => {
    const { deps, work } = driveScene();
    const phoneHints = ['trace-1', 'message-1', 'discovered-1', sweepId(T0)];
    const hints = ['missed-nightly-1', ...phoneHints, 'stale-nightly-1', 'odd'];
    await takeInbox(deps, work, { requests: [], cancels: [], orphaned: [], hints, prunes: [] });
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

  it('removes a request to cancel a closed run, and keeps one for a resting run', async () => {
    const world = driveScene();
    for (const runId of [OTHER, 'third-1']) await world.request(runId);
    noteUnreadable(world.deps, missingObject(layout.plan(OTHER)));
    for (const runId of [RUN, OTHER]) await world.store.put(layout.cancel(runId), '{}');
    await world.take();
    expect(await world.keys('open/cancel/')).toEqual([layout.cancel(OTHER)]);
  });

  it('keeps a request to cancel a run whose request LIST does not show yet', async () => {
    const world = driveScene();
    await world.request(RUN);
    await world.store.put(layout.cancel(RUN), '{}');
    const list: typeof world.store.list = async (...args) =>
      (await world.store.list(...args)).filter(({ key }) => key !== layout.request(RUN));
    Object.assign(world.deps, { store: { ...world.store, list } });
    await world.take();
    expect(await world.keys('open/cancel/')).toEqual([layout.cancel(RUN)]);
    Object.assign(world.deps, { store: world.store });
    await world.take();
    expect(world.work.runs.get(RUN)?.state.cancelledAt).toBe(T0);
  });
});
