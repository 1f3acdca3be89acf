import type { FunctionRecord } from './function.ts';

export type TriggerType = 'TIMER' | 'APIG' | 'DEDICATEDGATEWAY' | 'CTS' | 'SMN' | 'OBS';

export type TriggerRecord = {
  id: string;
  type: TriggerType;
  status: 'ACTIVE' | 'DISABLED';
  /** event_data, as the API returns it. */
  data: Record<string, unknown>;
  function: FunctionRecord;
  /** Real time, epoch ms. */
  createdAt: number;
  updatedAt: number;
};
