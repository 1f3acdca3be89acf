import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { appendLog } from '../../../lib/ledger/run/log.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { writeReport } from '../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { requestCancel } from '../../../lib/run/request/request-cancel.ts';
import { getRun, readRunState } from '../../../lib/run/query/get-run.ts';
import { type RunPhone, runPhoneSchema, runViewSchema } from '../../../lib/run/query/schemas.ts';
import { night, NIGHTLY } from '../../../testing/night.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { reading } from '../../support/reading.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const runPhones = async (...of: Parameters<typeof readRunState>) =>
  (await readRunState(...of))?.phones();

const RUN = 'nightly-20260102t023000z';
const BROKEN = { object_invalid: 'not json', object_newer: '{"version":99}' } as const;

function tally(phones: RunPhone[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of phones) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

const above = (counts: object): object =>
  Object.fromEntries(Object.entries(counts).filter(([name, n]) => n > 0 && name !== 'selected'));

/** A planned run of the phones p0, p1, .. on a clock of its own. */
async function planned(count = 3) {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  const phones = Array.from({ length: count }, (_, index) => plannedPhone(`p${index}`));
  const { request, plan } = openRun(RUN, phones);
  if (plan === undefined) throw new Error('no plan');
  await putRequest(store, request);
  await writePlan(store, 'w', plan, phones);
  const log = (sequence: number, events: RunEvent[]) =>
    appendLog(store, RUN, '1-a', sequence, events);
  const settle = async () => {
    const counts = { selected: count, exported: 0, failed: count, skipped: 0, timed_out: 0 };
    const facts = {
      run_id: RUN,
      policy: 'nightly',
      trigger: 'timer' as const,
      slot: '20260102T023000Z',
      outcome: 'failed' as const,
      started_at: new Date(T0).toISOString(),
      settled_at: new Date(T0 + MINUTE).toISOString(),
      counts: { ...counts, cancelled: 0 },
      listing_complete: true,
    };
    const ended = phones.map(({ phone_id }) => ({
      phone_id,
      outcome: 'failed' as const,
      reason: 'refused',
      attempts: 1,
    }));
    await writeReport(store, facts, ended);
  };
  return { clock, store, log, settle };
}

const lookup = async (store: Store, now = T0 + MINUTE) => {
  const view = await getRun(reading(store), RUN, now);
  return view && runViewSchema.parse(view);
};

describe('inspectRun and runPhones, through a night', () => {
  it('follow a run from its request to its message', async () => {
    const made = await night({ phones: 30, servers: 3 });
    const { store } = made.invocation().deps;
    const { clock } = made;
    const see = async (id: string) => ({
      view: runViewSchema.parse(await getRun(reading(store), id, clock.now())),
      phones: runPhoneSchema.array().parse(await runPhones(reading(store), id, clock.now())),
    });
    await made.putPolicy(NIGHTLY);
    const runId = await made.ask();

    const asked = await see(runId);
    expect(asked.view).toMatchObject({
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
    expect(asked.phones).toEqual([]);

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

  it('tell that a run is being cancelled, before drive has seen it and after', async () => {
    const made = await night({ phones: 200, servers: 2 });
    const { store } = made.invocation().deps;
    await made.putPolicy(NIGHTLY);
    const runId = await made.ask();
    await made.drive();

    await requestCancel(store, runId);
    expect(await getRun(store, runId, made.clock.now())).toMatchObject({
      phase: 'running',
      cancelling: true,
    });
    await made.settle(runId);
    expect(await getRun(store, runId, made.clock.now())).toMatchObject({
      phase: 'settled',
      cancelling: false,
      outcome: 'cancelled',
    });
  });
});

describe('inspectRun', () => {
  it.each([RUN, '', '../plan', 'cancel/x', 'x'.repeat(300)])('knows no run %j', async (id) => {
    const store = reading(memoryStore(playClock()));
    expect(await getRun(store, id, T0)).toBeUndefined();
    expect(await runPhones(store, id, T0)).toBeUndefined();
  });

  it('counts a run with a report as settled while its message is not out', async () => {
    const { store, settle, log } = await planned();
    await settle();
    await log(1, [{ type: 'notify_failed', at: T0, code: 'service', message: 'no topic' }]);

    expect(await lookup(store)).toMatchObject({ phase: 'settled', notified: null });
  });

  it('tells when and how it was told, and what held it up', async () => {
    const { store, settle, log } = await planned();
    const trouble = { type: 'step_failed', at: T0, code: 'throttled', message: 'slowly' } as const;
    await log(1, [trouble, { type: 'notified', at: T0 + 1, skipped: 'no_change' }]);
    const at = new Date(T0).toISOString();
    const failures = [{ at, code: 'throttled', message: 'slowly' }];
    const notified = { at: new Date(T0 + 1).toISOString(), skipped: 'no_change' };

    expect(await lookup(store)).toMatchObject({ phase: 'running', failures, notified });
    await settle();
    expect(await lookup(store)).toMatchObject({ phase: 'settled', failures, notified });
  });

  it('finds the report of a run that is closed while it is read', async () => {
    const { store, settle } = await planned();
    const closing: Store = {
      ...store,
      get: async (key) => {
        if (key === layout.request(RUN)) {
          await settle();
          await store.remove([key]);
        }
        return store.get(key);
      },
    };

    expect(await lookup(closing)).toMatchObject({ phase: 'settled', outcome: 'failed' });
  });

  describe.each(Object.entries(BROKEN))('with an object that is %s', (code, body) => {
    it.each(['request', 'plan', 'part', 'log', 'report'] as const)(
      'sets the run aside: its %s',
      async (which) => {
        const { store } = await planned();
        const key = {
          request: layout.request(RUN),
          plan: layout.plan(RUN),
          part: layout.planPart(RUN, 'w', 0),
          log: layout.logEntry(RUN, '1-a', 1),
          report: layout.report(RUN),
        }[which];
        await store.put(key, body);

        const view = await lookup(store);

        expect(view).toMatchObject({ phase: 'quarantined', reason: code, progress: null });
        expect(view).toMatchObject({ policy: 'nightly', trigger: 'timer', report: null });
        expect(view?.message).toContain(key);
        expect(await runPhones(store, RUN, T0)).toEqual([]);
      },
    );

    it('tells a settled run all the same: its plan, its log', async () => {
      const { store, settle, log } = await planned();
      await log(1, [{ type: 'notified', at: T0, message_id: 'm' }]);
      await settle();
      await store.put(layout.logEntry(RUN, '1-a', 2), body);
      await store.put(layout.plan(RUN), body);

      expect(await lookup(store)).toMatchObject({
        phase: 'settled',
        notified: { message_id: 'm' },
      });
      expect(await runPhones(store, RUN, T0)).toHaveLength(3);
    });
  });

  it('takes the policy from the id when neither request nor plan can be read', async () => {
    const store = memoryStore(playClock());
    await store.put(layout.request(RUN), '{}');
    expect(await lookup(store)).toMatchObject({
      phase: 'quarantined',
      policy: 'nightly',
      trigger: null,
      slot: null,
    });
  });

  it("believes drive's note that it cannot read the run, until something of it is written", async () => {
    const { clock, store, log } = await planned();
    clock.move(MINUTE);
    const note = { version: 1, run_id: RUN, code: 'object_newer', message: 'x is newer', at: T0 };
    await store.put(layout.quarantined(RUN), JSON.stringify(note));
    expect(await lookup(store)).toMatchObject({
      phase: 'quarantined',
      reason: 'object_newer',
      message: 'x is newer',
    });

    clock.move(MINUTE);
    await log(1, [{ type: 'cancel_seen', at: clock.now() }]);
    expect(await lookup(store)).toMatchObject({ phase: 'running', cancelling: true });
  });

  it('passes on a failure that is not of one object', async () => {
    const { store } = await planned();
    const cut: Store = { ...store, get: () => Promise.reject(new Error('unreachable')) };
    await expect(getRun(cut, RUN, T0)).rejects.toThrow('unreachable');
  });
});

describe('runPhones', () => {
  it('tells attempts, reason and code of phones that ended', async () => {
    const { store, log } = await planned(2);
    const own = { phone_id: 'p1', attempt: 1 };
    await log(1, [
      { type: 'intent', at: T0, window: 'w', attempts: [own] },
      { type: 'refused', at: T0 + 1, ...own, code: 'CPS.0004' },
    ]);

    expect(await runPhones(reading(store), RUN, T0 + MINUTE)).toEqual([
      { phone_id: 'p0', phone_name: 'game-p0', server_id: 's1', state: 'queued', attempts: 0 },
      {
        phone_id: 'p1',
        phone_name: 'game-p1',
        server_id: 's1',
        state: 'failed',
        reason: 'refused',
        code: 'CPS.0004',
        attempts: 1,
      },
    ]);
  });

  it('leaves out only the page of a report that cannot be read', async () => {
    const { store, settle } = await planned(2500);
    await settle();
    expect(await runPhones(store, RUN, T0)).toHaveLength(2500);

    await store.put(layout.reportPage(RUN, 1), 'not json');
    const left = (await runPhones(store, RUN, T0)) ?? [];

    expect(left).toHaveLength(1500);
    expect(left[999]).toMatchObject({ phone_id: 'p999', phone_name: 'game-p999' });
    expect(left[1000]?.phone_id).toBe('p2000');
  });

  it('reads a run of 20,000 phones object by object, no more than twice the reads for 10,000', async () => {
    const readsFor = async (count: number): Promise<number> => {
      const { store, log } = await planned(count);
      for (let from = 0; from < count; from += 100) {
        const attempts = Array.from({ length: 100 }, (_, index) => ({
          phone_id: `p${from + index}`,
          attempt: 1,
        }));
        await log(from / 100, [{ type: 'intent', at: T0, window: `w${from}`, attempts }]);
      }
      const watched = reading(store);
      const view = await getRun(watched, RUN, T0 + MINUTE);
      expect(view?.progress).toMatchObject({ selected: count, in_doubt: count });
      expect(watched.most()).toBeGreaterThan(1);
      return watched.reads.length;
    };

    const small = await readsFor(10_000);
    expect(await readsFor(20_000)).toBeLessThanOrEqual(2 * small);
  });
});
