/** What an event of a run's log says, in pieces that are ready to be printed. */
export type LogFacts = {
  /** Names of phones. */
  names: string;
  count: number;
  attempt: number;
  /** A reason or a code in words. */
  why: string;
  message: string;
  size: string;
  took: string;
  until: string;
  key: string;
};

const because = (text: string): string => (text === '' ? '' : `: ${text}`);

/** The events of a run's log. */
export const log = {
  intent: {
    export: ({ names }: LogFacts) => `asks CPH to export ${names}`,
    restore: ({ names }: LogFacts) => `asks CPH to restore ${names}`,
    command: ({ names }: LogFacts) => `asks CPH to run a command on ${names}`,
    restart: ({ names }: LogFacts) => `asks CPH to restart ${names}`,
    reset: ({ names }: LogFacts) => `asks CPH to reset ${names}`,
  },
  accepted: ({ attempt }: LogFacts) =>
    `CPH accepted the request${attempt > 1 ? ` (attempt ${attempt})` : ''}`,
  refused: ({ why }: LogFacts) => `CPH refused the request${because(why)}`,
  outcomeUnknown: () => 'the response of CPH was lost; its job may have started',
  unsent: ({ names }: LogFacts) => `not sent after all: ${names}`,
  postponed: ({ why, until }: LogFacts) => `CPH took no call (${why}); the next one after ${until}`,
  ended: {
    succeeded: ({ took }: LogFacts) => `the job succeeded${took === '' ? '' : ` after ${took}`}`,
    failed: ({ why }: LogFacts) => `the job failed${because(why)}`,
    lost: () => 'CPH no longer lists the job',
  },
  verified: ({ size }: LogFacts) => `the archive is verified, ${size}`,
  absent: () => 'the archive is not there yet',
  rejected: ({ why }: LogFacts) => `the archive does not count${because(why)}`,
  outcome: (outcome: string, { why }: LogFacts) => `${outcome}${because(why)}`,
  ready: () => 'the phone runs now',
  saved: ({ key }: LogFacts): string =>
    key === '' ? 'there was nothing to export before the restore' : 'exported before its restore',
  thawed: () => 'the archive can be read now',
  smallerCalls: ({ count }: LogFacts) => `calls hold at most ${count} phones from here`,
  unlisted: () => 'CPH does not list the job',
  listed: () => 'CPH lists the job again',
  outage: {
    jobs: () => 'jobs cannot be looked up',
    archives: () => 'archives cannot be looked up',
  },
  outageOver: {
    jobs: () => 'jobs can be looked up again',
    archives: () => 'archives can be looked up again',
  },
  cancelSeen: () => 'the run is being cancelled',
  stepFailed: ({ why, message }: LogFacts) => `a step failed: ${why}${because(message)}`,
  notDone: ({ why, message }: LogFacts) => `not done: ${why}${because(message)}`,
  deleting: ({ key }: LogFacts) => `deletes a superseded archive: ${key}`,
  keptByBucket: ({ key, why }: LogFacts) =>
    `the bucket keeps a superseded archive: ${key}${because(why)}`,
  deleteFailed: ({ why, message }: LogFacts) =>
    `superseded archives were not deleted: ${why}${because(message)}`,
  deleted: ({ key }: LogFacts) => `deleted a superseded archive: ${key}`,
  read: {
    ok: () => 'the archive was read to its end',
    changed: () => 'the archive has changed since it was verified',
    broken: () => 'the archive is broken',
    missing: () => 'the archive is missing',
    unreadable: () => 'the archive cannot be read',
  },
  readPart: () => 'a part of the archive was read',
  readEnded: ({ count }: LogFacts) => `${count} archives were chosen to be read; all are done`,
  notified: () => 'the notification was sent',
  notNotified: ({ why }: LogFacts) => `no notification${because(why)}`,
  notifyFailed: ({ why, message }: LogFacts) =>
    `the notification was not sent: ${why}${because(message)}`,
  unreadable: ({ message }: LogFacts) => `an entry of the log cannot be used${because(message)}`,
  unknown: (_: LogFacts, type: string) => type,
  /** Above events of a run. */
  title: (id: string, zone: string) => `Log of run ${id} (${zone})`,
  empty: 'no events yet',
  nothingMatches: 'no event matches',
};
