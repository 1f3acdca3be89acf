import type { PathSet, RestoreTerms } from '../../../ledger/run/plan.ts';

/** What CPH takes as an argument (cph_api_0532). */
const ARGUMENT = /^[A-Za-z0-9_./:-]+$/;
const MAX_BYTES = 1_024;

/** Names of commands in the log of a run: what they say follows from the run, see `contentOf`. */
export const MARK = 'mark';
export const LEFTOVERS = 'leftovers';
export const UIDS = 'uids';
export const OWNERS = 'owners';
export const LABELS = 'labels';
export const CHECK = 'check';
const CHOWN = /^chown (\d{5,7}) ([A-Za-z0-9_.]{1,200})$/;

/** Returns the name of the command that gives the data of an app to a uid. */
export const chownOf = (uid: number, app: string): string => `chown ${uid} ${app}`;

type Contents = { runId: string; paths: PathSet | undefined; check?: RestoreTerms['check'] };

/**
 * Returns the shell command of a name; undefined for one that CPH could not take. A leftover is a file that the restore has not
 * written: it changed last before the mark, which lies in memory and is gone with the next restart.
 */
export function contentOf(name: string, { runId, paths, check }: Contents): string | undefined {
  const mark = `/dev/phonevault-${runId}`;
  switch (name) {
    case MARK:
      return `touch ${mark}`;
    case LEFTOVERS:
      return paths === undefined ? undefined : findOf(paths, mark);
    case UIDS:
      return 'pm list packages -U';
    case OWNERS:
      return 'ls -n /data/data';
    case LABELS:
      return 'restorecon -DR /data/data';
    case CHECK:
      return check?.command;
    default: {
      const [, uid = '', app = ''] = CHOWN.exec(name) ?? [];
      return app === '' ? undefined : `chown -R ${uid}:${uid} /data/data/${app}`;
    }
  }
}

/** Returns the paths of a set that a command can name. */
export function nameable(paths: readonly string[]): string[] {
  return paths.filter((path) => ARGUMENT.test(path));
}

function findOf({ include, exclude }: PathSet, mark: string): string | undefined {
  const tops = nameable(include);
  const pruned = nameable(exclude).map((path) => `-path ${path} -prune -o`);
  const text = ['find', ...tops, ...pruned, '-type f -not -newercm', mark, '-print'].join(' ');
  return tops.length === 0 || Buffer.byteLength(text) > MAX_BYTES ? undefined : text;
}
