import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { appendLog } from '../../../../lib/ledger/run/log/log.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { noMetrics } from '../../../../lib/ledger/run/log/metrics.ts';
import { writePlan } from '../../../../lib/ledger/run/plan.ts';
import { putRequest } from '../../../../lib/ledger/run/request.ts';
import type { Report } from '../../../../lib/ledger/run/report.ts';
import type { Store } from '../../../../lib/ledger/store/store.ts';
import { getRun, readRunState } from '../../../../lib/run/query/runs/get-run.ts';
import {
  type RunPhone,
  runPhoneSchema,
  runViewSchema,
} from '../../../../lib/run/query/schemas/run.ts';
import { night, NIGHTLY } from '../../../../testing/night.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import {
  faultNames,
  problemWith,
  recordReads,
  withObjectFault,
} from '../../../support/fake-stores.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';
import { exportedPhone, putReport } from '../../../support/reports.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

const RUN = 'nightly-20260102t023000z';
const NOW = T0 + 5 * MINUTE;
const FOLDER = `nightly/20260102/${RUN}`;
const cost = { ...noMetrics(), function_ms: 7 };

const pageOf = ({ prefix }: Store, { pages }: Report, n: number): string =>
  pages?.[n]?.slice(prefix.length) ?? '';

const iso = (ms: number): string => new Date(ms).toISOString();
const own = (phone_id: string, attempt = 1) => ({ at: T0, phone_id, attempt });
const failedStep = (code: string, at: number): RunEvent => ({
  ...{ type: 'step_failed', at, code, message: `it is ${code}` },
});

/** A requested run, in a ledger below a prefix; `plan` plans it for phones. */
async function scene() {
  const store: Store = { ...memoryStore(playClock(T0)), prefix: 'vault/' };
  await putRequest(store, openRun(RUN, []).request);
  let entries = 0;
  const log = (...events: RunEvent[]) =>
    appendLog(store, layout.logEntry(RUN, '1-a', (entries += 1)), events, { ...cost });
  const plan = async (phones: string[], changes: { listing_complete?: boolean } = {}) => {
    const planned = phones.map((id) => plannedPhone(id, { server_id: `s-${id}` }));
    const made = openRun(RUN, planned).plan;
    if (made === undefined) throw new Error('no plan');
    await writePlan(store, { ...made, ...changes }, planned);
  };
  const lookup = async () => {
    const found = await readRunState(recordReads(store), RUN, NOW);
    if (found === undefined) throw new Error('no such run');
    return found;
  };
  return { store, log, plan, lookup, view: async () => (await lookup()).view() };
}

describe('RunReader.view', () => {
  it('has nulls before the run is planned', async () => {
    const { view } = await scene();
    expect(await view()).toEqual({
      ...{ run_id: RUN, policy: 'nightly', trigger: 'timer', slot: '20260102T023000Z' },
      ...{ phase: 'requested', cancelling: false, outcome: null, progress: null, counts: null },
      ...{ started_at: null, settled_at: null, listing_complete: null, notified: null },
      ...{ failures: [], metrics: noMetrics(), report: null },
    });
  });

  it('shows progress, failures and costs of an open run', async () => {
    const { log, plan, view } = await scene();
    await plan(['p1', 'p2'], { listing_complete: false });
    await log(failedStep('throttled', T0 + 1), failedStep('unreachable', T0 + 2));
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

  it('shows a published and a skipped notification', async () => {
    const { log, view } = await scene();
    await log({ type: 'notified', at: T0, skipped: 'no_change' });
    expect((await view()).notified).toStrictEqual({ at: iso(T0), skipped: 'no_change' });
    await log({ type: 'notified', at: T0 - 1, message_id: 'm1' });
    expect((await view()).notified).toStrictEqual({ at: iso(T0 - 1), message_id: 'm1' });
  });

  it('shows that a cancel was requested', async () => {
    const { store, plan, view } = await scene();
    await plan(['p1']);
    expect((await view()).cancelling).toBe(false);
    await store.put(layout.cancel(RUN), '{}');
    expect((await view()).cancelling).toBe(true);
  });

  it('shows a settled run by its report and its log', async () => {
    const { store, log, view } = await scene();
    await log(failedStep('throttled', T0), { type: 'notified', at: T0 + 2, message_id: 'm1' });
    await log({ type: 'notified', at: T0 + 9, message_id: 'm2' });
    await putReport(store, RUN, [exportedPhone('p1')], {
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

  it('lists what a settled run left behind or could not do', async () => {
    const { store, view } = await scene();
    const lists = {
      leftovers: [{ key: 'a-1.tar', code: 'AccessDenied' }],
      not_done: [{ step: 'head_archives', code: 'access_denied', message: 'Grant GetObject.' }],
      missing_servers: ['s-gone'],
    };
    await putReport(store, RUN, [exportedPhone('p1')], lists);
    const found = await view();
    expect(found).toMatchObject(lists);
    expect(found).not.toHaveProperty('omitted');
  });

  it('lists at most 50 of each, and says how many more there are', async () => {
    const { store, view } = await scene();
    const ids = Array.from({ length: 60 }, (_, n) => `id-${n}`);
    await putReport(store, RUN, [], {
      leftovers: ids.slice(0, 50).map((key) => ({ key, code: 'AccessDenied' })),
      omitted: { superseded_deleted: 7, leftovers: 5 },
      not_done: ids.slice(0, 51).map((step) => ({ step, code: 'c', message: 'm' })),
      missing_servers: ids,
    });
    const { leftovers, not_done, missing_servers, omitted } = await view();
    expect([leftovers, not_done, missing_servers].map((list) => list?.length)).toEqual([
      50, 50, 50,
    ]);
    expect(omitted).toEqual({ leftovers: 5, not_done: 1, missing_servers: 10 });
  });

  it('leaves out fields that the report does not have', async () => {
    const { store, view } = await scene();
    await putReport(store, RUN, []);
    const found = await view();
    expect(found).toMatchObject({ phase: 'settled', metrics: null, notified: null, failures: [] });
    for (const field of ['message', 'leftovers', 'not_done', 'missing_servers', 'omitted']) {
      expect(found).not.toHaveProperty(field);
    }
  });

  it('shows why a run is quarantined', async () => {
    const { store, plan, log, view } = await scene();
    await plan(['p1']);
    await log({ type: 'notified', at: T0, message_id: 'm1' });
    await store.put(layout.plan(RUN), 'not json');
    expect(await view()).toMatchObject({
      ...{ phase: 'quarantined', reason: 'object_invalid' },
      message: `${layout.plan(RUN)} is not JSON`,
      ...{ notified: { message_id: 'm1' }, failures: [] },
      ...{ listing_complete: null, metrics: null, report: null },
    });
  });

  it('shows what can be read of a quarantined run', async () => {
    const { store, plan, log, lookup } = await scene();
    await plan(['p1', 'p2']);
    await log(failedStep('throttled', T0), { type: 'verified', ...own('p1'), size: 2, etag: 'e' });
    const key = layout.logEntry(RUN, '1-a', 9);
    await store.put(key, 'not json');
    const found = await lookup();
    expect(await found.view({ phones: true })).toMatchObject({
      ...{ phase: 'quarantined', failures: [{ code: 'throttled' }] },
      unreadable: [problemWith(key, 'a wrong body')],
    });
    expect(await found.phones()).toMatchObject([
      { phone_id: 'p1', state: 'exported' },
      { phone_id: 'p2', state: 'queued' },
    ]);
  });

  const pages = layout.reportPages(RUN);
  const entry = layout.logEntry(RUN, '1-a', 1);
  it.each(
    [pages, entry, layout.plan(RUN)].flatMap((of) =>
      faultNames.map((fault) => [of, fault] as const),
    ),
  )('names %s of a settled run, which has %s, and shows the rest', async (of, fault) => {
    const { store, plan, log } = await scene();
    await plan(['p0']);
    await log({ type: 'notified', at: T0, message_id: 'm1' });
    const phones = Array.from({ length: 1_001 }, (_, n) => exportedPhone(`p${n}`));
    const report = await putReport(store, RUN, phones);
    const key = of === pages ? pageOf(store, report, 1) : of;
    expect(await store.get(key)).toBeDefined();
    const broken = recordReads(withObjectFault(store, key, fault));

    const found = await readRunState(broken, RUN, NOW);
    const view = runViewSchema.parse(await found?.view({ phones: true }));

    expect(view).toMatchObject({ phase: 'settled', counts: { exported: 1_001 } });
    expect(view.unreadable).toEqual([problemWith(key, fault)]);
    expect(view.notified).toEqual(key === entry ? null : { at: iso(T0), message_id: 'm1' });
    expect(await found?.phones()).toHaveLength(of === pages ? 1_000 : 1_001);
  });

  it('reads no page of the report without the phones', async () => {
    const { store } = await scene();
    await putReport(
      store,
      RUN,
      Array.from({ length: 1_001 }, (_, n) => exportedPhone(`p${n}`)),
    );
    const watched = recordReads(store);
    await (await readRunState(watched, RUN, NOW))?.view();
    expect(watched.reads.filter((read) => read.includes(pages))).toEqual([]);
  });

  it('reads the log of a settled run once', async () => {
    const { store, log } = await scene();
    await log(failedStep('throttled', T0));
    await putReport(store, RUN, [exportedPhone('p1')]);
    const watched = recordReads(store);
    const found = await readRunState(watched, RUN, NOW);
    await found?.view();
    await found?.log();
    await found?.view();
    expect(watched.reads.filter((read) => read.startsWith(`list ${layout.log(RUN)}`))).toHaveLength(
      1,
    );
    expect(watched.reads).not.toContain(`list ${layout.cancel(RUN)}`);
  });

  it('shows a run with a report as settled although its notification failed', async () => {
    const { store, log, view } = await scene();
    await log({ type: 'notify_failed', at: T0, code: 'service', message: 'no topic' });
    await putReport(store, RUN, []);
    expect(await view()).toMatchObject({ phase: 'settled', notified: null });
  });

  it.each(['not json', '{"version":99}'])(
    'shows a settled run whose plan and log are unreadable: %s',
    async (body) => {
      const { store, log, view, lookup } = await scene();
      await log({ type: 'notified', at: T0, message_id: 'm1' });
      await putReport(store, RUN, [exportedPhone('p1')]);
      await store.put(layout.logEntry(RUN, '1-a', 9), body);
      await store.put(layout.plan(RUN), body);
      expect(await view()).toMatchObject({ phase: 'settled', notified: { message_id: 'm1' } });
      expect(await (await lookup()).phones()).toHaveLength(1);
    },
  );

  it('reads a run of 20,000 phones with no more than twice the reads for 10,000', async () => {
    const readsFor = async (count: number): Promise<number> => {
      const { store, log, plan } = await scene();
      const ids = Array.from({ length: count }, (_, index) => `p${index}`);
      await plan(ids);
      for (let from = 0; from < count; from += 100) {
        const attempts = ids.slice(from, from + 100).map((phone_id) => ({ phone_id, attempt: 1 }));
        await log({ type: 'intent', at: T0, window: `w${from}`, attempts });
      }
      const watched = recordReads(store);
      const view = await getRun(watched, RUN, T0 + MINUTE);
      expect(view?.progress).toMatchObject({ selected: count, outcome_unknown: count });
      expect(watched.maxInFlight()).toBeGreaterThan(1);
      return watched.reads.length;
    };

    const small = await readsFor(10_000);
    expect(await readsFor(20_000)).toBeLessThanOrEqual(2 * small);
  });
});

describe('getRun', () => {
  it('returns the view alone', async () => {
    const { store, view } = await scene();
    expect(await getRun(store, RUN, NOW)).toEqual(await view());
  });

  it.each(['nightly-1', '', '../../plan', 'cancel/x', 'x'.repeat(300)])(
    'returns undefined for the unknown run %j',
    async (id) => {
      const { store } = await scene();
      expect(await getRun(store, id, NOW)).toBeUndefined();
      expect(await readRunState(store, id, NOW)).toBeUndefined();
    },
  );
});

describe('RunReader.phones', () => {
  it('returns the phones of an open run as the log has them', async () => {
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
        ...{ ...of('p1'), state: 'exported', attempts: 1, bucket: 'my-phone-backups' },
        ...{ key: `${FOLDER}/p1-2.tar`, size: 2_048, etag: 'e' },
        verified_at: new Date(T0).toISOString(),
      },
      { ...of('p2'), state: 'failed', attempts: 1, reason: 'refused', code: 'CPS.0004' },
      { ...of('p3'), state: 'queued', attempts: 0 },
      { ...of('p4'), state: 'skipped', attempts: 0, reason: 'stopped' },
    ]);
  });

  it('returns the phones of a settled run by its report, with names from the plan', async () => {
    const { store, plan, lookup } = await scene();
    await plan(['p1']);
    await putReport(store, RUN, [
      exportedPhone('p1'),
      { phone_id: 'p2', outcome: 'failed', reason: 'refused', attempts: 1 },
    ]);
    const { outcome: state, ...rest } = exportedPhone('p1');
    expect(await (await lookup()).phones()).toEqual([
      { ...rest, state, phone_name: 'game-p1', server_id: 's-p1' },
      {
        ...{ phone_id: 'p2', state: 'failed', reason: 'refused', attempts: 1 },
        ...{ phone_name: '', server_id: '' },
      },
    ]);
  });

  it('returns phones without names when the plan is unreadable', async () => {
    const { store, lookup } = await scene();
    await putReport(store, RUN, [exportedPhone('p1')]);
    const nameless = [{ phone_id: 'p1', phone_name: '', server_id: '' }];
    expect(await (await lookup()).phones()).toMatchObject(nameless);
    await store.put(layout.plan(RUN), 'not json');
    expect(await (await lookup()).phones()).toMatchObject(nameless);
  });

  it('returns the phones of every readable page of a large report, in order', async () => {
    const { store, lookup } = await scene();
    const ids = Array.from({ length: 2_001 }, (_, n) => `p${n}`);
    const report = await putReport(
      store,
      RUN,
      ids.map((id) => exportedPhone(id)),
    );
    const read = async () => (await (await lookup()).phones()).map(({ phone_id }) => phone_id);
    expect(await read()).toEqual(ids);
    await store.put(pageOf(store, report, 1), '{"version":99}');
    expect(await read()).toEqual([...ids.slice(0, 1_000), 'p2000']);
  });

  it('returns no phones of a quarantined run without a readable plan', async () => {
    const { store, plan, lookup } = await scene();
    await plan(['p1']);
    await store.put(layout.plan(RUN), 'not json');
    expect(await (await lookup()).phones()).toEqual([]);
  });
});

describe('RunReader.log', () => {
  it('returns the log oldest first, with unreadable entries', async () => {
    const { store, log, plan, lookup } = await scene();
    await plan(['p1']);
    await log(failedStep('unreachable', T0 + 2));
    await log(failedStep('throttled', T0 + 1));
    await putReport(store, RUN, []);
    const key = layout.logEntry(RUN, '1-a', 9);
    await store.put(key, 'not json');
    expect(await (await lookup()).log()).toEqual([
      { at: iso(T0), type: 'unreadable', ...problemWith(key, 'a wrong body') },
      expect.objectContaining({ at: iso(T0 + 1), type: 'step_failed', code: 'throttled' }),
      expect.objectContaining({ at: iso(T0 + 2), type: 'step_failed', code: 'unreachable' }),
    ]);
  });
});

function tally(phones: RunPhone[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of phones) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

const above = (counts: object): object =>
  Object.fromEntries(Object.entries(counts).filter(([name, n]) => n > 0 && name !== 'selected'));

describe('readRunState, through a night', () => {
  it('follows a run from its request to its notification', async () => {
    const made = await night({ phones: 30, servers: 3 });
    const { store } = made.invocation().deps;
    const { clock } = made;
    const see = async (id: string) => {
      const found = await readRunState(recordReads(store), id, clock.now());
      return {
        view: runViewSchema.parse(await found?.view()),
        phones: runPhoneSchema.array().parse(await found?.phones()),
      };
    };
    await made.putPolicy(NIGHTLY);
    const runId = await made.requestRun();

    const requested = await see(runId);
    expect(requested.view).toMatchObject({
      run_id: runId,
      policy: 'nightly',
      trigger: 'timer',
      slot: '20260101T183000Z',
      phase: 'requested',
      cancelling: false,
      outcome: null,
      started_at: null,
      progress: null,
      report: null,
    });
    expect(requested.phones).toEqual([]);

    await made.drive();
    const running = await see(runId);
    expect(running.view).toMatchObject({ phase: 'running', outcome: null, counts: null });
    expect(running.view.progress?.selected).toBe(30);
    expect(tally(running.phones)).toEqual(above(running.view.progress ?? {}));
    expect(running.phones.some(({ state }) => state === 'queued' || state === 'exporting')).toBe(
      true,
    );

    const early = new Map<string, RunPhone>();
    for (let minute = 0; minute < 30 && early.size === 0; minute += 1) {
      clock.move(10_000);
      await made.drive();
      const exported = (await see(runId)).phones.filter(({ state }) => state === 'exported');
      for (const phone of exported) early.set(phone.phone_id, phone);
    }
    expect(early.size).toBeGreaterThan(0);

    const { report, phones } = await made.settle(runId);
    expect(await store.get(layout.request(runId))).toBeUndefined();
    const settled = await see(runId);
    expect(settled.view).toMatchObject({
      phase: 'settled',
      outcome: report.outcome,
      counts: report.counts,
      settled_at: report.settled_at,
      progress: null,
      listing_complete: true,
      report: { key: `phonevault/runs/${runId}/report.json` },
    });
    expect(settled.view.notified?.message_id).toBeTruthy();
    expect(settled.phones).toHaveLength(phones.length);
    for (const [index, { outcome, ...rest }] of phones.entries()) {
      expect(settled.phones[index]).toMatchObject({ ...rest, state: outcome });
      expect(settled.phones[index]?.server_id).not.toBe('');
      expect(settled.phones[index]?.phone_name).not.toBe('');
      const before = early.get(rest.phone_id);
      if (before !== undefined) expect(settled.phones[index]).toEqual(before);
    }
  });
});
