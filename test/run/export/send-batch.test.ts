import { describe, expect, it } from 'vitest';
import { fold } from '../../../lib/ledger/run/fold.ts';
import type { Item } from '../../../lib/run/export/lanes.ts';
import { sendBatch, type Window } from '../../../lib/run/export/send-batch.ts';
import { refusal, runScene } from '../../support/run-scene.ts';
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
  const unsent = new Map(items.map((item) => [item.phoneId, item]));
  const window: Window = { run, id: 'w1', unsent };
  const send = () => sendBatch(deps, window, items);
  const recorded = () => run.unwritten.events.map(({ type }) => type);
  return { deps, clock, run, calls, window, send, recorded };
}

describe('sendBatch', () => {
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

  it('keeps the attempts unsent and waits 20 s after a call that did not reach CPH', async () => {
    const { send, calls, window, run, recorded } = scene(refusal());
    await send();
    expect(calls).toEqual([IDS]);
    expect([...window.unsent.keys()]).toEqual(IDS);
    expect(run.retryAt.step).toBe(T0 + 20_000);
    expect(recorded()).toEqual([]);
    await send();
    expect(calls).toHaveLength(1);
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
