/** What `doctor` prints around its findings. */
export const doctor = {
  outcomes: {
    ok: 'ok',
    warning: 'warning',
    failed: 'failed',
    unknown: 'unknown',
    skipped: 'skipped',
  },
  counted: {
    failed: (count: number) => `${count} failed`,
    warning: (count: number) => `${count} ${count === 1 ? 'warning' : 'warnings'}`,
    unknown: (count: number) => `${count} unknown`,
    skipped: (count: number) => `${count} skipped`,
    ok: (count: number) => `${count} ok`,
  },
  checking: 'checking …',
  nothingFailed: (counts: string) => `Nothing failed: ${counts}.`,
  fix: 'fix:',
  follows: 'follows from:',
  fixFirst: 'Fix first:',
  followers: (count: number) =>
    count === 1 ? '1 other finding follows from it' : `${count} other findings follow from it`,
};
