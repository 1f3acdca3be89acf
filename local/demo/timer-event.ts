/** What a TIMER trigger hands to a function; `user_event` is the text configured on it. */
export type TimerEvent = {
  version: 'v1.0';
  time: string;
  trigger_type: 'TIMER';
  trigger_name: string;
  user_event: string;
};

const CHINA_MS = 8 * 3_600_000;

/** The event of a trigger that fires at `now` (epoch ms); its time is China's, to the second. */
export function timerEvent(now: number, triggerName: string, userEvent: string): TimerEvent {
  const china = new Date(now + CHINA_MS).toISOString().slice(0, 19);
  return {
    version: 'v1.0',
    time: `${china}+08:00`,
    trigger_type: 'TIMER',
    trigger_name: triggerName,
    user_event: userEvent,
  };
}
