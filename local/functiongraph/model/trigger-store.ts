import { fss } from './error.ts';
import type { FunctionRecord, TriggerRecord, TriggerType } from './function.ts';

export type TriggerStore = {
  add(trigger: TriggerRecord): void;
  /** Of one version or alias of a function; of all its versions without. */
  of(record: FunctionRecord, qualifier?: string): TriggerRecord[];
  all(type: TriggerType): TriggerRecord[];
  has(trigger: TriggerRecord): boolean;
  /** Throws FSS.1131 unless function, type and id all fit. */
  find(record: FunctionRecord, type: string, id: string): TriggerRecord;
  remove(trigger: TriggerRecord): void;
  removeAll(record: FunctionRecord, qualifier?: string): void;
};

/** All triggers of the project. */
export function createTriggerStore(): TriggerStore {
  const triggers = new Map<string, TriggerRecord>();
  const of = (record: FunctionRecord, qualifier?: string) =>
    [...triggers.values()].filter(
      (trigger) =>
        trigger.function === record && (qualifier === undefined || trigger.qualifier === qualifier),
    );
  return {
    add: (trigger) => void triggers.set(trigger.id, trigger),
    of,
    all: (type) => [...triggers.values()].filter((trigger) => trigger.type === type),
    has: (trigger) => triggers.get(trigger.id) === trigger,
    find(record, type, id) {
      const trigger = triggers.get(id);
      if (trigger?.function !== record || trigger.type !== type) throw fss('FSS.1131');
      return trigger;
    },
    remove: (trigger) => void triggers.delete(trigger.id),
    removeAll(record, qualifier) {
      for (const trigger of of(record, qualifier)) triggers.delete(trigger.id);
    },
  };
}
