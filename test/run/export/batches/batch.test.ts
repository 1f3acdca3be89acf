import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../../lib/ledger/run/fold.ts';
import { fillBatches } from '../../../../lib/run/export/batches/batch.ts';
import { callOf, restoredPhone, restoreRun } from '../../../support/restores.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const fleet = (count: number, servers: number, prefix = 'p') =>
  Array.from({ length: count }, (_, index) =>
    plannedPhone(`${prefix}${index}`, { server_id: `s${index % servers}` }),
  );

describe('fillBatches', () => {
  it('fills a call up to its size from the submission order', () => {
    const run = openRun('nightly-1', fleet(10, 5));
    const [batch] = fillBatches([run], [], { calls: 1, phonesPerCall: 4 }, T0);
    expect(batch?.items.map((item) => item.phoneId)).toEqual(['p0', 'p1', 'p2', 'p3']);
  });

  it('keeps the limit of a server, including jobs of other runs', () => {
    const first = openRun('a-1', fleet(2, 1, 'a'));
    fold(first.state, [
      { type: 'intent', at: T0, window: 'w', attempts: [{ phone_id: 'a0', attempt: 1 }] },
      { type: 'accepted', at: T0, phone_id: 'a0', attempt: 1, job_id: 'j', request_id: 'r' },
    ]);
    const second = openRun('b-1', fleet(9, 1, 'b'));
    const batches = fillBatches([first, second], [], { calls: 9, phonesPerCall: 9 }, T0);
    const sent = batches.flatMap((batch) => batch.items);
    expect(sent).toHaveLength(3);
  });

  it('counts a job once on its server that a settled run left and still waits to notify of', () => {
    const settled = openRun('a-1', fleet(2, 1, 'a'));
    fold(settled.state, [
      { type: 'intent', at: T0, window: 'w', attempts: [{ phone_id: 'a0', attempt: 1 }] },
      { type: 'accepted', at: T0, phone_id: 'a0', attempt: 1, job_id: 'j', request_id: 'r' },
    ]);
    const other = openRun('b-1', fleet(9, 1, 'b'));
    const orphaned = { phone_id: 'a0', server_id: 's0' };
    const runs = [settled, other];
    const batches = fillBatches(runs, [orphaned], { calls: 9, phonesPerCall: 9 }, T0);
    expect(batches.flatMap((batch) => batch.items)).toHaveLength(3);
  });

  it('never sends a phone that another run or an orphaned job is exporting', () => {
    const phones = [plannedPhone('x'), plannedPhone('y'), plannedPhone('z')];
    const first = openRun('a-1', phones);
    fold(first.state, [
      { type: 'intent', at: T0, window: 'w', attempts: [{ phone_id: 'x', attempt: 1 }] },
      { type: 'accepted', at: T0, phone_id: 'x', attempt: 1, job_id: 'j', request_id: 'r' },
    ]);
    const second = openRun('b-1', phones);
    const orphaned = { phone_id: 'y', server_id: 's9' };
    const batches = fillBatches([first, second], [orphaned], { calls: 9, phonesPerCall: 9 }, T0);
    expect(batches.flatMap((batch) => batch.items.map((item) => item.phoneId))).toEqual(['z']);
  });

  it('keeps a phone for its restore until it was restarted', () => {
    const restore = restoreRun([restoredPhone('p1'), restoredPhone('p2')]);
    fold(restore.state, callOf('restore', 1, 'succeeded'));
    const other = openRun('b-1', [plannedPhone('p1'), plannedPhone('p2')]);
    const batches = fillBatches([restore, other], [], { calls: 9, phonesPerCall: 9 }, T0);
    const sent = batches.flatMap(({ run, call, items }) =>
      items.map(({ phoneId }) => [run.runId.split('-')[0], call, phoneId]),
    );
    expect(sent).toContainEqual(['restore', 'restart', 'p1']);
    expect(sent).not.toContainEqual(['b', 'export', 'p1']);
  });

  it('cuts each kind of call to its own size', () => {
    const run = restoreRun(['p1', 'p2', 'p3'].map((id) => restoredPhone(id)));
    const budget = { calls: 9, phonesPerCall: 9, otherSizes: { restore: 2 } };
    const batches = fillBatches([run], [], budget, T0);
    expect(batches.map(({ items }) => items.length)).toEqual([2, 1]);
  });

  it('sends small runs and runs that a person requested first, then takes turns', () => {
    const large = openRun('large-1', fleet(400, 100, 'l'));
    const other = openRun('other-1', fleet(400, 100, 'o'));
    const small = openRun('small-1', fleet(3, 3, 'm'));
    const manual = openRun('manual-1', fleet(400, 100, 'h'), { trigger: 'http' });
    const order = fillBatches(
      [large, other, small, manual],
      [],
      { calls: 5, phonesPerCall: 10 },
      T0,
    ).map((batch) => batch.run.runId);
    expect(order.slice(0, 2).sort()).toEqual(['manual-1', 'small-1']);
    expect(order.slice(2, 4)).toEqual(['large-1', 'other-1']);
  });

  it('gives the others a call a minute while a large requested run goes first', () => {
    const large = openRun('large-1', fleet(400, 100, 'l'));
    const other = openRun('other-1', fleet(400, 100, 'o'));
    const manual = openRun('manual-1', fleet(400, 100, 'h'), { trigger: 'http' });
    const served = Array.from({ length: 24 }, (_, index) => {
      const now = T0 + index * 10_000;
      const limits = { calls: 1, phonesPerCall: 10 };
      const [batch] = fillBatches([large, other, manual], [], limits, now);
      const attempts = (batch?.items ?? []).map(({ phoneId }) => ({
        phone_id: phoneId,
        attempt: 1,
      }));
      fold(batch?.run.state ?? large.state, [
        { type: 'intent', at: now, window: `w${index}`, attempts },
        ...attempts.map((own) => ({
          type: 'accepted' as const,
          at: now,
          ...own,
          job_id: own.phone_id,
          request_id: `r${index}`,
        })),
      ]);
      return batch?.run.runId;
    });
    expect(served.filter((run) => run !== 'manual-1')).toEqual(['large-1', 'other-1', 'large-1']);
  });

  it('leaves out phones whose retry is not due', () => {
    const run = openRun('nightly-1', [plannedPhone('p')]);
    fold(run.state, [
      { type: 'intent', at: T0, window: 'w', attempts: [{ phone_id: 'p', attempt: 1 }] },
      { type: 'refused', at: T0, phone_id: 'p', attempt: 1, code: 'CPS.0099' },
    ]);
    const fill = (now: number) => fillBatches([run], [], { calls: 1, phonesPerCall: 9 }, now);
    expect(fill(T0 + MINUTE - 1)).toEqual([]);
    expect(fill(T0 + MINUTE)[0]?.items).toEqual([{ phoneId: 'p', serverId: 's1', attempt: 2 }]);
  });

  it('repeats no phone and keeps all limits, for any fleet', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (count, servers, calls, phonesPerCall) => {
          const run = openRun('nightly-1', fleet(count, servers));
          const batches = fillBatches([run], [], { calls, phonesPerCall }, T0);
          const items = batches.flatMap((batch) => batch.items);
          const perServer = new Map<string, number>();
          for (const { serverId } of items) {
            perServer.set(serverId, (perServer.get(serverId) ?? 0) + 1);
          }
          expect(new Set(items.map((item) => item.phoneId)).size).toBe(items.length);
          expect(Math.max(...perServer.values())).toBeLessThanOrEqual(4);
          expect(batches.length).toBeLessThanOrEqual(calls);
          expect(Math.max(...batches.map((b) => b.items.length))).toBeLessThanOrEqual(
            phonesPerCall,
          );
        },
      ),
    );
  });
});

describe('fillBatches, at the edges', () => {
  type Phones = ReturnType<typeof fleet>;
  const lane = (id: string, phones: Phones, changes: Parameters<typeof openRun>[2] = {}) =>
    openRun(id, phones, changes);
  const accept = (run: ReturnType<typeof openRun>, phoneId: string, at = T0) =>
    fold(run.state, [
      { type: 'intent', at, window: `w-${phoneId}`, attempts: [{ phone_id: phoneId, attempt: 1 }] },
      { type: 'accepted', at, phone_id: phoneId, attempt: 1, job_id: phoneId, request_id: 'r' },
    ]);
  const sizes = (batches: ReturnType<typeof fillBatches>) =>
    batches.map(({ items }) => items.length);

  it('fills no more calls than are allowed, and none without phones', () => {
    const run = lane('a-1', fleet(9, 9));
    expect(sizes(fillBatches([run], [], { calls: 2, phonesPerCall: 2 }, T0))).toEqual([2, 2]);
    expect(fillBatches([run], [], { calls: 0, phonesPerCall: 2 }, T0)).toEqual([]);
    const both = [run, lane('b-1', fleet(9, 9, 'b'))];
    expect(sizes(fillBatches(both, [], { calls: 3, phonesPerCall: 2 }, T0))).toEqual([2, 2, 2]);
    expect(fillBatches([lane('c-1', [])], [], { calls: 2, phonesPerCall: 2 }, T0)).toEqual([]);
    expect(sizes(fillBatches([run], [], { calls: 9, phonesPerCall: 4 }, T0))).toEqual([4, 4, 1]);
  });

  it('leaves out a paused run, and one that failed before it started', () => {
    const paused = lane('a-1', fleet(2, 2));
    paused.retryAt.step = T0 + 1;
    const limits = { calls: 1, phonesPerCall: 2 };
    expect(fillBatches([paused], [], limits, T0)).toEqual([]);
    expect(fillBatches([paused], [], limits, T0 + 1)).toHaveLength(1);
    const unplanned = { ...lane('b-1', fleet(2, 2)), plan: undefined };
    const failed = lane('c-1', fleet(2, 2));
    if (failed.plan !== undefined) delete failed.plan.terms;
    expect(fillBatches([unplanned, failed], [], limits, T0)).toEqual([]);
  });

  it('fills smaller calls after a call was refused because of one phone, until one is accepted', () => {
    const run = lane('a-1', fleet(9, 9));
    const limits = { calls: 1, phonesPerCall: 9 };
    fold(run.state, [{ type: 'batch_size_reduced', at: T0, size: 3 }]);
    expect(sizes(fillBatches([run], [], limits, T0))).toEqual([3]);
    accept(run, 'p0');
    expect(sizes(fillBatches([run], [], limits, T0))).toEqual([8]);
    fold(run.state, [{ type: 'batch_size_reduced', at: T0 + 1, size: 2 }]);
    expect(sizes(fillBatches([run], [], limits, T0 + 1))).toEqual([2]);
  });

  /** A run with one phone under way, and so many servers of the 12 taken by other jobs. */
  const onePerServer = { terms: { max_in_flight_per_server: 1 } };
  const busy = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ phone_id: `other${n}`, server_id: `s${n + 1}` }));
  const SECOND = 1_000;
  /** More than a small run has, on 12 servers. */
  const many = fleet(72, 12);
  const budget = { calls: 1, phonesPerCall: 4, partialFrom: T0 + 8 * SECOND };

  it('waits for a full call of phones while jobs of the run end', () => {
    const run = lane('a-1', many, onePerServer);
    accept(run, 'p0');
    expect(sizes(fillBatches([run], busy(7), budget, T0))).toEqual([4]);
    expect(sizes(fillBatches([run], busy(8), budget, T0))).toEqual([]);
    const idle = lane('b-1', many, onePerServer);
    expect(sizes(fillBatches([idle], busy(11), budget, T0))).toEqual([1]);
    const small = lane('c-1', fleet(12, 12), onePerServer);
    accept(small, 'p0');
    expect(sizes(fillBatches([small], busy(10), budget, T0))).toEqual([1]);
  });

  it('waits no longer than the calls of a minute, spread evenly, are apart', () => {
    const run = lane('a-1', many, onePerServer);
    accept(run, 'p0');
    const fill = (now: number) => sizes(fillBatches([run], busy(10), budget, now));
    expect(fill(T0 + 8 * SECOND - 1)).toEqual([]);
    expect(fill(T0 + 8 * SECOND)).toEqual([1]);
  });

  it('waits a minute after the last call of the run at most, whatever calls others make', () => {
    const run = lane('a-1', many, onePerServer);
    accept(run, 'p0');
    const late = { ...budget, partialFrom: T0 + 10 * MINUTE };
    const fill = (now: number) => sizes(fillBatches([run], busy(10), late, now));
    expect(fill(T0 + MINUTE - 1)).toEqual([]);
    expect(fill(T0 + MINUTE)).toEqual([1]);
  });

  it.each([
    ['has just started', 10 * MINUTE, 0],
    ['takes more than twice the average', 2 * MINUTE, 6 * MINUTE],
  ])('does not wait for a job that %s', (_, exportMs, age) => {
    const run = lane('a-1', many, onePerServer);
    accept(run, 'p0', T0);
    const now = T0 + age;
    accept(run, 'p1', now);
    const own = (export_ms: number) => ({
      ...{ ...budget, partialFrom: now + 8 * SECOND, learned: { export_ms } },
    });
    expect(sizes(fillBatches([run], busy(10), own(exportMs), now))).toEqual([1]);
    expect(sizes(fillBatches([run], busy(10), own(age + MINUTE), now))).toEqual([]);
  });

  it('waits while outcomes are unknown only if their watch ends soon', () => {
    const run = lane('a-1', many, onePerServer);
    fold(run.state, [
      { type: 'intent', at: T0, window: 'w', attempts: [{ phone_id: 'p0', attempt: 1 }] },
      { type: 'outcome_unknown', at: T0, phone_id: 'p0', attempt: 1 },
    ]);
    const fill = (now: number) => {
      accept(run, 'p1', now);
      const own = { ...budget, partialFrom: now + 1, learned: { export_ms: 10 * MINUTE } };
      return sizes(fillBatches([run], busy(10), own, now));
    };
    expect(fill(T0)).toEqual([1]);
    expect(fill(T0 + 14.5 * MINUTE)).toEqual([]);
  });
});
