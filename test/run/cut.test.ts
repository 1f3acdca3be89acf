import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../lib/ledger/fold.ts';
import { cutBatches } from '../../lib/run/cut.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../support/runs.ts';

const fleet = (count: number, servers: number, prefix = 'p') =>
  Array.from({ length: count }, (_, index) =>
    plannedPhone(`${prefix}${index}`, { server_id: `s${index % servers}` }),
  );

describe('cutBatches', () => {
  it('fills a call up to its size from the submission order', () => {
    const run = openRun('nightly-1', fleet(10, 5));
    const [batch] = cutBatches([run], [], { calls: 1, phonesPerCall: 4 }, T0);
    expect(batch?.items.map((item) => item.phoneId)).toEqual(['p0', 'p1', 'p2', 'p3']);
  });

  it('keeps within the courtesy to a server, jobs of other runs included', () => {
    const first = openRun('a-1', fleet(2, 1, 'a'));
    fold(first.state, [
      { type: 'intent', at: T0, window: 'w', tries: [{ phone_id: 'a0', try: 1 }] },
      { type: 'accepted', at: T0, phone_id: 'a0', try: 1, job_id: 'j', request_id: 'r' },
    ]);
    const second = openRun('b-1', fleet(9, 1, 'b'));
    const batches = cutBatches([first, second], [], { calls: 9, phonesPerCall: 9 }, T0);
    const sent = batches.flatMap((batch) => batch.items);
    expect(sent).toHaveLength(3);
  });

  it('never sends a phone that another run or an outlived job is exporting', () => {
    const phones = [plannedPhone('x'), plannedPhone('y'), plannedPhone('z')];
    const first = openRun('a-1', phones);
    fold(first.state, [
      { type: 'intent', at: T0, window: 'w', tries: [{ phone_id: 'x', try: 1 }] },
      { type: 'accepted', at: T0, phone_id: 'x', try: 1, job_id: 'j', request_id: 'r' },
    ]);
    const second = openRun('b-1', phones);
    const straggler = { phone_id: 'y', server_id: 's9' };
    const batches = cutBatches([first, second], [straggler], { calls: 9, phonesPerCall: 9 }, T0);
    expect(batches.flatMap((batch) => batch.items.map((item) => item.phoneId))).toEqual(['z']);
  });

  it('lets small runs and runs that a person asked for go first, then takes turns', () => {
    const large = openRun('large-1', fleet(400, 100, 'l'));
    const other = openRun('other-1', fleet(400, 100, 'o'));
    const small = openRun('small-1', fleet(3, 3, 'm'));
    const manual = openRun('manual-1', fleet(400, 100, 'h'), { trigger: 'http' });
    const order = cutBatches(
      [large, other, small, manual],
      [],
      { calls: 5, phonesPerCall: 10 },
      T0,
    ).map((batch) => batch.run.runId);
    expect(order.slice(0, 2).sort()).toEqual(['manual-1', 'small-1']);
    expect(order.slice(2, 4)).toEqual(['large-1', 'other-1']);
  });

  it('gives the others a call a minute while a large run that was asked for goes first', () => {
    const large = openRun('large-1', fleet(400, 100, 'l'));
    const other = openRun('other-1', fleet(400, 100, 'o'));
    const manual = openRun('manual-1', fleet(400, 100, 'h'), { trigger: 'http' });
    const served = Array.from({ length: 24 }, (_, index) => {
      const now = T0 + index * 10_000;
      const limits = { calls: 1, phonesPerCall: 10 };
      const [batch] = cutBatches([large, other, manual], [], limits, now);
      const tries = (batch?.items ?? []).map(({ phoneId }) => ({ phone_id: phoneId, try: 1 }));
      fold(batch?.run.state ?? large.state, [
        { type: 'intent', at: now, window: `w${index}`, tries },
        ...tries.map((own) => ({
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

  it('leaves phones alone whose next try is not due yet', () => {
    const run = openRun('nightly-1', [plannedPhone('p')]);
    fold(run.state, [
      { type: 'intent', at: T0, window: 'w', tries: [{ phone_id: 'p', try: 1 }] },
      { type: 'refused', at: T0, phone_id: 'p', try: 1, code: 'CPS.0099' },
    ]);
    const cut = (now: number) => cutBatches([run], [], { calls: 1, phonesPerCall: 9 }, now);
    expect(cut(T0 + MINUTE - 1)).toEqual([]);
    expect(cut(T0 + MINUTE)[0]?.items).toEqual([{ phoneId: 'p', serverId: 's1', attempt: 2 }]);
  });

  it('holds for any fleet: no phone twice, no server over its share, no call over its size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (count, servers, calls, phonesPerCall) => {
          const run = openRun('nightly-1', fleet(count, servers));
          const batches = cutBatches([run], [], { calls, phonesPerCall }, T0);
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
