import type { FiringDeps } from '../../../local/functiongraph/firing/submit.ts';
import { createFunctionStore } from '../../../local/functiongraph/model/function-store.ts';
import { createTriggerStore } from '../../../local/functiongraph/model/trigger-store.ts';
import type { TriggerRecord, TriggerType } from '../../../local/functiongraph/model/trigger.ts';
import { createTime } from '../../../local/simulation/time.ts';
import { createTimeline } from '../../../local/simulation/timeline.ts';
import { manualClock } from './clock.ts';
import { functionRecord, PLACE, triggerRecord } from './functiongraph.ts';

/** One function, its triggers, and the events that they submit. */
export function firingFixture(speed = 1) {
  const clock = manualClock();
  const time = createTime(clock, speed);
  const timeline = createTimeline(time);
  const record = functionRecord();
  const events: unknown[] = [];
  const deps: FiringDeps = {
    place: PLACE,
    functions: createFunctionStore(PLACE),
    triggers: createTriggerStore(),
    queue: { submit: (_record, _requestId, event) => void events.push(JSON.parse(event)) },
    newRequestId: () => 'r1',
    time,
  };
  deps.functions.add(record);
  const add = (type: TriggerType, data: Record<string, unknown>): TriggerRecord => {
    const trigger = triggerRecord(type, data, record);
    deps.triggers.add(trigger);
    return trigger;
  };
  const pass = async (ms: number) => {
    clock.move(ms);
    await timeline.advance();
  };
  return { deps, record, add, events, pass, timeline, clock };
}
