import { fss } from './error.ts';
import type { FunctionRecord } from './function.ts';
import type { TriggerRecord, TriggerType } from './trigger.ts';

export type TriggerStore = {
  add(trigger: TriggerRecord): void;
  /** The triggers of one function. */
  of(record: FunctionRecord): TriggerRecord[];
  all(type: TriggerType): TriggerRecord[];
  /** False once the trigger is deleted. */
  exists(trigger: TriggerRecord): boolean;
  /** Throws FSS.1131 unless function, type and id all match. */
  find(record: FunctionRecord, type: string, id: string): TriggerRecord;
  remove(trigger: TriggerRecord): void;
};

/** All triggers of the project. */
export function createTriggerStore(): TriggerStore {
  const triggers = new Map<string, TriggerRecord>();
  const list = () => [...triggers.values()];
  return {
    add: (trigger) => void triggers.set(trigger.id, trigger),
    of: (record) => list().filter((trigger) => trigger.function === record),
    all: (type) => list().filter((trigger) => trigger.type === type),
    exists: (trigger) => triggers.get(trigger.id) === trigger,
    find(record, type, id) {
      const trigger = triggers.get(id);
      if (trigger?.function !== record || trigger.type !== type) throw fss('FSS.1131');
      return trigger;
    },
    remove: (trigger) => void triggers.delete(trigger.id),
  };
}
