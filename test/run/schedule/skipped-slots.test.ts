import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { listOpen } from '../../../lib/ledger/run/request.ts';
import { readSkipped } from '../../../lib/ledger/state/skipped-slots.ts';
import { writeReport } from '../../../lib/ledger/run/report.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import { publishMissedSlots } from '../../../lib/run/notify/missed-slots.ts';
import type { TopicMessage } from '../../../lib/run/notify/compose.ts';
import { schedule } from '../../../lib/run/schedule/schedule.ts';
import { playClock } from '../../../testing/play-clock.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1, 18, 30);
const POLICY = `
name: nightly
select: { name: "*" }
export: { include: [/data/data], bucket: my-phone-backups }
`;
const SLOTS = [0, 1, 2].map((slot) => START + slot * 10 * MINUTE);
const runIdOf = (slot: number) =>
  `nightly-${new Date(SLOTS[slot] ?? 0)
    .toISOString()
    .slice(0, 19)
    .replace(/[-:]/g, '')
    .toLowerCase()}z`;

/** A named timer before a ledger whose runs end when it is said. */
async function setUp() {
  const clock = playClock(START);
  const store = memoryStore(clock);
  await store.put(layout.policy('nightly'), POLICY);
  const told: string[] = [];
  const quiet = (): void => undefined;
  const deps = {
    clock,
    store,
    ledger: { bucket: 'ledger', prefix: 'phonevault/' },
    log: { info: quiet, warn: quiet, error: quiet },
    wake: { functiongraph: { invokeAsync: async () => undefined }, driveUrn: undefined },
    topic: {
      publish: async (_urn: string, { message_structure }: TopicMessage) =>
        void told.push(
          (JSON.parse(message_structure.http ?? '') as { reason: string }).reason.toLowerCase(),
        ),
    },
    topicUrn: 'urn:smn:r:p:topic',
  };
  const ran = new Set<string>();
  return {
    store,
    clock,
    told,
    ran,
    fire: async (slot: number) => {
      clock.move(1_000);
      await schedule(deps, { time: SLOTS[slot], policy: 'nightly' }, {});
      for (const { runId } of (await listOpen(store)).requests) ran.add(runId);
    },
    /** What drive does with the inbox's hints. */
    tell: async () => publishMissedSlots(deps as unknown as RunDeps, (await listOpen(store)).hints),
    /** Ends the runs that are open, as drive does. */
    end: async () => {
      const counts = {
        selected: 0,
        exported: 0,
        failed: 0,
        skipped: 0,
        timed_out: 0,
        cancelled: 0,
      };
      for (const { runId } of (await listOpen(store)).requests) {
        const at = new Date(clock.now()).toISOString();
        await writeReport(
          store,
          {
            run_id: runId,
            policy: 'nightly',
            trigger: 'timer',
            slot: '20260101T183000Z',
            outcome: 'skipped',
            started_at: at,
            settled_at: at,
            counts,
            listing_complete: true,
          },
          [],
        );
        await store.remove([layout.request(runId)]);
      }
    },
  };
}

describe('a slot that was skipped for overlap', () => {
  it('does not run when its event comes again after the run before has ended', async () => {
    const { fire, tell, end, told, ran } = await setUp();
    await fire(0);
    await fire(1);
    await end();
    await fire(1);
    await tell();
    await fire(1);
    expect([...ran]).toEqual([runIdOf(0)]);
    expect(told).toEqual(['overlap: slot 20260101t184000z']);
  });

  it('is told once while the run before goes on', async () => {
    const { fire, tell, told } = await setUp();
    await fire(0);
    for (let times = 0; times < 5; times += 1) {
      await fire(1);
      await tell();
    }
    expect(told).toHaveLength(1);
  });

  it('is not told where a delivery of the same moment has asked for its run', async () => {
    const { fire, tell, end, told, ran, store } = await setUp();
    await fire(0);
    await fire(1);
    const hint = layout.hint('missed-nightly-20260101t184000z');
    const body = (await store.get(hint))?.body ?? '';
    await store.remove([hint]);
    await end();
    await fire(1);
    await store.put(hint, body);
    await tell();
    await end();
    await store.put(hint, body);
    await tell();
    expect(ran.size).toBe(2);
    expect(told).toEqual([]);
    expect((await listOpen(store)).hints).toEqual([]);
  });

  it('ends as run or as missed, never both, in whatever order events, ends and messages come', async () => {
    const step = fc.constantFrom('0', '1', '2', 'end', 'tell');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { fire, tell, end, told, ran } = await setUp();
        for (const one of [...steps, 'tell', '0', '1', '2', 'tell', 'end', '0', '1', '2', 'tell']) {
          if (one === 'end') await end();
          else if (one === 'tell') await tell();
          else await fire(Number(one));
        }
        const missed = told.map((reason) => `nightly-${reason.slice('overlap: slot '.length)}`);
        expect([...ran, ...missed].sort()).toEqual([0, 1, 2].map(runIdOf));
      }),
      { numRuns: 200 },
    );
  });

  it('is forgotten when no event of it can come any more', async () => {
    const { fire, tell, store, clock, end } = await setUp();
    await fire(0);
    await fire(1);
    await tell();
    clock.move(49 * 60 * MINUTE);
    await fire(2);
    await tell();
    await end();
    expect([...(await readSkipped(store, 'nightly')).keys()]).toEqual(['20260101T185000Z']);
  });
});
