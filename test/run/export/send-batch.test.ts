import { describe, expect, it } from 'vitest';
import { fold } from '../../../lib/ledger/run/fold.ts';
import type { Item } from '../../../lib/run/export/batches/lanes.ts';
import { sendBatches, type Window } from '../../../lib/run/export/send-batch.ts';
import { refusal, runScene } from '../../support/run-scene.ts';
import { postponedUntil } from '../../../lib/run/state/postponed.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

const IDS = ['p1', 'p2', 'p3', 'p4'];

/** A window of four phones, and a cloud whose first responses are `failures`. `calls`: the phones of each call. */
function scene(...failures: Error[]) {
  const calls: string[][] = [];
  const { deps, clock } = runScene({
    batchStorage: async (infos) => {
      calls.push(infos.map(({ phone_id }) => phone_id));
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return {
        request_id: 'r1',
        jobs: infos.map(({ phone_id }) => ({ phone_id, job_id: `j-${phone_id}` })),
      };
    },
  });
  const run = openRun(
    'nightly-1',
    IDS.map((id) => plannedPhone(id)),
  );
  const items: Item[] = IDS.map((phoneId) => ({ phoneId, serverId: 's1', attempt: 1 }));
  const attempts = IDS.map((phone_id) => ({ phone_id, attempt: 1 }));
  fold(run.state, [{ type: 'intent', at: T0, window: 'w1', attempts }]);
  const unsent = new Map(items.map((item) => [item.phoneId, { ...item, call: 'export' as const }]));
  const window: Window = { run, id: 'w1', unsent };
  const send = () => sendBatches(deps, window, [{ call: 'export', items }]);
  const recorded = () => run.unwritten.events.map(({ type }) => type);
  return { deps, clock, run, calls, window, send, recorded };
}

describe('sendBatches', () => {
  it('sends a batch in one call and records each accepted phone', async () => {
    const { send, calls, window, recorded, deps } = scene();
    await send();
    expect(calls).toEqual([IDS]);
    expect(recorded()).toEqual(IDS.map(() => 'accepted'));
    expect(window.unsent.size).toBe(0);
    expect(deps.learned.limits.recent).toEqual([T0]);
  });

  it('sends smaller calls when CPH refuses the size of a call', async () => {
    const { send, calls, window, deps } = scene(refusal({ status: 400, serviceCode: 'CPS.0170' }));
    await send();
    expect(calls).toEqual([IDS, ['p1', 'p2'], ['p3', 'p4']]);
    expect(window.unsent.size).toBe(0);
    expect(deps.learned.limits.refused_size).toBe(4);
  });

  const busy = () => refusal({ status: 400, serviceCode: 'CPS.0042' });

  it.each([
    ['did not reach CPH', refusal({ code: 'unreachable' }), 'unreachable'],
    ['met a busy system', busy(), 'CPS.0042'],
  ])('postpones a call that %s: its attempts are not sent, and no call follows', async (...row) => {
    const [, failure, code] = row;
    const { send, calls, window, run } = scene(failure);
    await send();
    expect(calls).toEqual([IDS]);
    const attempts = IDS.map((phone_id) => ({ phone_id, attempt: 1 }));
    const own = { window: 'w1', attempts, code, until: T0 + 15_000 };
    expect(run.unwritten.events).toEqual([{ type: 'postponed', at: T0, ...own }]);
    expect(window.unsent.size).toBe(0);
    await send();
    expect(calls).toHaveLength(1);
  });

  it('waits longer after each postponed call, up to a minute, until one is accepted', async () => {
    const { deps, send, clock, run } = scene(...Array.from({ length: 5 }, busy));
    const waits: number[] = [];
    deps.until = T0 + 3_600_000;
    for (let each = 0; each < 5; each += 1) {
      await send();
      const { until = 0 } = run.state.postponed.at(-1) ?? {};
      waits.push(until - clock.now());
      clock.move(until - clock.now());
    }
    expect(waits).toEqual([15_000, 30_000, 60_000, 60_000, 60_000]);
    await send();
    expect(postponedUntil(run.state)).toBe(0);
  });

  it('shortens a wait by up to half, at random', async () => {
    const { deps, send, run } = scene(busy());
    deps.random = () => 0.5;
    await send();
    expect(run.state.postponed[0]?.until).toBe(T0 + 11_250);
  });

  it('makes calls smaller from the third postponed one on: one phone may be the reason', async () => {
    const { deps, send, clock, run } = scene(busy(), busy(), busy());
    deps.until = T0 + 3_600_000;
    for (let each = 0; each < 3; each += 1) {
      expect(run.state.reduced).toBeUndefined();
      await send();
      clock.move(60_000);
    }
    expect(run.state.reduced?.size).toBe(2);
  });

  it.each([
    ['refuses the phones when that lasts for ten minutes', 'CPS.0346', 'refused'],
    ['never refuses the phones of a busy system', 'CPS.0042', 'postponed'],
  ])('%s (%s)', async (_, serviceCode, expected) => {
    const { deps, send, clock, recorded } = scene(
      refusal({ status: 400, serviceCode }),
      refusal({ status: 400, serviceCode }),
    );
    deps.until = T0 + 3_600_000;
    await send();
    expect(recorded()).toEqual(['postponed']);
    clock.move(10 * 60_000);
    await send();
    expect(recorded()[1]).toBe(expected);
  });

  it('records an unknown outcome after a lost response, and does not send again', async () => {
    const { send, calls, window, recorded } = scene(refusal({ carriedOut: 'unknown' }));
    await send();
    expect(calls).toEqual([IDS]);
    expect(recorded()).toEqual(IDS.map(() => 'outcome_unknown'));
    expect(window.unsent.size).toBe(0);
  });

  it('sends nothing more in the minute after a 429', async () => {
    const { send, calls, window } = scene(refusal({ code: 'throttled', status: 429 }));
    await send();
    await send();
    expect(calls).toEqual([IDS]);
    expect(window.unsent.size).toBe(4);
  });

  it('sends nothing once the drive has no time left', async () => {
    const { send, calls, clock, deps } = scene();
    clock.move(deps.until - T0);
    await send();
    expect(calls).toEqual([]);
  });

  it('throws what stops every drive', async () => {
    const { send } = scene(refusal({ code: 'credentials_refused', status: 401 }));
    await expect(send()).rejects.toMatchObject({ code: 'credentials_refused' });
  });
});
