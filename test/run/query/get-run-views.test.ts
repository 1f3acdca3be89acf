import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { appendLog } from '../../../lib/ledger/run/log.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { noMetrics } from '../../../lib/ledger/run/metrics.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { getRun, readRunState } from '../../../lib/run/query/get-run.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { reading } from '../../support/reading.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';
import { exported, settled } from '../../support/settled.ts';

const RUN = 'nightly-20260102t023000z';
const NOW = T0 + 5 * MINUTE;
const FOLDER = `nightly/20260102/${RUN}`;
const cost = { ...noMetrics(), function_ms: 7 };

const iso = (ms: number): string => new Date(ms).toISOString();
const own = (phone_id: string, attempt = 1) => ({ at: T0, phone_id, attempt });
const trouble = (code: string, at: number): RunEvent => ({
  ...{ type: 'step_failed', at, code, message: `it is ${code}` },
});

/** A run that is asked for, in a ledger below a prefix; `plan` plans it for phones. */
async function scene() {
  const store: Store = { ...memoryStore(playClock(T0)), prefix: 'vault/' };
  await putRequest(store, openRun(RUN, []).request);
  let entries = 0;
  const log = (...events: RunEvent[]) =>
    appendLog(store, RUN, '1-a', (entries += 1), events, { ...cost });
  const plan = async (phones: string[], changes: { listing_complete?: boolean } = {}) => {
    const planned = phones.map((id) => plannedPhone(id, { server_id: `s-${id}` }));
    const made = openRun(RUN, planned).plan;
    if (made === undefined) throw new Error('no plan');
    await writePlan(store, 'w', { ...made, ...changes }, planned);
  };
  const lookup = async () => {
    const found = await readRunState(reading(store), RUN, NOW);
    if (found === undefined) throw new Error('no such run');
    return found;
  };
  return { store, log, plan, lookup, view: async () => (await lookup()).view() };
}

describe('the view of a run', () => {
  it('is empty while it is only asked for', async () => {
    const { view } = await scene();
    expect(await view()).toEqual({
      ...{ run_id: RUN, policy: 'nightly', trigger: 'timer', slot: '20260102T023000Z' },
      ...{ phase: 'requested', cancelling: false, outcome: null, progress: null, counts: null },
      ...{ started_at: null, settled_at: null, listing_complete: null, notified: null },
      ...{ failures: [], metrics: noMetrics(), report: null },
    });
  });

  it('tells how a run stands that goes on', async () => {
    const { log, plan, view } = await scene();
    await plan(['p1', 'p2'], { listing_complete: false });
    await log(trouble('throttled', T0 + 1), trouble('unreachable', T0 + 2));
    await log({ type: 'notified', at: T0 + 3, message_id: 'm1' });
    expect(await view()).toMatchObject({
      ...{ phase: 'running', started_at: iso(T0), listing_complete: false },
      progress: { selected: 2, queued: 2 },
      notified: { at: iso(T0 + 3), message_id: 'm1' },
      failures: [
        { at: iso(T0 + 1), code: 'throttled', message: 'it is throttled' },
        { at: iso(T0 + 2), code: 'unreachable', message: 'it is unreachable' },
      ],
      metrics: { ...cost, function_ms: 14 },
      report: null,
    });
  });

  it('tells a message that went out, and one that was not needed, apart', async () => {
    const { log, view } = await scene();
    await log({ type: 'notified', at: T0, skipped: 'no_change' });
    expect((await view()).notified).toStrictEqual({ at: iso(T0), skipped: 'no_change' });
    await log({ type: 'notified', at: T0 - 1, message_id: 'm1' });
    expect((await view()).notified).toStrictEqual({ at: iso(T0 - 1), message_id: 'm1' });
  });

  it('tells that somebody wants it cancelled', async () => {
    const { store, plan, view } = await scene();
    await plan(['p1']);
    expect((await view()).cancelling).toBe(false);
    await store.put(layout.cancel(RUN), '{}');
    expect((await view()).cancelling).toBe(true);
  });

  it('tells how a run ended, by its report and its log', async () => {
    const { store, log, view } = await scene();
    await log(trouble('throttled', T0), { type: 'notified', at: T0 + 2, message_id: 'm1' });
    await log({ type: 'notified', at: T0 + 9, message_id: 'm2' });
    await settled(store, RUN, [exported('p1')], {
      ...{ outcome: 'failed', reason: 'odd', message: 'It was odd.' },
      ...{ listing_complete: false, metrics: cost },
    });
    expect(await view()).toMatchObject({
      ...{ phase: 'settled', outcome: 'failed', reason: 'odd', message: 'It was odd.' },
      ...{ counts: { exported: 1 }, settled_at: iso(T0 + MINUTE), progress: null },
      ...{ listing_complete: false, metrics: cost, notified: { at: iso(T0 + 2) } },
      failures: [{ at: iso(T0), code: 'throttled', message: 'it is throttled' }],
      report: { key: `vault/runs/${RUN}/report.json` },
    });
  });

  it('leaves out of it what the report does not say', async () => {
    const { store, view } = await scene();
    await settled(store, RUN, []);
    const found = await view();
    expect(found).toMatchObject({ phase: 'settled', metrics: null, notified: null, failures: [] });
    expect(found).not.toHaveProperty('message');
  });

  it('tells what is wrong with a run that cannot be read', async () => {
    const { store, plan, log, view } = await scene();
    await plan(['p1']);
    await log({ type: 'notified', at: T0, message_id: 'm1' });
    await store.put(layout.plan(RUN), 'not json');
    expect(await view()).toMatchObject({
      ...{ phase: 'quarantined', reason: 'object_invalid' },
      message: `${layout.plan(RUN)} is not JSON`,
      ...{ listing_complete: null, notified: null, failures: [], metrics: null, report: null },
    });
  });

  it('is the same for those who want no more of it', async () => {
    const { store, view } = await scene();
    expect(await getRun(store, RUN, NOW)).toEqual(await view());
    expect(await getRun(store, 'nightly-1', NOW)).toBeUndefined();
    expect(await readRunState(store, 'nightly-1', NOW)).toBeUndefined();
  });

  it('asks for what it needs of a settled run once, however much is told of it', async () => {
    const { store, log } = await scene();
    await log(trouble('throttled', T0));
    await settled(store, RUN, [exported('p1')]);
    const watched = reading(store);
    const found = await readRunState(watched, RUN, NOW);
    await found?.view();
    await found?.log();
    await found?.view();
    expect(watched.reads.filter((read) => read.startsWith(`list ${layout.log(RUN)}`))).toHaveLength(
      1,
    );
    expect(watched.reads).not.toContain(`list ${layout.cancel(RUN)}`);
  });
});

describe('the phones of a run', () => {
  it('stand where the log has them, while it goes on', async () => {
    const { log, plan, lookup } = await scene();
    await plan(['p1', 'p2', 'p3', 'p4']);
    const attempts = ['p1', 'p2', 'p3'].map((phone_id) => ({ phone_id, attempt: 1 }));
    await log(
      { type: 'intent', at: T0, window: 'w1', attempts },
      { type: 'unsent', at: T0, window: 'w1', attempts: attempts.slice(2) },
      { type: 'refused', ...own('p1'), code: 'CPS.0042' },
      { type: 'verified', ...own('p1', 2), size: 2_048, etag: 'e' },
      { type: 'refused', ...own('p2'), code: 'CPS.0004' },
      { type: 'outcome', at: T0, phone_id: 'p4', outcome: 'skipped', reason: 'stopped' },
    );
    const of = (id: string) => ({ phone_id: id, phone_name: `game-${id}`, server_id: `s-${id}` });
    expect(await (await lookup()).phones()).toStrictEqual([
      {
        ...{ ...of('p1'), state: 'exported', attempts: 2, bucket: 'my-phone-backups' },
        ...{ key: `${FOLDER}/p1-2.tar`, size: 2_048, etag: 'e' },
      },
      { ...of('p2'), state: 'failed', attempts: 1, reason: 'refused', code: 'CPS.0004' },
      { ...of('p3'), state: 'queued', attempts: 0 },
      { ...of('p4'), state: 'skipped', attempts: 0, reason: 'stopped' },
    ]);
  });

  it('are what the report says of them, with their names from the plan', async () => {
    const { store, plan, lookup } = await scene();
    await plan(['p1']);
    await settled(store, RUN, [
      exported('p1'),
      { phone_id: 'p2', outcome: 'failed', reason: 'refused', attempts: 1 },
    ]);
    const { outcome: state, ...told } = exported('p1');
    expect(await (await lookup()).phones()).toEqual([
      { ...told, state, phone_name: 'game-p1', server_id: 's-p1' },
      {
        ...{ phone_id: 'p2', state: 'failed', reason: 'refused', attempts: 1 },
        ...{ phone_name: '', server_id: '' },
      },
    ]);
  });

  it('have no names where there is no plan that can be read', async () => {
    const { store, lookup } = await scene();
    await settled(store, RUN, [exported('p1')]);
    const nameless = [{ phone_id: 'p1', phone_name: '', server_id: '' }];
    expect(await (await lookup()).phones()).toMatchObject(nameless);
    await store.put(layout.plan(RUN), 'not json');
    expect(await (await lookup()).phones()).toMatchObject(nameless);
  });

  it('come from every page of a large report that can be read, in its order', async () => {
    const { store, lookup } = await scene();
    const ids = Array.from({ length: 2_001 }, (_, n) => `p${n}`);
    await settled(
      store,
      RUN,
      ids.map((id) => exported(id)),
    );
    const read = async () => (await (await lookup()).phones()).map(({ phone_id }) => phone_id);
    expect(await read()).toEqual(ids);
    await store.put(layout.reportPage(RUN, 1), '{"version":99}');
    expect(await read()).toEqual([...ids.slice(0, 1_000), 'p2000']);
  });

  it('are none of a run that cannot be read', async () => {
    const { store, plan, lookup } = await scene();
    await plan(['p1']);
    await store.put(layout.plan(RUN), 'not json');
    expect(await (await lookup()).phones()).toEqual([]);
  });
});

describe('the log of a run', () => {
  it('is told oldest first, with what cannot be read of it', async () => {
    const { store, log, plan, lookup } = await scene();
    await plan(['p1']);
    await log(trouble('unreachable', T0 + 2));
    await log(trouble('throttled', T0 + 1));
    await settled(store, RUN, []);
    const key = layout.logEntry(RUN, '1-a', 9);
    await store.put(key, 'not json');
    expect(await (await lookup()).log()).toEqual([
      { at: iso(T0), type: 'unreadable', key, code: 'object_invalid' },
      expect.objectContaining({ at: iso(T0 + 1), type: 'step_failed', code: 'throttled' }),
      expect.objectContaining({ at: iso(T0 + 2), type: 'step_failed', code: 'unreachable' }),
    ]);
  });
});
