import type { HookFailure } from '../../../lib/ledger/run/report.ts';
/** How a restore is planned, and what was seen on restored phones. */
export const restore = {
  cannot: (message: string, code: string) => `: ${message} (${code})`,
  cannotRestore: 'cannot restore',
  title: (ready: string, selected: number) => `Restores ${ready} of ${selected}`,
  head: (zone: string) => ['phone', 'plan', 'archive of', `taken (${zone})`, 'age', 'size'],
  plans: { restore: 'restore', wait: 'wait', skip: 'skip', fail: 'fail' },
  thawFirst: (plan: string) => `thaw, ${plan}`,
  thaws:
    'Makes the archives in a cold storage class readable first, for two days, which OBS charges for: minutes, or hours with --thaw standard.',
  overwrites:
    'Overwrites what the phones hold under the paths of the archives: what changed since an archive was taken is lost.',
  resets: 'Resets each phone first: everything else on it is deleted too.',
  leavesFiles:
    'Files that a phone has and its archive lacks may stay: CPH does not say. They are listed where they can be seen; --reset-first removes them.',
  saves:
    'Exports each phone first; `phonevault archives` lists that archive. --no-safety-export leaves it out.',
  savesNot: 'Does not export the phones first: what they hold now cannot be brought back.',
  restarts: 'Restarts each phone afterwards.',
  restartsNot: 'Does not restart the phones: apps may crash until you do.',
  lacks:
    'No archive holds shared apps, files that were pushed to a server, or the identity of a phone (IMEI, Android id, keystore): apps may ask to sign in again.',
  otherPhone:
    'An app has another owner (uid) on another phone: its data is given to it where that can be seen. Check that each app opens, else reinstall it and restore again.',
  ask: (what: string, expected: string) => `Type ${what} (${expected}): `,
  askName: 'the name of the phone to restore it',
  askNumber: (phones: string) => `the number of phones to restore ${phones}`,
  nothing: 'Nothing can be restored.',
  others: (command: string) => `Restore the others with: ${command}`,
  leftovers: (phones: string) => `Files that the archive lacks stayed on ${phones}:`,
  files: (count: number, isMore: boolean) =>
    `${isMore ? 'at least ' : ''}${count} ${count === 1 ? 'file' : 'files'}`,
  wrongOwner: (phone: string, apps: string) =>
    `Wrong owner on ${phone}: ${apps}. Reinstall these apps and restore again.`,
  leftoversUnseen: (phones: string) =>
    `Whether files that the archive lacks stayed was not seen on: ${phones}`,
  ownersUnseen: (phones: string) =>
    `The owners of apps were not all seen on: ${phones}. Check that each app opens.`,
  failedHook: (phone: string) => `Hook failed on ${phone}`,
  hookResult: (result: HookFailure['result']): string =>
    ({ failed: 'failed', refused: 'was refused', no_answer: 'gave no answer' })[result],
};
