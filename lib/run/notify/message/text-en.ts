import type { Counts } from '../../../ledger/run/report.ts';
import type { DailySummary } from './notification.ts';
import { ageOf, freshShare, number, type Wording } from './wording.ts';

const units = { minute: 'min', hour: 'h', day: 'd' };

/** Notifications in English. */
export const english: Wording = {
  comma: ', ',
  colon: ': ',
  space: ' ',
  sentence: (phrase) => `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`,
  because: (phrase, reason) => `${phrase} because ${reason}`,
  withCodes: (phrase, codes) => (codes.length === 0 ? phrase : `${phrase} (${codes.join(', ')})`),
  time: ({ year, month, day, clock, zone }) => `${year}-${month}-${day} ${clock} ${zone}`,
  runOutcomes: {
    completed: 'completed',
    partial: 'partial',
    failed: 'failed',
    skipped: 'skipped',
    cancelled: 'cancelled',
  },
  phoneOutcomes: {
    exported: 'exported',
    restored: 'restored',
    failed: 'failed',
    skipped: 'skipped',
    timed_out: 'timed out',
    cancelled: 'cancelled',
  },
  reasons: {
    overlap: 'the previous run was still open',
    too_late: 'it was not started within start_within',
    superseded: 'a newer slot ran instead',
    policy_gone: 'the policy file was deleted',
    policy_invalid: 'the policy file is invalid',
    bucket_missing: 'the bucket does not exist',
    access_denied: 'access was denied',
    too_many_phones: 'the policy selects more than max_phones',
    throttled: 'a service throttled the requests',
    service: 'a service failed',
    unreachable: 'a service could not be reached',
    failed: 'a service failed',
    object_newer: 'a newer version wrote an object',
    object_invalid: 'an object is invalid',
    object_unreadable: 'OBS does not return an object',
    object_unwritable: 'OBS does not accept an object',
    object_undeletable: 'OBS does not delete an object',
    job_failed: 'the export job failed',
    refused: 'CPH refused the request',
    archive_missing: 'the archive is missing',
    archive_too_small: 'the archive is empty',
    not_verified: 'the archive could not be verified',
    response_lost: 'the responses of CPH were lost',
    not_found: 'CPH does not list the phone',
    not_in_policy: 'the policy does not select the phone',
    export_timeout: 'the export timed out',
    deadline: 'the run reached its deadline',
    cancelled: 'the run was cancelled',
    restore_failed: 'the restore job failed',
    restore_timeout: 'the restore timed out',
    restart_failed: 'the phone did not restart',
    restart_timeout: 'the restart timed out',
    reset_failed: 'the phone could not be reset',
    no_archive: 'the phone has no archive',
    archive_changed: 'the archive has changed since it was verified',
    archive_broken: 'the archive is damaged',
    archive_cold: 'the archive is in a cold storage class',
    thaw_refused: 'OBS refused to make the cold archive readable',
    not_thawed: 'the cold archive was not readable before the deadline',
    no_drill: 'the policy has no drill',
    drill_target_selected: 'the policy selects a scratch phone',
    older_android: 'the Android of the phone is older than that of the archive',
    two_sources: 'two archives were to be restored to the phone',
    safety_export_failed: 'the export before the restore failed',
    not_first: 'only the first phones were to be restored',
  },
  drill: (verdict, minutes) =>
    `restore drill ${verdict}${minutes === undefined ? '' : ` within ${number(minutes)} min`}`,
  exported: ({ exported, restored, selected }) =>
    `${number(restored ?? exported)} of ${number(selected)} phones ${restored === undefined ? 'exported' : 'restored'}`,
  suspects: (count) => `${number(count)} suspiciously small`,
  suspectAdvice: (count, first) => {
    const [archives, are] = count === 1 ? ['archive', 'is'] : ['archives', 'are'];
    const names = `${first.join(', ')}${count > first.length ? ', …' : ''}`;
    return `${number(count)} ${archives} ${are} less than half as large as usual${first.length === 0 ? '' : `: ${names}`}. The last good archives stay. Check the phones, and the report for \`suspect\`.`;
  },
  notDeleted: (count) =>
    `${number(count)} superseded ${count === 1 ? 'archive' : 'archives'} not deleted`,
  leftoverAdvice:
    'They stay in the bucket and cost storage; the report lists them under leftovers. Check the permissions, the versioning and the object lock of the bucket with phonevault doctor --write, then delete them yourself.',
  missingServers: (count, first) => {
    const [servers, them, their] =
      count === 1 ? ['server', 'it', 'its'] : ['servers', 'them', 'their'];
    const names = `${first.join(', ')}${count > first.length ? ', …' : ''}`;
    return `${number(count)} ${servers} of the policy not found: ${names}. Remove ${them} from select.servers, or ${their} tags.`;
  },
  quarantined: 'run quarantined',
  unusable: 'an object of the ledger cannot be used',
  notReadable: ({ count, read }) =>
    `${number(count)} of ${number(read)} archives that were read cannot be used`,
  missed: ({ first, last, slots }) => {
    if (slots === 0) return `no runs since ${first}`;
    if (slots === 1) return `slot ${last} did not run`;
    return `${number(slots)} slots from ${first} to ${last} did not run`;
  },
  noFirstBackup: (count, since) =>
    `${number(count)} ${count === 1 ? 'phone gets' : 'phones get'} no first backup: not ready within 24 h of ${since}`,
  stale: (phones, { max_age, since, phones: objective }) => {
    const { count, unit } = ageOf(max_age ?? 0);
    const recent = max_age === undefined ? `since ${since}` : `within ${count} ${units[unit]}`;
    const late = `${number(phones.late + phones.never)} of ${number(phones.counted)} phones`;
    return `${late} have no backup ${recent} (${freshShare(phones)} have one; objective ${objective}%)`;
  },
  still: ({ count, unit }, phrase) =>
    `stale for ${count} ${unit === 'day' ? 'days' : units[unit]}: ${phrase}`,
  noGoodRun: (since) => `no full run has completed since ${since}`,
  recovered: 'backups are up to date again',
  tooManyDeletes: (due, standing) =>
    `no archives deleted: retention covers ${number(due)} of ${number(standing)}, more than max_delete`,
  keptByBucket: (count) =>
    `the bucket refused to delete ${number(count)} expired ${count === 1 ? 'archive' : 'archives'}`,
  lastGoodMissing: (count) =>
    `the last good ${count === 1 ? 'archive of 1 phone' : `archives of ${number(count)} phones`} ${count === 1 ? 'is' : 'are'} missing or changed in the bucket: their older archives are kept`,
  notPruned: 'no expired archives deleted',
  credentials: (since) => `credentials refused since ${since}`,
  advice: {
    stale: 'Check the reports of the last runs. `phonevault status --phones` lists the phones.',
    credentials: 'Check the agency of the functions.',
    prune:
      'Backups go on. `phonevault prune --dry-run` lists the archives, `phonevault archives check` those that are missing. Fix `retention` in the policy, raise `retention.max_delete`, or grant the functions obs:object:DeleteObject.',
  },
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
    `Daily summary: ${since} to ${until}`,
    `Runs: ${runsText(day)}`,
    `Active policies: ${number(day.active)}`,
    `Missed slots: ${number(day.missed)}`,
    `Stale policies: ${day.stale.join(', ') || 'none'}`,
    `Drills failed or overdue: ${day.drills.join(', ') || 'none'}`,
    `Invalid policies: ${day.invalid.join(', ') || 'none'}`,
    `Unreadable objects: ${day.unreadable.join(', ') || 'none'}`,
  ],
  policy: (name) => `Policy: ${name}`,
  run: (id) => `Run: ${id}`,
  result: (outcome) => `Result: ${outcome}`,
  reason: (phrase) => `Reason: ${phrase}`,
  phones: (counts) => `Phones: ${countsText(counts)}`,
  report: (address) => `Report: ${address}`,
  notExported: 'Not exported:',
  notRestored: 'Not restored:',
  more: (count) => `... and ${number(count)} more: see the report`,
  noRecentBackup: 'No recent backup:',
  lastBackup: (time) => (time === undefined ? 'never backed up' : `last backup ${time}`),
  moreLate: (count) => `... and ${number(count)} more`,
};

function countsText({
  selected,
  failed,
  skipped,
  timed_out,
  cancelled,
  ...counts
}: Counts): string {
  const { exported, restored } = counts;
  const done =
    restored === undefined ? `${number(exported)} exported` : `${number(restored)} restored`;
  return [
    `${number(selected)} selected, ${done}, ${number(failed)} failed`,
    `${number(skipped)} skipped, ${number(timed_out)} timed out, ${number(cancelled)} cancelled`,
  ].join(', ');
}

function runsText({ runs, open }: DailySummary): string {
  return [...Object.entries(runs), ['open', open] as const]
    .map(([what, count]) => `${number(count)} ${what}`)
    .join(', ');
}
