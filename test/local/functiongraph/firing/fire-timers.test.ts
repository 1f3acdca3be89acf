import { describe, expect, it } from 'vitest';
import { startTimer } from '../../../../local/functiongraph/firing/fire-timers.ts';
import { START } from '../../support/clock.ts';
import { firingFixture } from '../../support/firing.ts';

const MINUTE = 60_000;

function withTimer(data: Record<string, unknown>, speed = 1) {
  const made = firingFixture(speed);
  const trigger = made.add('TIMER', data);
  startTimer(made.deps, made.timeline, trigger);
  return { ...made, trigger };
}
const EVERY_MINUTE = { name: 'm', schedule_type: 'Rate', schedule: '1m' };

describe('a timer', () => {
  it('fires at its planned times, with its text', async () => {
    expect(new Date(START).toISOString()).toBe('2026-01-02T02:30:00.000Z');
    const { events, pass } = withTimer({
      name: 'nightly',
      schedule_type: 'Cron',
      schedule: 'CRON_TZ=UTC 0 31 2 * * *',
      user_event: '{"policy":"nightly"}',
    });
    await pass(59_000);
    expect(events).toEqual([]);
    await pass(5_500);
    expect(events).toEqual([
      {
        version: 'v1.0',
        time: '2026-01-02T10:31:00+08:00',
        trigger_type: 'TIMER',
        trigger_name: 'nightly',
        user_event: '{"policy":"nightly"}',
      },
    ]);
    await pass(86_400_000);
    expect(events[1]).toMatchObject({ time: '2026-01-03T10:31:00+08:00' });
  });

  it('fires in simulated time, once for each slot that has passed', async () => {
    const { events, pass } = withTimer(EVERY_MINUTE, 60);
    await pass(3_000);
    expect(new Set(events.map((event) => (event as { time: string }).time)).size).toBe(3);
  });

  it('does not fire while it is disabled, and never after it was deleted', async () => {
    const { events, pass, trigger, deps } = withTimer(EVERY_MINUTE);
    trigger.status = 'DISABLED';
    await pass(2 * MINUTE);
    expect(events).toEqual([]);
    trigger.status = 'ACTIVE';
    await pass(MINUTE);
    expect(events).toMatchObject([{ user_event: '' }]);
    deps.triggers.remove(trigger);
    await pass(10 * MINUTE);
    expect(events).toHaveLength(1);
  });
});
