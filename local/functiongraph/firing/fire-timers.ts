import type { Timeline } from '../../simulation/timeline.ts';
import { parseSchedule } from '../event-data/timer.ts';
import { chinaTime } from '../model/china-time.ts';
import type { TriggerRecord } from '../model/trigger.ts';
import { type FiringDeps, submitEvent } from './submit.ts';

/** Fires a timer at its planned times, in simulated time, until it is deleted. A disabled timer skips its events. */
export function startTimer(deps: FiringDeps, timeline: Timeline, trigger: TriggerRecord): void {
  const {
    schedule_type = '',
    schedule = '',
    name,
    user_event = '',
  } = trigger.data as Record<string, string>;
  const plan = parseSchedule({ schedule_type, schedule }, timeline.now());
  const waitForNext = (after: number) => {
    const slot = plan.next(after);
    if (slot === Infinity) return;
    timeline.at(slot, () => {
      if (!deps.triggers.exists(trigger)) return;
      if (trigger.status === 'ACTIVE') {
        submitEvent(deps, trigger, () => ({
          version: 'v1.0',
          time: chinaTime(slot),
          trigger_type: 'TIMER',
          trigger_name: name,
          user_event,
        }));
      }
      waitForNext(slot);
    });
  };
  waitForNext(timeline.now());
}
