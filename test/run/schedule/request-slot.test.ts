import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeUnreadable } from '../../../lib/ledger/state/notified/unreadable.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { listOpen, readRequest } from '../../../lib/ledger/run/request.ts';
import { readSkippedSlots } from '../../../lib/ledger/state/notified/skipped-slots.ts';
import { timerRunId } from '../../../lib/policy/keys/run-id.ts';
import { publishMissedSlots } from '../../../lib/run/notify/missed-slots.ts';
import { noteMissed, requestSlot } from '../../../lib/run/schedule/request-slot.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { laggingStore } from '../../support/lagging-store.ts';
import { putReport } from '../../support/reports.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1, 18, 30);
const SLOTS = [0, 1, 2].map((slot) => START + slot * 10 * MINUTE);
const runIdOf = (slot: number) => timerRunId('nightly', SLOTS[slot] ?? 0);

/** A ledger whose open runs end when `end` is called. */
function setUp() {
  const { deps, store, clock, sent, hints, lines, body } = inboxScene(START);
  const ran = new Set<string>();
  return {
    ...{ deps, store, clock, ran, hints, lines, body },
    /** The slots that the topic was notified of. */
    notified: () =>
      sent.map(({ message }) => {
        const { reason } = JSON.parse(message.message_structure.http ?? '') as { reason: string };
        return reason;
      }),
    fire: async (slot: number) => {
      clock.move(1_000);
      const requested = await requestSlot(deps, 'nightly', SLOTS[slot] ?? 0);
      for (const { runId } of (await listOpen(store)).requests) ran.add(runId);
      return requested;
    },
    /** Publishes the hints of the inbox, as drive does. */
    publish: async () => publishMissedSlots(deps, (await listOpen(store)).hints),
    /** Settles and closes all open runs, as drive does. */
    end: async () => {
      for (const { runId } of (await listOpen(store)).requests) {
        await putReport(store, runId, []);
        await store.remove([layout.request(runId)]);
      }
    },
  };
}

describe('requestSlot', () => {
  it('writes the request of a timer run and logs it', async () => {
    const { fire, store, lines } = setUp();
    expect(await fire(0)).toBe(true);
    expect(await readRequest(store, runIdOf(0))).toEqual({
      ...{ run_id: runIdOf(0), policy: 'nightly', trigger: 'timer' },
      slot: '20260101T183000Z',
    });
    const fields = { run: runIdOf(0), policy: 'nightly', trigger: 'timer' };
    expect(lines).toEqual([['info', 'requested', fields]]);
  });

  it('requests the same run when the event is delivered again', async () => {
    const { fire, store } = setUp();
    await fire(0);
    await fire(0);
    expect((await listOpen(store)).requests.map(({ runId }) => runId)).toEqual([runIdOf(0)]);
  });

  it('requests no run that has a report, and none that was reported as missed', async () => {
    const { fire, store, hints } = setUp();
    await store.put(layout.report(runIdOf(0)), '{}');
    expect(await fire(0)).toBe(false);
    await store.put(layout.hint('missed-nightly-20260101t184000z'), '{}');
    expect(await fire(1)).toBe(false);
    expect(await hints()).toHaveLength(1);
  });

  it('skips a slot only while the timer run before has no report', async () => {
    const { fire, store, hints } = setUp();
    await fire(0);
    expect(await fire(1)).toBe(false);
    expect(await hints()).toEqual(['missed-nightly-20260101t184000z']);
    await putReport(store, runIdOf(0), []);
    expect(await fire(2)).toBe(true);
  });

  it('skips no slot for a run that was closed before LIST shows it', async () => {
    const { fire, end, hints, clock, deps, store } = setUp();
    const lagging = laggingStore(store, clock, () => 2 * MINUTE);
    Object.assign(deps.store, lagging);
    await fire(0);
    clock.move(3 * MINUTE);
    await end();
    expect(await fire(1)).toBe(true);
    expect(await hints()).toEqual([]);
  });

  it('skips no slot for a run of another policy, nor for one that a person requested', async () => {
    const { fire, store, hints } = setUp();
    const open = [
      'nightly-20260101t183000z-x',
      'night-20260101t183000z',
      'other-nightly-20260101t183000z',
      `nightly-${'a'.repeat(24)}`,
    ];
    for (const runId of open) await store.put(layout.request(runId), '{}');
    expect(await fire(1)).toBe(true);
    expect(await fire(2)).toBe(false);
    expect(await hints()).toHaveLength(1);
  });

  it('skips no slot for a run that is quarantined', async () => {
    const { fire, store, hints } = setUp();
    await store.put(layout.request('nightly-20260101t173000z'), '{}');
    const facts = { code: 'object_invalid', message: 'is not JSON', attempts: 1 };
    const times = { since: START, tried_at: START, retry_at: START, notified_at: START };
    const entry = { run_id: 'nightly-20260101t173000z', ...facts, ...times };
    await writeUnreadable(store, new Map([[layout.plan(entry.run_id), entry]]));
    expect(await fire(0)).toBe(true);
    expect(await hints()).toEqual([]);
  });
});

describe('a slot that was skipped for overlap', () => {
  it('does not run when its event is delivered again after the run before has ended', async () => {
    const { fire, publish, end, notified, ran } = setUp();
    await fire(0);
    await fire(1);
    await end();
    await fire(1);
    await publish();
    await fire(1);
    expect([...ran]).toEqual([runIdOf(0)]);
    expect(notified()).toEqual(['overlap: slot 20260101T184000Z']);
  });

  it('is notified once while the run before is open', async () => {
    const { fire, publish, notified } = setUp();
    await fire(0);
    for (let times = 0; times < 5; times += 1) {
      await fire(1);
      await publish();
    }
    expect(notified()).toHaveLength(1);
  });

  it('is not notified when a delivery at the same moment has requested its run', async () => {
    const { fire, publish, end, notified, ran, store } = setUp();
    await fire(0);
    await fire(1);
    const hint = layout.hint('missed-nightly-20260101t184000z');
    const body = (await store.get(hint))?.body ?? '';
    await store.remove([hint]);
    await end();
    await fire(1);
    await store.put(hint, body);
    await publish();
    await end();
    await store.put(hint, body);
    await publish();
    expect(ran.size).toBe(2);
    expect(notified()).toEqual([]);
    expect((await listOpen(store)).hints).toEqual([]);
  });

  it('ends either as a run or as missed, whatever the order of events, ends and notifications', async () => {
    const step = fc.constantFrom('0', '1', '2', 'end', 'publish');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { fire, publish, end, notified, ran } = setUp();
        for (const one of [
          ...steps,
          'publish',
          '0',
          '1',
          '2',
          'publish',
          'end',
          '0',
          '1',
          '2',
          'publish',
        ]) {
          if (one === 'end') await end();
          else if (one === 'publish') await publish();
          else await fire(Number(one));
        }
        const missed = notified().map(
          (reason) => `nightly-${reason.slice('overlap: slot '.length).toLowerCase()}`,
        );
        expect([...ran, ...missed].sort()).toEqual([0, 1, 2].map(runIdOf));
      }),
      { numRuns: 200 },
    );
  });

  it('is forgotten two days later, when its event can no longer be delivered', async () => {
    const { fire, publish, store, clock, end } = setUp();
    await fire(0);
    await fire(1);
    await publish();
    clock.move(49 * 60 * MINUTE);
    await fire(2);
    await publish();
    await end();
    expect([...(await readSkippedSlots(store, 'nightly')).keys()]).toEqual(['20260101T185000Z']);
  });
});

describe('noteMissed', () => {
  it('writes a hint with the first and last slot, and logs their number', async () => {
    const { deps, lines, hints, body } = setUp();
    await noteMissed(deps, 'nightly', SLOTS, 'too_late');
    const id = 'missed-nightly-20260101t185000z';
    expect(await hints()).toEqual([id]);
    expect(await body(layout.hint(id))).toEqual({
      ...{ version: 1, type: 'missed', policy: 'nightly', reason: 'too_late' },
      ...{ first: '20260101T183000Z', last: '20260101T185000Z', slots: 3 },
    });
    const fields = { policy: 'nightly', reason: 'too_late', slots: 3 };
    expect(lines).toEqual([['warn', 'slots_missed', fields]]);
  });

  it('counts from now without slots', async () => {
    const { deps, body } = setUp();
    await noteMissed(deps, 'nightly', [], 'policy_invalid');
    expect(await body(layout.hint('missed-nightly-20260101t183000z'))).toMatchObject({
      ...{ first: '20260101T183000Z', last: '20260101T183000Z', slots: 0 },
    });
  });
});
