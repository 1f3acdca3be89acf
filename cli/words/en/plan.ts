import { common, many } from './common.ts';

/** Paints a word of a verdict. */
type Paint = (word: string) => string;

/** What a run would do, and what is said about policy files. */
export const plan = {
  fails: (policy: string, paint: Paint) =>
    `${policy}: a run would ${paint('fail')} before it starts`,
  fitsNone: (policy: string, paint: Paint, fleet: number) =>
    `${policy}: the selection ${paint('fits none')} of ${common.phones(fleet)}`,
  skips: (policy: string, paint: Paint) =>
    `${policy}: a run would be ${paint('skipped')}: nothing to export`,
  exports: (policy: string, sent: number, selected: number) =>
    `${policy}: a run would export ${common.phones(sent)} of ${selected}`,
  labels: {
    paths: 'paths',
    without: 'without',
    before: 'before',
    after: 'after',
    to: 'to',
    calls: 'calls',
    time: 'time',
    costs: 'costs',
    month: 'month',
    slots: 'slots',
    fleet: 'fleet',
  },
  asOf: (time: string) => `as of ${time}`,
  calls: (calls: number, phones: number, perMinute: number) =>
    `${calls}; at most ${common.phones(phones)} a call, ${common.calls(perMinute)} a minute`,
  learned: 'learned',
  initial: 'initial limits',
  deadline: (time: string) => `deadline ${time}`,
  noTime: 'none',
  unknownTime: (submitting: string) =>
    `unknown until the first export; submitting takes ${submitting}`,
  lessThanMinute: 'less than 1 min',
  takes: (time: string, limit: string) => `about ${time}, limited by ${limit}`,
  limits: { calls: 'the calls a minute', servers: 'the fullest server', export: 'a single export' },
  ofArchives: (size: string) => `${size} of archives`,
  callsTo: (calls: number, service: string) => `${calls} calls to ${service}`,
  lastRun: (run: string, phones: number) => `run ${run}, ${common.phones(phones)}`,
  monthly: (gbSeconds: string) => `about ${gbSeconds} GB-seconds`,
  runs: (count: number) => many(count, 'run'),
  measured: 'as the last run',
  estimated: 'as measured for such fleets: docs/scale.md',
  incomplete: 'phones were created or deleted while the fleet was read: some may be missing here',
  noServer: (id: string) =>
    `server ${id} does not exist. Remove it from \`select.servers\`, or its tags.`,
  late: (time: string, deadline: string, instead: string) =>
    `the run needs about ${time} and misses its deadline of ${deadline}. In the policy, raise \`deadline\`, or ${instead}.`,
  instead: {
    calls: 'select fewer phones; calls a minute grow only while CPH accepts them',
    servers: 'raise `max_in_flight_per_server`, or select fewer phones on the fullest server',
    export: 'export fewer paths',
  },
  sections: { export: 'To export', wait: 'To wait for', skip: 'Skipped', fail: 'Failed' },
  head: (last: 'archive' | 'reason') => ['phone', 'server', last],
  reading: 'reading the fleet …',
  perDay: (count: number) => `${count} a day`,
  valid: 'ok',
  allowed: 'allowed:',
  nextSlots: 'next slots:',
  errors: (errors: number, files: number) => `${many(errors, 'error')} in ${many(files, 'file')}`,
  noPolicies: 'the bucket contains no policies',
  applied: { created: 'created', changed: 'changed', unchanged: 'unchanged' },
  nothingUploaded: 'nothing was uploaded',
};
