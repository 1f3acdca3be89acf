/** CPH's codes for the state of a phone (cph_api_0503); 5 is not in use. */
const STATUSES = {
  '0': 'creating',
  '1': 'creating',
  '2': 'running',
  '3': 'resetting',
  '4': 'restarting',
  '6': 'frozen',
  '7': 'stopping',
  '8': 'stopped',
  '-5': 'reset_failed',
  '-6': 'restart_failed',
  '-7': 'abnormal',
  '-8': 'create_failed',
  '-9': 'stop_failed',
} as const;

export type NamedStatus = (typeof STATUSES)[keyof typeof STATUSES];

/** `unknown` without a code, `unknown_<code>` for a code that CPH's documents do not have. */
export type PhoneStatus = NamedStatus | 'unknown' | `unknown_${number}`;

/** Returns the word for CPH's code of a phone's state. */
export function phoneStatus(code: number | undefined): PhoneStatus {
  if (code === undefined) return 'unknown';
  return (STATUSES as Partial<Record<string, PhoneStatus>>)[String(code)] ?? `unknown_${code}`;
}
