import type { Timeline } from '../../simulation/timeline.ts';
import { chinaTime } from '../model/china-time.ts';
import type { FgDeps } from '../deps.ts';
import type { TriggerRecord } from '../model/function.ts';
import { parseSchedule } from '../event-data/timer.ts';
import { submitTo } from './submit.ts';

/** Has a timer fire at its planned times, in model time, for as long as it is there and active. */
export function createTimers(
  deps: () => FgDeps,
  timeline: Timeline,
): (trigger: TriggerRecord) => void {
  return (trigger) => {
    const { schedule_type, schedule, name, user_event } = trigger.data as Record<string, string>;
    const plan = parseSchedule(
      { schedule_type: schedule_type ?? '', schedule: schedule ?? '' },
      timeline.now(),
    );
    const wait = (after: number) => {
      const slot = plan.next(after);
      if (slot === Infinity) return;
      timeline.at(slot, () => {
        if (!deps().triggers.has(trigger)) return;
        if (trigger.status === 'ACTIVE') {
          submitTo(deps(), trigger, () => ({
            version: 'v1.0',
            time: chinaTime(slot),
            trigger_type: 'TIMER',
            trigger_name: name,
            user_event: user_event ?? '',
          }));
        }
        wait(slot);
      });
    };
    wait(timeline.now());
  };
}
