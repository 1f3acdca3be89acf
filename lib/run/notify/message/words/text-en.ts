import { inOneUnit, number } from '../../../../amounts.ts';
import type { DailySummary } from '../notification.ts';
import { freshShare, type Wording } from './wording.ts';

const plural = (count: number, noun: string): string =>
  `${number(count)} ${noun}${count === 1 ? '' : 's'}`;

const listed = (first: string[], count: number): string =>
  first.length === 0 ? '' : `: ${first.join(', ')}${count > first.length ? ', …' : ''}`;

/** Notifications in English. */
export const english: Wording = {
  comma: ', ',
  listComma: ', ',
  semicolon: '; ',
  colon: ': ',
  space: ' ',
  brackets: (text) => ` (${text})`,
  sentence: (phrase) => `${phrase.replace(/\.$/, '')}.`,
  time: ({ zone, ...time }) => `${english.dayAndClock({ ...time, zone })} ${zone}`,
  dayAndClock: ({ year, month, day, clock }) => `${year}-${month}-${day} ${clock}`,
  restore: 'restore',
  drill: 'restore drill',
  andMore: (count) => `and ${number(count)} more`,
  otherCauses: (causes, phones) => `${plural(causes, 'other cause')}: ${plural(phones, 'phone')}`,
  unknownReason: 'unknown reason',
  next: 'Next: ',
  details: 'Details: ',

  done: ({ exported, restored, selected }) =>
    `${number(restored ?? exported)} of ${number(selected)} ${restored === undefined ? 'backed up' : 'restored'}`,
  noPhones: 'no phones selected',
  nothingStarted: 'nothing was started',
  ended: (outcome, count) => `${number(count)} ${outcome.replaceAll('_', ' ')}`,
  phonesThat: (count, says) => `${number(count)} ${says}`,
  suspects: (count) => `${number(count)} suspiciously small`,
  failedHooks: (count) => `${number(count)} with a failed hook`,
  hookAdvice: ({ count, names, commands }) =>
    `A command of the policy's hooks failed on ${plural(count, 'phone')}${listed(names, count)}: ${commands.map((command) => `\`${command}\``).join(', ')}. Look whether the apps of these phones run.`,
  checks: ({ leftovers, wrong_owners: wrong, unseen }) => [
    ...(leftovers === 0 ? [] : [`${number(leftovers)} with files that the archive lacks`]),
    ...(wrong === 0 ? [] : [`${number(wrong)} with wrong owners`]),
    ...(unseen === 0 ? [] : [`${number(unseen)} not checked`]),
  ],
  checkAdvice: ({ leftovers, names, wrong_owners: wrong }) => [
    ...(leftovers === 0
      ? []
      : [
          `Files that the archive lacks stayed on ${plural(leftovers, 'phone')}${listed(names, leftovers)}. \`--reset-first\` removes them.`,
        ]),
    ...(wrong === 0
      ? []
      : ['Apps whose data has another owner cannot read it: reinstall them and restore again.']),
  ],
  suspectAdvice: ({ count, first }) =>
    `${plural(count, 'archive')} ${count === 1 ? 'is' : 'are'} less than half as large as usual${listed(first, count)}. The last good archives stay. Check the phones.`,
  notDeleted: (count) => `${plural(count, 'superseded archive')} not deleted`,
  leftoverAdvice:
    'They stay in the bucket and cost storage; the report lists them under leftovers. Check the permissions, the versioning and the object lock of the bucket with `phonevault doctor --write`, then delete them yourself.',
  missingServers: (count) => `${plural(count, 'server')} not found`,
  missingServerAdvice: ({ count, first }) => {
    const [them, their] = count === 1 ? ['it', 'its'] : ['them', 'their'];
    return `${plural(count, 'server')} of the policy not found${listed(first, count)}. Remove ${them} from select.servers, or ${their} tags.`;
  },
  notDone: (phrase) => `not done: ${phrase}`,
  undone: (phrase) => `Not done: ${phrase}.`,
  slot: (time) => `Slot: ${time}`,
  started: (time) => `Started: ${time}`,
  finished: (time, took) => `Ended: ${time}, after ${took}`,
  run: (id) => `Run: ${id}`,
  report: (address) => `Report: ${address}`,
  quote: (text) => text,

  missed: ({ first, last, slots }) => {
    if (slots === 0) return `has not run since ${first}`;
    if (slots === 1) return `slot ${last} did not run`;
    return `${number(slots)} slots from ${first} to ${last} did not run`;
  },
  noFirstBackup: (count, since) =>
    `has ${plural(count, 'new phone')} without a first backup, not ready within 24 h of ${since}`,
  quarantined: 'run quarantined',
  ledger: 'ledger',
  archives: 'archives',
  notReadable: ({ count, read }) =>
    `${number(count)} of ${number(read)} that were read cannot be used`,
  heldUntil: (time) => `nothing is backed up before ${time}`,
  since: (time) => `since ${time}`,
  object: (address) => `Object: ${address}`,
  stale: 'stale',
  late: (phones, { max_age, since }) => {
    const recent = max_age === undefined ? `since ${since}` : `within ${inOneUnit(max_age)}`;
    return `${number(phones.late + phones.never)} of ${number(phones.counted)} phones have no backup ${recent}`;
  },
  share: (phones, objective) => `${freshShare(phones)} have one, objective ${objective.phones}%`,
  forTime: (age) => `for ${age}`,
  noGoodRun: (since) => `no full run has completed since ${since}`,
  lastBackup: (time) => (time === undefined ? 'never backed up' : `last backup ${time}`),
  recovered: 'recovered',
  upToDate: 'backups are up to date again',
  staleSince: (time) => `stale since ${time}`,
  credentials: (since) => `credentials refused since ${since}`,
  nothingRuns: 'nothing is backed up until they are accepted',
  retention: 'retention',
  tooManyDeletes: (due, standing) =>
    `no archives deleted: ${number(due)} of ${number(standing)} are due, more than max_delete`,
  keptByBucket: (count) => `the bucket refused to delete ${plural(count, 'expired archive')}`,
  lastGoodMissing: (count) =>
    `the last good ${count === 1 ? 'archive of 1 phone is' : `archives of ${number(count)} phones are`} missing or changed in the bucket, their older archives are kept`,
  notPruned: (reason) => `no archives deleted: ${reason}`,
  backupsGoOn: 'Backups go on.',
  summary: ({ year, month, day }) => `daily summary of ${year}-${month}-${day}`,
  summaryParts: ({ runs, stale, drills, invalid, unreadable, missed }) => {
    const counts: [count: number, what: string][] = [
      [stale.length, 'stale'],
      [drills.length, drills.length === 1 ? 'drill failed or overdue' : 'drills failed or overdue'],
      [invalid.length, 'invalid'],
      [unreadable.length, unreadable.length === 1 ? 'unreadable object' : 'unreadable objects'],
      [missed, 'missed'],
      ...Object.entries(runs).map(([outcome, count]): [number, string] => [count, outcome]),
    ];
    const parts = counts
      .filter(([count]) => count > 0)
      .map(([count, what]) => `${number(count)} ${what}`);
    return parts.length === 0 ? ['no runs'] : parts;
  },
  summaryLines: (day, since, until) => [
    `From ${since} to ${until}`,
    `Runs: ${runsText(day)}`,
    `Active policies: ${number(day.active)}`,
    `Missed slots: ${number(day.missed)}`,
    `Stale policies: ${day.stale.join(', ') || 'none'}`,
    `Drills failed or overdue: ${day.drills.join(', ') || 'none'}`,
    `Invalid policies: ${day.invalid.join(', ') || 'none'}`,
    `Unreadable objects: ${day.unreadable.join(', ') || 'none'}`,
  ],
};

function runsText({ runs, open }: DailySummary): string {
  return [...Object.entries(runs), ['open', open] as const]
    .map(([what, count]) => `${number(count)} ${what}`)
    .join(', ');
}
