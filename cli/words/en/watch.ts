/** What commands say that request a run and watch it. */
export const watch = {
  requested: (what: string, id: string) => `Requested: ${what} ${id}`,
  requestedBefore: (what: string, id: string) => `Requested before: ${what} ${id}`,
  kinds: { run: 'run', drill: 'drill' },
  noDriveUrn:
    'PHONEVAULT_DRIVE_URN is not set. A deployed drive takes the run up within a minute; without functions nobody does: add --drive.',
  notWoken:
    'The drive function could not be woken. If it is deployed, its timer starts it within a minute.',
  showIt: 'show it',
  cancelIt: 'cancel it',
  continues: 'The run continues.',
  staysOpen: (command: string) =>
    `The run stays open. If no function drives it, continue with: ${command}`,
  staysRequested: (id: string) => `Run ${id} stays requested: phonevault runs show ${id}`,
  leaseHeld: 'Another drive holds the lease; waiting for it.',
  credentialsRefused: 'Credentials were refused; drives pause before they try again.',
  advice: (command: string) =>
    `Is the timer of the drive function enabled? To drive from here: ${command}`,
  noProgress: (advice: string) => `no progress for 3 minutes: no drive seems to run. ${advice}`,
  finishing: 'finishing the current step …',
  stepFailed: (code: string, message: string) => `step failed: ${code}: ${message}`,
};

const NOTHING = { export: 'No new exports are sent', restore: 'No further phone is restored' };

/** What `cancel` says: of a run that exports, or of one that restores. */
export const cancel = {
  cancelling: (id: string) => `Run ${id} is being cancelled.`,
  quarantined:
    'It is quarantined because its objects cannot be read. It continues when they can be read again.',
  nextDrive: (work: 'export' | 'restore') => `${NOTHING[work]}; the next drive settles the run.`,
  first: (work: 'export' | 'restore', count: number) =>
    count === 0
      ? `${NOTHING[work]}; no ${work} is in progress, then the run settles.`
      : `${NOTHING[work]}; ${count} ${work}${count === 1 ? '' : 's'} in progress ${count === 1 ? 'ends' : 'end'} first, then the run settles.`,
};
