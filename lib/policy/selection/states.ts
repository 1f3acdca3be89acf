/** Whether a phone can be exported now, soon (worth waiting for) or not without someone's help. */
export type PhoneState = 'exportable' | 'passing' | 'stuck';

// Codes of cph_api_0503; 5 is not in use. Only a running phone is known to be exportable (CPS.0141).
const STATES: Readonly<Record<string, readonly [PhoneState, string]>> = {
  '0': ['passing', 'creating'],
  '1': ['passing', 'creating'],
  '2': ['exportable', 'running'],
  '3': ['passing', 'resetting'],
  '4': ['passing', 'restarting'],
  '6': ['stuck', 'frozen'],
  '7': ['passing', 'stopping'],
  '8': ['stuck', 'stopped'],
  '-5': ['stuck', 'reset_failed'],
  '-6': ['stuck', 'restart_failed'],
  '-7': ['stuck', 'abnormal'],
  '-8': ['stuck', 'create_failed'],
  '-9': ['stuck', 'stop_failed'],
};

/** What a phone's status code means for an export; a code never seen counts as stuck. */
export function phoneState(status: number): PhoneState {
  return STATES[String(status)]?.[0] ?? 'stuck';
}

/** The word for a phone's status code that reports give as the reason, such as `frozen` or `unknown_5`. */
export function stateReason(status: number): string {
  return STATES[String(status)]?.[1] ?? `unknown_${status}`;
}
