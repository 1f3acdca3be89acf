/** Whether a phone can be exported now, soon (worth waiting for), or only after an operator acts. */
export type PhoneState = 'exportable' | 'passing' | 'stuck';

const PASSING = new Set(['creating', 'resetting', 'restarting', 'stopping']);

/** Returns what a phone's status means for an export. Only a running phone is known to be exportable (CPS.0141). */
export function phoneState(status: string): PhoneState {
  if (status === 'running') return 'exportable';
  return PASSING.has(status) ? 'passing' : 'stuck';
}
