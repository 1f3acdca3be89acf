import { describe, expect, it } from 'vitest';
import type { Cursor } from '../../../lib/ledger/state/cursors.ts';
import { listOpen, readRequest } from '../../../lib/ledger/run/request.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { handleDrill } from '../../../lib/run/schedule/drills.ts';
import { schedule, type ScheduleMemory } from '../../../lib/run/schedule/schedule.ts';
import { runScene } from '../../support/run-scene.ts';
import { MINUTE } from '../../support/runs.ts';
import { playClock } from '../../../testing/play-clock.ts';

const HOUR = 60 * MINUTE;
const SLOT = Date.UTC(2026, 0, 4, 6);
const rule = { cron: '0 0 6 * * *', timezone: 'UTC', start_within: 2 * HOUR };

function scene(now = SLOT) {
  const clock = playClock(now);
  const { store, deps, logged } = runScene({}, clock);
  const cursor: Cursor = {
    ...{ etag: 'e', active: false, handled_until: 0 },
    drill: { ...rule, handled_until: SLOT - 5 * HOUR, counts_from: 0 },
  };
  const open = async () => (await listOpen(store)).requests.map(({ runId }) => runId);
  return { clock, store, deps, logged, cursor, open };
}

describe('handleDrill', () => {
  it('requests the drill of a slot, the same each time', async () => {
    const { deps, store, cursor, open } = scene();
    const { drill, runId = '' } = await handleDrill(deps, 'nightly', cursor);
    expect(drill?.handled_until).toBe(SLOT);
    expect(await readRequest(store, runId)).toEqual({
      ...{ run_id: runId, policy: 'restore', trigger: 'timer', kind: 'restore' },
      slot: '20260104T060000Z',
      restore: {
        drill: { policy: 'nightly', slot: '20260104T060000Z' },
        ...{ safety_export: false, restart: true },
      },
    });
    expect((await handleDrill(deps, 'nightly', cursor)).runId).toBe(runId);
    expect(await open()).toEqual([runId]);
    expect((await handleDrill(deps, 'weekly', cursor)).runId).not.toBe(runId);
  });

  it('requests none before the slot, in a pause, or for a policy without drills', async () => {
    const { deps, cursor, open } = scene(SLOT - 1);
    expect(await handleDrill(deps, 'nightly', cursor)).toEqual({});
    const late = scene();
    const paused = { ...cursor, paused_until: SLOT + 1 };
    expect(await handleDrill(late.deps, 'nightly', paused)).toEqual({});
    const none = { etag: 'e', active: true, handled_until: 0 };
    expect(await handleDrill(late.deps, 'nightly', none)).toEqual({});
    expect([...(await open()), ...(await late.open())]).toEqual([]);
  });

  it('leaves out a slot that is too old, and says so', async () => {
    const { deps, cursor, open, logged } = scene(SLOT + 3 * HOUR);
    expect(await handleDrill(deps, 'nightly', cursor)).toMatchObject({
      drill: { handled_until: SLOT },
    });
    expect(await open()).toEqual([]);
    expect(logged('drill_missed')).toMatchObject([
      ['warn', 'drill_missed', { reason: 'too_late' }],
    ]);
  });

  it('leaves out a slot while another drill of the policy is open, and no drill of another', async () => {
    const { deps, clock, cursor, logged } = scene();
    const first = await handleDrill(deps, 'nightly', cursor);
    clock.move(24 * HOUR);
    const next = { ...cursor, ...(first.drill && { drill: first.drill }) };
    expect(await handleDrill(deps, 'nightly', next)).not.toHaveProperty('runId');
    expect(logged('drill_missed')).toHaveLength(1);
    expect(await handleDrill(deps, 'weekly', next)).toHaveProperty('runId');
  });

  it('requests no drill again that has settled', async () => {
    const { deps, store, cursor, open } = scene();
    const { runId = '' } = await handleDrill(deps, 'nightly', cursor);
    await store.remove([layout.request(runId)]);
    await store.put(layout.report(runId), '{}');
    expect(await handleDrill(deps, 'nightly', cursor)).not.toHaveProperty('runId');
    await store.remove([layout.report(runId)]);
    await store.put(layout.folded(runId), '{}');
    expect(await handleDrill(deps, 'nightly', cursor)).not.toHaveProperty('runId');
    expect(await open()).toEqual([]);
  });
});

describe('schedule with drills', () => {
  it('requests the slots from when the policy is known, also of one without a schedule', async () => {
    const clock = playClock(SLOT - HOUR);
    const { store, deps } = runScene({}, clock);
    const text = `
name: manual
select: { name: "game-*" }
export: { include: [/data/data], bucket: my-phone-backups }
drill: { schedule: { cron: "0 0 6 * * *", timezone: UTC }, target: [t1] }
`;
    await store.put(layout.policy('manual'), text);
    const memory: ScheduleMemory = {};
    const wake = { functiongraph: { invokeAsync: async () => undefined }, driveUrn: undefined };
    const tick = async () =>
      (await schedule({ ...deps, wake }, { time: clock.now(), policy: undefined }, memory))
        .requested;
    expect(await tick()).toEqual([]);
    clock.move(HOUR + MINUTE);
    expect(await tick()).toHaveLength(1);
    clock.move(MINUTE);
    expect(await tick()).toEqual([]);
    // Another rule counts from now.
    await store.put(layout.policy('manual'), text.replace('0 0 6', '0 0 5'));
    expect(await tick()).toEqual([]);
    clock.move(23 * HOUR);
    await store.remove([...(await store.list('open/'))].map(({ key }) => key));
    expect(await tick()).toHaveLength(1);
  });
});
