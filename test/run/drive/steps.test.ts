import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { putLookup, putSweep, sweepId } from '../../../lib/ledger/hints/hints.ts';
import { type OrphanedJobs, readOrphanedJobs } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { carefulLimits } from '../../../lib/ledger/state/limits.ts';
import { appendLog, readLog } from '../../../lib/ledger/run/log.ts';
import { type PlannedPhone, writePlan } from '../../../lib/ledger/run/plan.ts';
import { readProvisioning } from '../../../lib/ledger/state/provisioning.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { listOpen, putRequest, type RunRequest } from '../../../lib/ledger/run/request.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import { createWriter, loadRun, type OpenRun, record } from '../../../lib/run/state/open-run.ts';
import { createFirstBackups } from '../../../lib/run/first-backup/reconcile.ts';
import { LeaseLost } from '../../../lib/run/state/stops-drive.ts';
import {
  advance,
  closeSettled,
  runFirstBackups,
  takeInbox,
  type Work,
} from '../../../lib/run/drive/steps.ts';
import { phone } from '../../support/fleet.ts';
import { type RunScene, runScene, trouble } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0, terms } from '../../support/runs.ts';

const SECOND = 1_000;
const RUN = 'nightly-20260102t023000z';
const OTHER = 'weekly-20260102t023000z';
const own = { phone_id: 'p', attempt: 1 };
const intent: RunEvent = { type: 'intent', at: T0, window: 'w1', attempts: [own] };
const accepted: RunEvent = { type: 'accepted', at: T0, ...own, job_id: 'j-p', request_id: 'r-p' };
const ended: RunEvent = { type: 'ended', at: T0, ...own, result: 'succeeded' };
const cancelSeen: RunEvent = { type: 'cancel_seen', at: T0 };
const skipped: Partial<PlannedPhone> = { verdict: { outcome: 'skipped', reason: 'stopped' } };

/** A scene and what a drive has in hand there. */
function scene(cph: Partial<RunDeps['cph']> = {}) {
  const world = runScene(cph);
  const writer = createWriter('0000000001-a');
  const work: Work = {
    ...{
      runs: new Map(),
      quarantined: new Set(),
      orphaned: [],
      hints: [],
      lookups: [],
      memory: new Map(),
    },
    ...{ firstBackups: createFirstBackups(), provisionAt: 0, stillHeld: async () => true, writer },
    session: { writer, limits: carefulLimits, inFlight: [], until: T0 + MINUTE },
    ...{ inboxAt: T0, pollAt: 0, orphanedPollAt: 0, until: T0 + MINUTE },
  };
  const holding = (...runs: OpenRun[]) => {
    for (const run of runs) work.runs.set(run.runId, run);
  };
  const removed: string[][] = [];
  const remove = world.store.remove;
  world.deps.store.remove = async (keys) => (removed.push(keys), remove(keys));
  const take = async () => takeInbox(world.deps, work, await listOpen(world.store));
  return { ...world, work, holding, removed, take };
}

/** Asks for a run, and plans it when it is said for which phones. */
async function ask({ store }: RunScene, runId: string, phones?: PlannedPhone[]) {
  const run = openRun(runId, phones ?? []);
  await putRequest(store, run.request);
  if (phones !== undefined && run.plan !== undefined) {
    await writePlan(store, '0000000000-z', run.plan, phones);
  }
}

async function inHand(world: ReturnType<typeof scene>, runId: string): Promise<OpenRun> {
  const run = await loadRun(world.store, runId, T0);
  if (run === undefined) throw new Error('no run');
  world.holding(run);
  return run;
}

const typesOf = async ({ store }: RunScene, runId = RUN) =>
  (await readLog(store, runId)).map(({ type }) => type);
const keysOf = async ({ store }: RunScene, prefix: string) =>
  (await store.list(prefix)).map(({ key }) => key);

describe('takeInbox', () => {
  it('takes up what is asked for, with when that was', async () => {
    const world = scene();
    await ask(world, RUN);
    world.clock.move(1);
    await ask(world, OTHER);
    await world.take();
    const taken = [...world.work.runs.values()].map(({ runId, requestedAt }) => [
      runId,
      requestedAt,
    ]);
    expect(taken).toEqual([
      [RUN, T0],
      [OTHER, T0 + 1],
    ]);
  });

  it('takes up nothing of which the request is gone', async () => {
    const { deps, work } = scene();
    const requests = [{ runId: RUN, requestedAt: T0 }];
    await takeInbox(deps, work, { requests, cancels: [], late: [], hints: [] });
    expect(work.runs.size).toBe(0);
  });

  it('leaves a run as it is that it has in hand, and one that it has quarantined', async () => {
    const world = scene();
    await ask(world, RUN);
    await ask(world, OTHER);
    const run = openRun(RUN, []);
    world.holding(run);
    world.work.quarantined.add(OTHER);
    await world.take();
    expect([...world.work.runs.values()]).toEqual([run]);
    expect(world.work.runs.get(RUN)).toBe(run);
  });

  it('goes on with a planned run as it is remembered, and with what was logged since', async () => {
    const world = scene();
    await ask(world, RUN, [plannedPhone('p')]);
    const remembered = openRun(RUN, [plannedPhone('p')]);
    world.work.memory.set(RUN, remembered);
    await appendLog(world.store, RUN, '0000000002-b', 1, [cancelSeen]);
    await world.take();
    expect(world.work.runs.get(RUN)).toBe(remembered);
    expect(remembered.state.cancelledAt).toBe(T0);
  });

  it('reads a run anew that is remembered without a plan', async () => {
    const world = scene();
    await ask(world, RUN, [plannedPhone('p')]);
    world.work.memory.set(RUN, { ...openRun(RUN, []), plan: undefined });
    await world.take();
    expect(world.work.runs.get(RUN)?.plan?.selected).toBe(1);
  });

  it('sets a run aside that nobody can read, follows its jobs, and takes up the others', async () => {
    const world = scene();
    await ask(world, RUN, [plannedPhone('p')]);
    await appendLog(world.store, RUN, '0000000002-b', 1, [intent, accepted]);
    await world.store.put(layout.request(RUN), 'not json');
    await ask(world, OTHER);
    await world.take();
    expect([...world.work.runs.keys()]).toEqual([OTHER]);
    expect(world.work.quarantined).toEqual(new Set([RUN]));
    expect(world.work.orphaned).toMatchObject([{ run_id: RUN, attempts: [{ phone_id: 'p' }] }]);
    expect(world.logged('quarantined')).toHaveLength(1);
    expect(world.sent).toHaveLength(1);
    await world.take();
    expect(world.logged('quarantined')).toHaveLength(1);
  });

  it('follows nothing of a run quarantined that has no jobs', async () => {
    const world = scene();
    await world.store.put(layout.request(RUN), 'not json');
    await world.take();
    expect(world.work.quarantined).toEqual(new Set([RUN]));
    expect(world.work.orphaned).toEqual([]);
  });

  it('throws when the ledger cannot be read', async () => {
    const world = scene();
    await ask(world, RUN);
    world.deps.store.get = () => Promise.reject(trouble());
    await expect(world.take()).rejects.toMatchObject({ code: 'unreachable' });
    expect(world.work.quarantined.size).toBe(0);
  });

  it('notes the hints, and apart those that speak of phones', async () => {
    const { deps, work } = scene();
    const lookups = ['trace-1', 'message-1', 'found-1', sweepId(T0)];
    const hints = ['missed-nightly-1', ...lookups, 'stale-nightly-1', 'odd'];
    await takeInbox(deps, work, { requests: [], cancels: [], late: [], hints });
    expect(work.hints).toEqual(hints);
    expect(work.lookups).toEqual(lookups);
  });

  it('records a wish to cancel once, in the run that it is for', async () => {
    const world = scene();
    for (const runId of [RUN, OTHER]) await ask(world, runId);
    await world.store.put(layout.cancel(RUN), '{}');
    await world.take();
    world.clock.move(5);
    await world.take();
    expect(world.work.runs.get(RUN)?.pending).toEqual([cancelSeen]);
    expect(world.work.runs.get(OTHER)?.pending).toEqual([]);
    expect(await world.store.get(layout.cancel(RUN))).toBeDefined();
  });

  it('cancels a run that it has in hand though its request is not listed', async () => {
    const world = scene();
    const run = openRun(RUN, []);
    world.holding(run);
    await world.store.put(layout.cancel(RUN), '{}');
    await world.take();
    expect(run.pending).toEqual([cancelSeen]);
    expect(await keysOf(world, 'open/cancel/')).toEqual([layout.cancel(RUN)]);
  });

  it('removes a wish to cancel what is gone, and keeps one for a run quarantined', async () => {
    const world = scene();
    for (const runId of [OTHER, 'third-1']) await ask(world, runId);
    world.work.quarantined.add(OTHER);
    for (const runId of [RUN, OTHER]) await world.store.put(layout.cancel(runId), '{}');
    await world.take();
    expect(await keysOf(world, 'open/cancel/')).toEqual([layout.cancel(OTHER)]);
  });
});

describe('advance', () => {
  const policyOf = (name: string) => `
name: ${name}
select: { name: "*" }
export: { include: [/data/data], bucket: my-phone-backups, object_path: "{policy}" }
`;
  const step = ({ deps, work }: ReturnType<typeof scene>, run: OpenRun) => advance(deps, work, run);

  it('plans a run that has no plan', async () => {
    const world = scene();
    const run = { ...openRun(RUN, []), plan: undefined };
    await step(world, run);
    expect(run.plan).toMatchObject({ failure: { code: 'policy_gone' } });
    expect(await keysOf(world, layout.plan(RUN))).toEqual([layout.plan(RUN)]);
    expect(world.lookups).toEqual([]);
  });

  it.each([
    ['ten seconds', MINUTE, 3],
    ['what time is left', 5 * SECOND, 2],
  ])('reads a fleet for %s at a time', async (_, left, expected) => {
    let calls = 0;
    const world = scene({
      listPhones: async ({ offset }) => {
        calls += 1;
        world.clock.move(4 * SECOND);
        return { count: 9_999, phones: [offset, offset + 1].map((n) => phone(`p${n}`)) };
      },
    });
    await world.store.put(layout.policy('nightly'), policyOf('nightly'));
    world.work.until = T0 + left;
    const run = { ...openRun(RUN, []), plan: undefined };
    await step(world, run);
    expect(run.plan).toBeUndefined();
    expect(calls).toBe(expected);
  });

  it('has a run rest that cannot be planned now', async () => {
    const world = scene({ listPhones: () => Promise.reject(trouble()) });
    await world.store.put(layout.policy('nightly'), policyOf('nightly'));
    const run = { ...openRun(RUN, []), plan: undefined };
    await step(world, run);
    expect(run.restUntil).toBe(T0 + 20 * SECOND);
    expect(run.pending).toMatchObject([{ type: 'step_failed', code: 'unreachable' }]);
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

  it('looks at phones that wait, at archives of jobs that ended and at those of lost answers', async () => {
    const world = scene({ showPhone: isReady });
    for (const key of [archive, lost]) world.land(key);
    const run = waiting();
    await step(world, run);
    expect(run.pending).toMatchObject([
      { type: 'ready', phone_id: 'w' },
      { type: 'verified', phone_id: 'p' },
      { type: 'verified', phone_id: 'q' },
    ]);
  });

  it('looks at the rest though one look fails, and again the next time', async () => {
    const world = scene({ showPhone: () => Promise.reject(trouble()) });
    world.land(archive);
    const run = waiting();
    await step(world, run);
    expect(run.pending.map(({ type }) => type)).toEqual(['step_failed', 'verified']);
    expect(run.restUntil).toBe(0);
  });

  it.each<[string, Partial<OpenRun>]>([
    ['rests', { restUntil: T0 + 1 }],
    ['is reported', { report: {} as OpenRun['report'] }],
    ['is reported, though it has no plan', { report: {} as OpenRun['report'], plan: undefined }],
  ])('leaves a run alone that %s', async (_, changes) => {
    const world = scene();
    const run = { ...waiting(), ...changes };
    await step(world, run);
    expect([world.lookups, run.pending]).toEqual([[], []]);
    expect(await world.store.list('')).toEqual([]);
  });

  it('goes on with a run that has rested', async () => {
    const world = scene({ showPhone: isReady });
    await step(world, { ...waiting(), restUntil: T0 });
    expect(world.lookups).not.toEqual([]);
  });

  it('writes down what is pending every ten seconds', async () => {
    const world = scene();
    const run = openRun(RUN, []);
    record(run, [cancelSeen]);
    world.clock.move(10 * SECOND - 1);
    await step(world, run);
    expect(run.pending).toEqual([cancelSeen]);
    world.clock.move(1);
    await step(world, run);
    expect(run.pending).toEqual([]);
    expect(await typesOf(world)).toEqual(['cancel_seen']);
    expect(run.flushedAt).toBe(T0 + 10 * SECOND);
  });

  it('has a run rest that cannot be written down', async () => {
    const world = scene();
    world.deps.store.put = () => Promise.reject(trouble());
    const run = { ...openRun(RUN, []), flushedAt: 0 };
    record(run, [cancelSeen]);
    await step(world, run);
    expect(run.restUntil).toBe(T0 + 20 * SECOND);
    expect(run.pending.map(({ type }) => type)).toEqual(['cancel_seen', 'step_failed']);
  });
});

describe('closeFinished', () => {
  const close = ({ deps, work }: ReturnType<typeof scene>) => closeSettled(deps, work);
  /** A scene with one run in hand whose only phone was skipped. */
  async function finished(changes: Partial<OpenRun> = {}) {
    const world = scene();
    await ask(world, RUN, [plannedPhone('p', skipped)]);
    const run = Object.assign(await inHand(world, RUN), changes);
    return { ...world, run };
  }

  it('reports a run whose phones have all ended, tells of it and closes it', async () => {
    const world = await finished();
    for (const key of [layout.cancel(RUN), layout.quarantined(RUN)])
      await world.store.put(key, '{}');
    await close(world);
    expect(await readReport(world.store, RUN)).toMatchObject({ outcome: 'skipped' });
    expect(world.sent).toHaveLength(1);
    expect(await typesOf(world)).toEqual(['notified']);
    expect(await keysOf(world, layout.open)).toEqual([]);
    expect(await world.store.get(layout.quarantined(RUN))).toBeUndefined();
    expect(world.work.runs.size).toBe(0);
    expect(await world.store.get(layout.provisioning)).toBeUndefined();
  });

  it('removes the request last, so that a drive which dies meanwhile leaves a run that can be closed', async () => {
    const world = await finished();
    await close(world);
    const keys = [layout.cancel(RUN), layout.quarantined(RUN)];
    expect(world.removed.slice(-2)).toEqual([keys, [layout.request(RUN)]]);
  });

  it.each<[string, (run: OpenRun) => void]>([
    [
      'has phones left',
      (run) => (run.state.phones = openRun(RUN, [plannedPhone('q')]).state.phones),
    ],
    ['has no plan', (run) => (run.plan = undefined)],
    ['rests', (run) => (run.restUntil = T0 + 1)],
  ])('leaves a run alone that %s', async (_, change) => {
    const world = await finished();
    change(world.run);
    await close(world);
    expect(await readReport(world.store, RUN)).toBeUndefined();
    expect(world.work.runs.size).toBe(1);
    expect([world.sent, world.removed]).toEqual([[], []]);
  });

  it('closes a run that has rested', async () => {
    const world = await finished({ restUntil: T0 });
    await close(world);
    expect(world.work.runs.size).toBe(0);
  });

  it('follows jobs that outlive their run, in place of what it followed of that run before', async () => {
    const world = scene();
    await ask(world, RUN, [plannedPhone('p')]);
    const timedOut = { outcome: 'timed_out', reason: 'export_timeout' } as const;
    await appendLog(world.store, RUN, '0000000000-z', 1, [
      ...[intent, accepted],
      { type: 'outcome', at: T0, phone_id: 'p', ...timedOut },
    ]);
    await inHand(world, RUN);
    const of = (run_id: string) => ({ run_id, attempts: [] }) as unknown as OrphanedJobs;
    world.work.orphaned = [of(RUN), of(OTHER)];
    await close(world);
    expect(world.work.orphaned).toEqual([of(OTHER), await readOrphanedJobs(world.store, RUN)]);
    expect(world.work.orphaned[1]?.attempts).toMatchObject([{ phone_id: 'p' }]);
  });

  it('goes on following what it followed where a run leaves no job', async () => {
    const world = await finished();
    const orphaned = [{ run_id: RUN, attempts: [] } as unknown as OrphanedJobs];
    world.work.orphaned = orphaned;
    await close(world);
    expect(world.work.orphaned).toBe(orphaned);
  });

  it('keeps a run open that the topic was not told of, and tells it when that is due again', async () => {
    const world = await finished();
    world.topic.fails = trouble();
    await close(world);
    expect(await typesOf(world)).toEqual(['notify_failed']);
    expect(world.work.runs.size).toBe(1);
    expect(await keysOf(world, layout.open)).toEqual([layout.request(RUN)]);
    world.topic.fails = undefined;
    world.clock.move(MINUTE - 1);
    await close(world);
    expect(world.sent).toEqual([]);
    world.clock.move(1);
    await close(world);
    expect(world.sent).toHaveLength(1);
    expect(world.work.runs.size).toBe(0);
  });

  it('settles a run once, however often the topic fails', async () => {
    const world = await finished();
    world.topic.fails = trouble();
    await close(world);
    world.clock.move(MINUTE);
    await close(world);
    expect(world.logged('settled')).toHaveLength(1);
    expect(await typesOf(world)).toEqual(['notify_failed', 'notify_failed']);
  });

  it('closes a run that another drive has told of meanwhile, and does not tell again', async () => {
    const world = await finished();
    world.topic.fails = trouble();
    await close(world);
    world.topic.fails = undefined;
    await appendLog(world.store, RUN, '0000000002-b', 1, [{ type: 'notified', at: T0 }]);
    world.clock.move(MINUTE);
    await close(world);
    expect(world.sent).toEqual([]);
    expect(await keysOf(world, layout.open)).toEqual([]);
    expect(world.work.runs.size).toBe(0);
  });

  it('closes a run that was told of before it was taken up, once it has wrapped it up', async () => {
    const world = await finished();
    record(world.run, [{ type: 'notified', at: T0 }]);
    await close(world);
    expect(world.sent).toEqual([]);
    expect(world.logged('settled')).toHaveLength(1);
    expect(world.work.runs.size).toBe(0);
  });

  it('remembers for which phones first backups were asked for before it closes their run', async () => {
    const world = scene();
    const run = openRun(RUN, [plannedPhone('p', skipped)]);
    const request: RunRequest = { ...run.request, trigger: 'provisioned', phones: ['p'] };
    delete request.slot;
    await putRequest(world.store, request);
    const plan = { ...run.plan, request } as Parameters<typeof writePlan>[2];
    await writePlan(world.store, '0000000000-z', plan, [plannedPhone('p', skipped)]);
    await inHand(world, RUN);
    await close(world);
    const { policies } = await readProvisioning(world.store);
    expect(policies.nightly?.given).toEqual({ p: T0 });
    expect(world.work.runs.size).toBe(0);
  });

  it('closes the others though one fails, which rests', async () => {
    const world = await finished();
    await ask(world, OTHER, [plannedPhone('q', skipped)]);
    await inHand(world, OTHER);
    const create = world.store.create;
    world.deps.store.create = async (key, body) => {
      if (key === layout.report(RUN)) throw trouble();
      return create(key, body);
    };
    await close(world);
    expect([...world.work.runs.keys()]).toEqual([RUN]);
    expect(world.run.restUntil).toBe(T0 + 20 * SECOND);
  });
});

describe('provisionDue', () => {
  const GIVER = `
name: newborn
select: { name: "*" }
export: { include: [/data/data], bucket: my-phone-backups, object_path: "{policy}" }
on_provisioned: true
`;
  const AGE = 5 * MINUTE;

  /** Five minutes after an event told of new phones; showing one takes `takes` ms. */
  async function newborn(ids: string[] = ['p'], takes = 0) {
    const shown: string[] = [];
    const world = scene({
      showPhone: async (id) => {
        shown.push(id);
        world.clock.move(takes);
        return phone(id);
      },
    });
    await world.store.put(layout.policy('newborn'), GIVER);
    const lookup = { change: 'created' as const, phones: ids, servers: [], others: [] };
    await putLookup(world.store, { id: 'trace-1', lookup });
    world.clock.move(AGE);
    Object.assign(world.work, { lookups: ['trace-1'], until: T0 + AGE + MINUTE });
    const due = () => runFirstBackups(world.deps, world.work);
    return { ...world, shown, due };
  }

  it('asks for first backups that are due, and takes up their run at once', async () => {
    const world = await newborn();
    await world.due();
    const [run] = world.work.runs.values();
    expect(run?.request).toMatchObject({
      policy: 'newborn',
      trigger: 'provisioned',
      phones: ['p'],
    });
    expect(await keysOf(world, layout.hints)).toEqual([]);
    expect(world.work.provisionAt).toBe(T0 + AGE + 30 * SECOND);
  });

  it('does not look into the inbox where nothing was asked for', async () => {
    const world = await newborn();
    await world.store.put(layout.policy('newborn'), GIVER.replace('true', 'false'));
    await ask(world, RUN);
    await world.due();
    expect(world.work.runs.size).toBe(0);
    expect(await keysOf(world, layout.hints)).toEqual([]);
  });

  it.each<[string, Partial<Work>]>([
    ['no hint speaks of phones', { lookups: [] }],
    ['it has looked moments ago', { provisionAt: T0 + AGE + 1 }],
    ['the time is up', { until: T0 + AGE }],
  ])('does nothing where %s', async (_, changes) => {
    const world = await newborn();
    Object.assign(world.work, changes);
    const before = world.work.provisionAt;
    await world.due();
    expect(world.shown).toEqual([]);
    expect(await keysOf(world, layout.hints)).toHaveLength(1);
    expect(world.work.provisionAt).toBe(before);
  });

  it('looks again after half a minute', async () => {
    const world = await newborn();
    await world.due();
    world.work.lookups = [sweepId(T0)];
    await putSweep(world.store, T0);
    await world.store.remove([layout.policy('newborn')]);
    world.clock.move(30 * SECOND - 1);
    await world.due();
    expect(await keysOf(world, layout.hints)).toHaveLength(1);
    world.clock.move(1);
    await world.due();
    expect(await keysOf(world, layout.hints)).toEqual([]);
  });

  it.each([
    ['ten seconds', MINUTE, 2],
    ['what time is left', 5 * SECOND, 1],
  ])('looks for %s at a time', async (_, left, expected) => {
    const world = await newborn(['p', 'q', 'r'], 6 * SECOND);
    world.work.until = T0 + AGE + left;
    await world.due();
    expect(world.shown).toHaveLength(expected);
  });

  it('asks for nothing that an open run covers', async () => {
    const world = await newborn();
    const run = openRun('newborn-1', []);
    Object.assign(run.request, { policy: 'newborn', trigger: 'provisioned', phones: ['p'] });
    world.holding(run);
    await world.due();
    expect(world.shown).toEqual([]);
    expect(await keysOf(world, layout.open)).toEqual([]);
  });

  it('asks for nothing where another drive has taken over', async () => {
    const world = await newborn();
    world.work.stillHeld = async () => false;
    await expect(world.due()).rejects.toThrow(LeaseLost);
    expect(world.work.runs.size).toBe(0);
    expect((await listOpen(world.store)).requests).toEqual([]);
  });

  it('keeps its trouble to itself', async () => {
    const world = await newborn();
    world.deps.cph.showPhone = () => Promise.reject(trouble());
    await world.due();
    expect(world.logged('step_failed')).toHaveLength(1);
    expect(world.work.provisionAt).toBe(T0 + AGE + 30 * SECOND);
  });
});
