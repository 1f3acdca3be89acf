import { inOneUnit } from '../../lib/amounts.ts';
import type { Language } from '../../lib/meanings/entry.ts';
import { isBadDrill } from '../../lib/run/query/drill-view.ts';
import type { PhoneBackup, PolicyStatus } from '../../lib/run/query/schemas/policy.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { type Colours, colours } from '../text/colour.ts';
import { fold } from '../text/fold.ts';
import { size } from '../text/size.ts';
import { table } from '../text/table.ts';
import { ago, duration, inZone } from '../text/time.ts';
import { facts } from '../text/facts.ts';
import { outcomeWord } from './runs/outcome-text.ts';
import { when } from '../text/when.ts';
import { wordsOf } from '../words/words.ts';
import { whyPhone } from './why-text.ts';

/** Returns true for a policy that needs attention: invalid, unreadable or stale, or with a drill that failed or is overdue. */
export function needsAttention(status: PolicyStatus): boolean {
  const { state, freshness, unreadable } = status;
  const isBad = state === 'invalid' || freshness === 'stale' || unreadable !== undefined;
  return isBad || isBadDrill(status);
}

/** Describes each policy in a few lines, then names those that need attention. */
export function policiesText(io: Io, given: readonly PolicyStatus[]): string {
  const policies = visibleAll(given);
  const bad = policies.filter(needsAttention);
  const paint = colours(io);
  const { policy: words, common } = wordsOf(io);
  const names = bad.map(({ policy }) => policy).join(common.comma);
  const summary =
    bad.length === 0
      ? paint.green(words.allGood)
      : paint.red(words.bad(bad.some(isBadDrill), names));
  return [
    ...policies.map((status) => policyText(io, status, paint)),
    fold(summary, io.columns),
  ].join('\n\n');
}

function policyText(io: Io, status: PolicyStatus, paint: Colours): string {
  const { policy, errors = [], paused_until, last_run, last_good_run: good, open_runs } = status;
  const [slot, slotHere] = slotTexts(io, status);
  const words = wordsOf(io).policy;
  const { labels } = words;
  return [
    fold(`${paint.bold(policy)}  ${stateText(io, status, paint)}`, io.columns),
    ...facts(
      [
        ...errors.map((error) => [labels.error, error] as const),
        [labels.paused, paused_until && words.until(when(io, paused_until))],
        [labels.phones, phonesText(status, io.language)],
        [labels.objective, objectiveText(io, status)],
        [labels.lastGood, lastGoodText(io, status)],
        [
          labels.lastRun,
          last_run === null || last_run.run_id === good?.run_id
            ? undefined
            : `${outcomeWord(io, 'runOutcome', last_run.outcome)} ${when(io, last_run.settled_at)} ${last_run.run_id}`,
        ],
        [labels.nextSlot, slot],
        [labels.yourTime, slotHere],
        [labels.before, status.hooks?.before.join('; ') || undefined],
        [labels.after, status.hooks?.after.join('; ') || undefined],
        [labels.drill, drillText(io, status, paint)],
        [labels.newPhones, status.on_provisioned ? words.firstBackup : undefined],
        [labels.openRuns, open_runs.length === 0 ? undefined : open_runs.join(' ')],
      ],
      io.columns,
    ),
  ].join('\n');
}

function stateText(io: Io, { state, freshness }: PolicyStatus, paint: Colours): string {
  const { policy: words, common } = wordsOf(io);
  if (state === 'invalid' || state === 'unreadable') return paint.red(words.states[state]);
  if (freshness === 'unscheduled') return words.states[state];
  const colour = FRESHNESS_COLOURS[freshness];
  const word = words.freshness[freshness];
  return words.states[state] + common.comma + (colour === undefined ? word : paint[colour](word));
}

const FRESHNESS_COLOURS = {
  fresh: 'green',
  stale: 'red',
  unknown: 'red',
  never: undefined,
} as const;

function drillText(io: Io, { drill }: PolicyStatus, paint: Colours): string | undefined {
  if (drill === undefined) return undefined;
  const { state, last, next_slot } = drill;
  const isBad = state === 'failed' || state === 'overdue';
  const words = wordsOf(io).policy;
  const word = isBad ? paint.red(words.drills[state]) : words.drills[state];
  const took =
    last?.seconds === undefined
      ? ''
      : words.drillAfter(duration(last.seconds * 1_000, io.language));
  const at = last === null ? '' : ` ${when(io, last.settled_at)}${took} ${last.run_id}`;
  const next = next_slot === null ? '' : words.nextDrill(when(io, next_slot));
  return `${word}${at}${next}`;
}

/** Nothing is known of the runs while the history cannot be read. */
function lastGoodText(
  io: Io,
  { last_good_run: good, freshness }: PolicyStatus,
): string | undefined {
  if (good !== null) return `${when(io, good.settled_at)} ${good.run_id}`;
  return freshness === 'unknown' ? undefined : wordsOf(io).policy.noneYet;
}

/** Returns the next slot in the policy's zone, and in the reader's where the time differs. */
function slotTexts(io: Io, { next_slot, schedule }: PolicyStatus): string[] {
  if (next_slot === null) return [];
  const ms = Date.parse(next_slot);
  const zone = schedule?.timezone ?? 'UTC';
  const { note } = wordsOf(io).common;
  const there = `${inZone(ms, zone)} ${zone}${note(ago(io.clock.now() - ms, io.language))}`;
  const here = inZone(ms, io.zone);
  return here === inZone(ms, zone) ? [there] : [there, `${here} ${io.zone}`];
}

/** Returns each phone and its last verified archive as a table. */
export function backupsText(io: Io, phones: readonly PhoneBackup[]): string {
  const words = wordsOf(io).policy;
  const rows = visibleAll(phones).map(
    ({ phone_name, phone_id, policy, state, reason, code, ...archive }) => [
      phone_name || phone_id,
      policy,
      words.backups[state],
      archive.verified_at === null
        ? '-'
        : ago(io.clock.now() - Date.parse(archive.verified_at), io.language),
      archive.size === undefined ? '-' : size(archive.size),
      whyPhone({ state, reason, code }, io.language) || '-',
      archive.key === undefined ? '-' : `obs://${archive.bucket}/${archive.key}`,
    ],
  );
  return table(rows, io.columns, {
    head: words.backupsHead,
    right: [4],
    whole: [0, 2, 3],
    spare: [6, 4, 1],
  });
}

/** Returns how many phones have a recent backup; counts of zero but the fresh ones are left out. */
export function phonesText(
  { phones }: Pick<PolicyStatus, 'phones'>,
  language: Language = 'en',
): string | undefined {
  if (phones === null) return undefined;
  const { policy: words, run, common } = wordsOf({ language });
  return STATES.filter((state) => state === 'fresh' || phones[state] > 0)
    .map((state) => run.counted(phones[state], words.counts[state]))
    .join(common.comma);
}

const STATES = ['fresh', 'late', 'never', 'not_exportable', 'unknown'] as const;

function objectiveText(io: Io, { objective, freshness }: PolicyStatus): string | undefined {
  if (objective === undefined || freshness === 'unscheduled') return undefined;
  const { max_age_seconds: age, phones_percent } = objective;
  const words = wordsOf(io).policy;
  const recent = age === null ? words.lastTwoSlots : inOneUnit(age * 1000, io.language);
  return words.objective(phones_percent, recent);
}
