import { describe, expect, it } from 'vitest';
import { writeUnreadable } from '../../../../lib/ledger/state/notified/unreadable.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { appendLog } from '../../../../lib/ledger/run/log/log.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { writePlan } from '../../../../lib/ledger/run/plan.ts';
import { writeReport } from '../../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../../lib/ledger/run/request.ts';
import { findRun } from '../../../../lib/run/query/runs/find-run.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { faultNames, problemWith, withObjectFault } from '../../../support/fake-stores.ts';
import { openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const { request, plan } = openRun(RUN, [plannedPhone('p')]);

function scene() {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  const putOpen = () => putRequest(store, request);
  const putPlan = async () => {
    if (plan !== undefined) await writePlan(store, plan, [plannedPhone('p')]);
  };
  /** Drive has found an object of the run that it cannot use, and has notified of it. */
  const quarantineRun = () => {
    const facts = { run_id: RUN, code: 'object_newer', message: 'too new', attempts: 1 };
    const now = clock.now();
    const entry = { ...facts, since: T0, tried_at: now, retry_at: now + 20_000, notified_at: now };
    return writeUnreadable(store, new Map([[layout.plan(RUN), entry]]));
  };
  const settle = () =>
    writeReport(
      store,
      {
        ...{ run_id: RUN, policy: 'nightly', trigger: 'timer', slot: '20260102T023000Z' },
        outcome: 'completed',
        started_at: new Date(T0).toISOString(),
        settled_at: new Date(T0).toISOString(),
        counts: { selected: 1, exported: 1, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 },
        listing_complete: true,
      },
      [],
    );
  return { clock, store, putOpen, putPlan, quarantineRun, settle };
}

const newer = JSON.stringify({ version: 99 });
const problem = { key: layout.plan(RUN), code: 'object_newer', message: 'too new' };
const quarantined = { kind: 'quarantined', problem, request };

describe('findRun', () => {
  it('returns undefined for a run that was never requested', async () => {
    expect(await findRun(scene().store, RUN)).toBeUndefined();
  });

  it.each([
    ['is too long', 'a'.repeat(201)],
    ['leads to another folder', `../${RUN}`],
    ['is the key of a cancel request', `cancel/${RUN}`],
    ['is empty', ''],
    ['has a space', 'a b'],
  ])('reads nothing for an id that %s', async (_, id) => {
    const { store } = scene();
    const reads: string[] = [];
    const get = async (key: string) => void reads.push(key);
    const found = await findRun({ get, list: store.list }, id);
    expect([found, reads]).toEqual([undefined, []]);
  });

  it('accepts the longest possible id', async () => {
    const { store } = scene();
    const id = 'a'.repeat(200);
    await store.put(layout.request(id), 'not json');
    expect(await findRun(store, id)).toMatchObject({
      kind: 'quarantined',
      problem: { code: 'object_invalid' },
    });
  });

  it('returns an open run with its state', async () => {
    const { store, putOpen, putPlan } = scene();
    await putOpen();
    expect(await findRun(store, RUN)).toMatchObject({ kind: 'open', run: { plan: undefined } });
    await putPlan();
    await appendLog(store, layout.logEntry(RUN, '1-a', 1), [{ type: 'cancel_seen', at: T0 }]);
    expect(await findRun(store, RUN)).toMatchObject({
      kind: 'open',
      run: { runId: RUN, requestedAt: 0, request, state: { cancelledAt: T0 } },
    });
  });

  it('returns a settled run, with or without its request', async () => {
    const { store, putOpen, putPlan, settle } = scene();
    await putPlan();
    const report = await settle();
    expect(await findRun(store, RUN)).toEqual({ kind: 'settled', report });
    await putOpen();
    expect(await findRun(store, RUN)).toEqual({ kind: 'settled', report });
  });

  it.each(['gone', 'still there'])(
    'returns the report of a run that settles during the read, its request %s',
    async (left) => {
      const { store, putOpen, putPlan, settle } = scene();
      await putOpen();
      await putPlan();
      const get: typeof store.get = async (key) => {
        const object = await store.get(key);
        if (key === layout.report(RUN) && object === undefined) {
          await settle();
          if (left === 'gone') await store.remove([layout.request(RUN)]);
        }
        return object;
      };
      const found = await findRun({ get, list: store.list }, RUN);
      expect(found).toMatchObject({ kind: 'settled', report: { run_id: RUN } });
    },
  );

  it('throws when the bucket does not respond', async () => {
    const { store, putOpen } = scene();
    await putOpen();
    const get: typeof store.get = (key) =>
      key === layout.report(RUN) ? Promise.reject(new Error('unreachable')) : store.get(key);
    await expect(findRun({ get, list: store.list }, RUN)).rejects.toThrow('unreachable');
  });
});

describe('findRun, of a run with an unreadable object', () => {
  const entry = layout.logEntry(RUN, '1-a', 1);
  const folder = layout.planParts(RUN);
  it.each(
    [layout.request(RUN), layout.plan(RUN), folder, entry].flatMap((first) =>
      faultNames.map((fault) => [first, fault] as const),
    ),
  )('names %s of an open run, which has %s, and what to do', async (first, fault) => {
    const { store, putOpen, putPlan } = scene();
    await putOpen();
    await putPlan();
    await appendLog(store, entry, []);
    const [{ key = '' } = {}] = await store.list(first, { max: 1 });
    expect(await store.get(key)).toBeDefined();
    expect(await findRun(withObjectFault(store, key, fault), RUN)).toStrictEqual({
      ...{ kind: 'quarantined', problem: problemWith(key, fault), request },
    });
  });

  it.each(faultNames)('names the report of a settled run, which has %s', async (fault) => {
    const { store, putPlan, settle } = scene();
    await putPlan();
    await settle();
    const key = layout.report(RUN);
    expect(await findRun(withObjectFault(store, key, fault), RUN)).toStrictEqual({
      ...{ kind: 'quarantined', problem: problemWith(key, fault), request },
    });
  });

  it.each([
    ['the report', layout.report(RUN)],
    ['the plan', layout.plan(RUN)],
    ['an entry of the log', layout.logEntry(RUN, '1-a', 1)],
  ])('quarantines the run because of %s, and returns its request', async (_, key) => {
    const { store, putOpen } = scene();
    await putOpen();
    await store.put(key, newer);
    expect(await findRun(store, RUN)).toStrictEqual({
      kind: 'quarantined',
      problem: problemWith(key, 'a newer version'),
      request,
    });
  });

  it('returns the request of the plan when the request is unreadable or gone', async () => {
    const { store, putPlan } = scene();
    await putPlan();
    await store.put(layout.request(RUN), 'not json');
    expect(await findRun(store, RUN)).toMatchObject({
      problem: { code: 'object_invalid' },
      request,
    });
    await store.put(layout.report(RUN), newer);
    await store.remove([layout.request(RUN)]);
    expect(await findRun(store, RUN)).toMatchObject({ problem: { code: 'object_newer' }, request });
  });

  it('returns no request when neither is readable, or there is no plan', async () => {
    const { store } = scene();
    await store.put(layout.request(RUN), 'not json');
    expect(await findRun(store, RUN)).toMatchObject({ kind: 'quarantined', request: undefined });
    await store.put(layout.plan(RUN), newer);
    expect(await findRun(store, RUN)).toMatchObject({
      problem: { code: 'object_invalid' },
      request: undefined,
    });
  });

  it('throws when the bucket does not respond for the request', async () => {
    const { store, putOpen } = scene();
    await putOpen();
    await store.put(layout.report(RUN), newer);
    const get: typeof store.get = (key) =>
      key === layout.request(RUN) ? Promise.reject(new Error('unreachable')) : store.get(key);
    await expect(findRun({ get, list: store.list }, RUN)).rejects.toThrow('unreachable');
  });
});

describe('findRun, of a run that drive has quarantined', () => {
  it('returns the reason that drive recorded', async () => {
    const { store, putOpen, quarantineRun } = scene();
    await putOpen();
    await quarantineRun();
    expect(await findRun(store, RUN)).toStrictEqual(quarantined);
  });

  it('is quarantined while no object of the run is newer than the record', async () => {
    const { clock, store, putOpen, putPlan, quarantineRun } = scene();
    await putOpen();
    await putPlan();
    clock.move(1);
    await quarantineRun();
    expect(await findRun(store, RUN)).toStrictEqual(quarantined);
    await appendLog(store, layout.logEntry(RUN, '1-a', 1), []);
    expect(await findRun(store, RUN)).toStrictEqual(quarantined);
  });

  it('is open again once the request was written again', async () => {
    const { clock, store, putOpen, quarantineRun } = scene();
    await quarantineRun();
    clock.move(1);
    await putOpen();
    expect(await findRun(store, RUN)).toMatchObject({ kind: 'open' });
  });

  it('is open again once an object of the run was written', async () => {
    const { clock, store, putOpen, putPlan, quarantineRun } = scene();
    await putOpen();
    await putPlan();
    await quarantineRun();
    clock.move(1);
    await appendLog(store, layout.logEntry(RUN, '1-a', 1), []);
    expect(await findRun(store, RUN)).toMatchObject({ kind: 'open' });
  });

  it('is open while drive has only failed to read it for a moment', async () => {
    const { store, putOpen } = scene();
    await putOpen();
    const entry = { run_id: RUN, code: 'object_unreadable', message: 'cut', attempts: 1 };
    const times = { since: T0, tried_at: T0, retry_at: T0 };
    await writeUnreadable(store, new Map([[layout.plan(RUN), { ...entry, ...times }]]));
    expect(await findRun(store, RUN)).toMatchObject({ kind: 'open' });
  });

  it('ignores an unreadable record', async () => {
    const { store, putOpen } = scene();
    await putOpen();
    await store.put(layout.unreadable, 'not json');
    expect(await findRun(store, RUN)).toMatchObject({ kind: 'open' });
  });

  it('prefers the report to the record', async () => {
    const { store, putOpen, quarantineRun, settle } = scene();
    await putOpen();
    await quarantineRun();
    await settle();
    expect(await findRun(store, RUN)).toMatchObject({ kind: 'settled' });
  });

  it('lists one key of the request', async () => {
    const { store, putOpen, quarantineRun } = scene();
    await putOpen();
    await quarantineRun();
    const lists: [string, object | undefined][] = [];
    const list: typeof store.list = async (prefix, options) => {
      lists.push([prefix, options]);
      return store.list(prefix, options);
    };
    await findRun({ get: store.get, list }, RUN);
    expect(lists.slice(1)).toEqual([
      [layout.log(RUN), undefined],
      [layout.request(RUN), { max: 1 }],
      [layout.run(RUN), undefined],
    ]);
  });
});
