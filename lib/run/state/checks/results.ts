import type { PathSet } from '../../../ledger/run/plan.ts';
import type { ReportedChecks } from '../../../ledger/run/report.ts';
import type { Attempt, PhoneState } from '../../../ledger/run/run-state.ts';
import { chownOf, LABELS, LEFTOVERS, nameable, OWNERS, UIDS } from './commands.ts';

/** CPH cuts what a command printed at 1,024 bytes (cph_api_0532). */
const CUT_BYTES = 1_020;
const SHOWN_PATHS = 10;
const MAX_PATH = 200;
const FIRST_APP_UID = 10_000;

/** An app whose data belongs to another uid than the app has. */
type WrongOwner = { app: string; uid: number };

/** What the commands of a phone have found so far. Pure. */
export function checksOf(
  { planned, attempts: known }: Pick<PhoneState, 'planned' | 'attempts'>,
  { paths, isReset }: { paths: PathSet; isReset: boolean },
): ReportedChecks {
  const attempts = [...known.values()];
  const unseen: ('leftovers' | 'owners')[] = [];
  const leftovers = leftoversOf(outputOf(attempts, LEFTOVERS));
  const isPart = nameable(paths.include).length < paths.include.length;
  // A phone that was reset holds nothing else.
  if (!isReset && (leftovers === undefined || isPart)) unseen.push('leftovers');
  const checks: ReportedChecks = {
    ...(leftovers === undefined || leftovers.count === 0 ? {} : { leftovers }),
  };
  if (planned.owners !== undefined) {
    const wrong = wrongOwners(attempts);
    if (wrong === undefined || wrong.isPart) unseen.push('owners');
    const isFixed = ({ app, uid }: WrongOwner): boolean =>
      hasSucceeded(attempts, chownOf(uid, app)) && hasSucceeded(attempts, LABELS);
    const names = (own: WrongOwner[]): string[] => own.map(({ app }) => app);
    const all = wrong?.apps ?? [];
    const fixed = names(all.filter(isFixed));
    const left = names(all.filter((one) => !isFixed(one)));
    if (all.length > 0) checks.owners = { fixed, wrong: left };
  }
  return unseen.length === 0 ? checks : { ...checks, unseen };
}

type Owners = { apps: WrongOwner[]; isPart: boolean };

/** What was read of two outputs, by the event that has the second: a drive asks for it many times. */
const known = new WeakMap<object, { uids: string; found: Owners | undefined }>();

/**
 * Returns the apps whose data has another owner than the system gave the app; undefined where that cannot be seen. `isPart`: CPH
 * has cut a list.
 */
export function wrongOwners(attempts: readonly Attempt[]): Owners | undefined {
  const uids = outputOf(attempts, UIDS);
  const ended = endedOf(attempts, OWNERS);
  if (uids === undefined || ended?.output === undefined) return undefined;
  const before = known.get(ended);
  if (before?.uids === uids) return before.found;
  const found = compareOwners(uids, ended.output);
  known.set(ended, { uids, found });
  return found;
}

function compareOwners(uids: string, owners: string): Owners | undefined {
  const wanted = new Map(
    linesOf(uids).flatMap((line): [string, number][] => {
      const [, app = '', uid] = /^package:([\w.]+) uid:(\d+)$/.exec(line) ?? [];
      return uid === undefined ? [] : [[app, Number(uid)]];
    }),
  );
  if (wanted.size === 0) return undefined;
  const apps = linesOf(owners).flatMap((line): WrongOwner[] => {
    const [, , owner, ...rest] = line.trim().split(/\s+/);
    const app = rest.at(-1) ?? '';
    const uid = wanted.get(app);
    const isWrong = uid !== undefined && uid >= FIRST_APP_UID && String(uid) !== owner;
    return isWrong ? [{ app, uid }] : [];
  });
  return { apps, isPart: isCut(uids) || isCut(owners) };
}

function leftoversOf(output: string | undefined): ReportedChecks['leftovers'] {
  if (output === undefined) return undefined;
  const lines = linesOf(output);
  const isOdd = (line: string): boolean =>
    !line.startsWith('/') && !/No such file or directory$/.test(line);
  if (lines.some(isOdd)) return undefined;
  const paths = lines.filter((line) => line.startsWith('/'));
  return {
    count: paths.length,
    ...(isCut(output) ? { more: true as const } : {}),
    paths: paths.slice(0, SHOWN_PATHS).map((path) => path.slice(0, MAX_PATH)),
  };
}

/** Returns what a command printed; undefined where it was not run, or not to its end. */
function outputOf(attempts: readonly Attempt[], name: string): string | undefined {
  const ended = endedOf(attempts, name);
  return ended?.output ?? (ended?.result === 'succeeded' ? '' : undefined);
}

function endedOf(attempts: readonly Attempt[], name: string): Attempt['ended'] {
  return attempts.find((one) => one.command === name && isAnswered(one))?.ended;
}

const isAnswered = ({ ended }: Attempt): boolean => ended !== undefined && ended.result !== 'lost';

export function hasSucceeded(attempts: readonly Attempt[], name: string): boolean {
  return attempts.some(({ command, ended }) => command === name && ended?.result === 'succeeded');
}

const isCut = (output: string): boolean => Buffer.byteLength(output) >= CUT_BYTES;

/** Returns the whole lines of an output: the last one of a cut output may lack its end. */
function linesOf(output: string): string[] {
  const lines = output.split('\n');
  return (isCut(output) ? lines.slice(0, -1) : lines).filter((line) => line !== '');
}
