import { beforeAll, describe, expect, it } from 'vitest';
import {
  FIRST_RUN,
  type FirstNight,
  type PlayedNight,
  playFirstNight,
  playNight,
  type Scene,
} from './bad-object-night.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';
import { isOnce, type ObjectFault, objectFaults } from './object-faults.ts';
import { objectKinds, type Row } from './object-kinds.ts';
import { STRIDE } from './stride.ts';

const MINUTE = 60_000;
/** The time of a function: a drive that takes longer is killed. */
const MAX_DRIVE_MS = MINUTE;

/** A call that hangs takes up to twelve seconds, and then the run may end in the next minute. */
const MAX_HUNG_MS = MINUTE + 12_000;

const unused = objectKinds.filter(({ role }) => role === 'unused');

/** How many drives more a run may take. A response that hangs costs time instead. */
const drivesMore = (row: Row, fault: ObjectFault): number =>
  row.role === 'passed' && !isOnce(fault) ? 2 : 0;

/** Whether the fault meets anything: what nobody reads or deletes is not felt. */
const isFelt = (row: Row, fault: ObjectFault): boolean =>
  fault === 'undeletable' ? row.deleted === true : row.role !== 'unused';

const ofKind = ({ messages }: PlayedNight, ...kinds: string[]) =>
  messages.filter(({ kind }) => kinds.includes(kind));

/** Returns the keys of the objects that people were notified of. */
const namedIn = (night: PlayedNight): string[] =>
  ofKind(night, 'unreadable')
    .map(({ object }) => object?.key ?? '')
    .sort();

/** Returns in words how a night with a bad object differs from `usual` without being allowed to. */
function differences(row: Row, fault: ObjectFault, usual: PlayedNight, found: PlayedNight) {
  const list: string[] = [];
  const same = (what: string, before: unknown, now: unknown): void => {
    const [a, b] = [JSON.stringify(before), JSON.stringify(now)];
    if (a !== b) list.push(`${what}: ${b}, not ${a}`);
  };
  if (isFelt(row, fault) && found.key === undefined)
    list.push('nothing read or deleted the object');
  if (!found.keys.some((key) => row.pattern.test(key))) list.push('there was no such object');
  for (const { kind, pattern } of unused) {
    const read = found.reads.find((key) => pattern.test(key));
    if (read !== undefined) list.push(`${read} was read, but ${kind} counts as unused`);
  }
  if (found.longest > MAX_DRIVE_MS) list.push(`a drive took ${found.longest} ms`);
  const isHeldUp = row.role === 'run' && fault !== 'undeletable' && !isOnce(fault);
  const more = drivesMore(row, fault);
  for (const policy of ['nightly', 'weekly'] as const) {
    const [before, now] = [usual[policy], found[policy]];
    same(`${policy}: outcome`, before.report?.outcome, now.report?.outcome);
    same(`${policy}: counts`, before.report?.counts, now.report?.counts);
    if (policy === 'nightly' && isHeldUp) same('nightly: drives', undefined, now.drives);
    else if (fault === 'hanging') {
      const late = (now.at ?? Infinity) - (before.at ?? Infinity);
      // It may also end some seconds earlier: jobs are looked at when they are likely to have ended.
      if (!(late <= MAX_HUNG_MS)) same(`${policy}: notified at`, before.at, now.at);
    } else {
      const took = (now.drives ?? Infinity) - (before.drives ?? Infinity);
      if (!(took >= 0 && took <= more)) same(`${policy}: drives`, before.drives, now.drives);
    }
  }
  same('left in open/', usual.left, found.left);
  const ofOthers = ({ violations }: PlayedNight): string[] =>
    row.role === 'old' ? violations.filter((each) => !each.includes(FIRST_RUN)) : violations;
  same('violations', ofOthers(usual), ofOthers(found));
  for (const kind of ['missed', 'stale', 'credentials', 'settled', 'prune']) {
    if (kind === 'stale' && row.overtaken === true) continue;
    same(`${kind} messages`, ofKind(usual, kind).length, ofKind(found, kind).length);
  }
  const isWrong = ['other_shape', 'not_json'].includes(fault);
  const isNamed = isOnce(fault)
    ? false
    : fault === 'undeletable'
      ? isFelt(row, fault) && row.role !== 'passed'
      : ['run', 'hint'].includes(row.role) || (row.role === 'passed' && isWrong);
  const own = isNamed ? [`phonevault/${found.key}`] : [];
  same('objects notified', [...namedIn(usual), ...own].sort(), namedIn(found));
  const mayComeBack = !isWrong && !isOnce(fault);
  const isKept = row.kept === true && mayComeBack && fault !== 'undeletable';
  if (row.role === 'cache' && usual.written.has(found.key ?? '') && !isKept) {
    same('cache written', true, found.written.has(found.key ?? ''));
  }
  return list;
}

/**
 * Walks the kinds of objects that `isWanted` by all faults: in each cell one object of the ledger is bad for a night of two policies,
 * and nothing but what the table allows differs from the night without it.
 */
export function describeCells(isWanted: (row: Row) => boolean): void {
  useLightS3();

  let first: FirstNight;
  let plain: Promise<PlayedNight> | undefined;
  beforeAll(async () => {
    first = await playFirstNight();
  });

  /** Plays the night of a scene without a bad object, once for all scenes in which nothing else happens. */
  const playUsual = (scene: Scene): Promise<PlayedNight> =>
    scene.prepare !== undefined || scene.atSlot !== undefined || scene.interrupted !== undefined
      ? playNight(first, scene)
      : (plain ??= playNight(first, {}));

  describe.each(objectKinds.filter(isWanted))('a bad object of the kind $kind', (row) => {
    const turn = objectKinds.indexOf(row);
    let untroubled: Promise<PlayedNight> | undefined;
    const faults = objectFaults.filter(
      (fault, index) =>
        // Cells of caches take most of the time and differ least: each kind meets each third fault.
        (row.role !== 'cache' || (turn + index) % STRIDE === 0) &&
        !(row.edited === true && ['other_shape', 'not_json'].includes(fault)) &&
        (isFelt(row, fault) || (row.role === 'unused' && fault === 'forbidden')),
    );

    it.each(faults)('stops nothing else: %s', async (fault) => {
      const usual = await (untroubled ??= playUsual(row));
      const found = await playNight(first, row, { pattern: row.pattern, fault });
      expect(differences(row, fault, usual, found).join('\n')).toBe('');
    });
  });
}
