import { formatDuration } from '../../lib/policy/schema/duration.ts';
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
  const summary =
    bad.length === 0
      ? paint.green('No policy is stale, invalid or unreadable.')
      : paint.red(`${problemsOf(bad)}: ${bad.map(({ policy }) => policy).join(', ')}`);
  return [
    ...policies.map((status) => policyText(io, status, paint)),
    fold(summary, io.columns),
  ].join('\n\n');
}

const problemsOf = (bad: readonly PolicyStatus[]): string =>
  bad.some(isBadDrill)
    ? 'Stale, invalid or unreadable, or a drill failed or is overdue'
    : 'Stale, invalid or unreadable';

function policyText(io: Io, status: PolicyStatus, paint: Colours): string {
  const { policy, errors = [], paused_until, last_run, last_good_run: good, open_runs } = status;
  const [slot, slotHere] = slotTexts(io, status);
  return [
    fold(`${paint.bold(policy)}  ${stateText(status, paint)}`, io.columns),
    ...facts(
      [
        ...errors.map((error) => ['error', error] as const),
        ['paused', paused_until && `until ${when(io, paused_until)}`],
        ['phones', phonesText(status)],
        ['objective', objectiveText(status)],
        ['last good run', lastGoodText(io, status)],
        [
          'last run',
          last_run === null || last_run.run_id === good?.run_id
            ? undefined
            : `${outcomeWord(last_run.outcome, paint)} ${when(io, last_run.settled_at)} ${last_run.run_id}`,
        ],
        ['next slot', slot],
        ['your time', slotHere],
        ['drill', drillText(io, status, paint)],
        ['new phones', status.on_provisioned ? 'first backup after provisioning' : undefined],
        ['open runs', open_runs.length === 0 ? undefined : open_runs.join(' ')],
      ],
      io.columns,
    ),
  ].join('\n');
}

function stateText({ state, freshness }: PolicyStatus, paint: Colours): string {
  if (state === 'invalid' || state === 'unreadable') return paint.red(state.toUpperCase());
  const words = {
    fresh: paint.green('fresh'),
    stale: paint.red('STALE'),
    never: 'no backup yet',
    unknown: paint.red('freshness unknown'),
    unscheduled: undefined,
  };
  return [state, words[freshness]].filter((word) => word !== undefined).join(', ');
}

function drillText(io: Io, { drill }: PolicyStatus, paint: Colours): string | undefined {
  if (drill === undefined) return undefined;
  const { state, last, next_slot } = drill;
  const isBad = state === 'failed' || state === 'overdue';
  const word = isBad ? paint.red(state.toUpperCase()) : state;
  const took = last?.seconds === undefined ? '' : ` after ${duration(last.seconds * 1_000)}`;
  const at = last === null ? '' : ` ${when(io, last.settled_at)}${took} ${last.run_id}`;
  const next = next_slot === null ? '' : `, next ${when(io, next_slot)}`;
  return `${word}${at}${next}`;
}

/** Nothing is known of the runs while the history cannot be read. */
function lastGoodText(
  io: Io,
  { last_good_run: good, freshness }: PolicyStatus,
): string | undefined {
  if (good !== null) return `${when(io, good.settled_at)} ${good.run_id}`;
  return freshness === 'unknown' ? undefined : 'none yet';
}

/** Returns the next slot in the policy's zone, and in the reader's where the time differs. */
function slotTexts(io: Io, { next_slot, schedule }: PolicyStatus): string[] {
  if (next_slot === null) return [];
  const ms = Date.parse(next_slot);
  const zone = schedule?.timezone ?? 'UTC';
  const there = `${inZone(ms, zone)} ${zone} (${ago(io.clock.now() - ms)})`;
  const here = inZone(ms, io.zone);
  return here === inZone(ms, zone) ? [there] : [there, `${here} ${io.zone}`];
}

/** Returns each phone and its last verified archive as a table. */
export function backupsText(io: Io, phones: readonly PhoneBackup[]): string {
  const rows = visibleAll(phones).map(
    ({ phone_name, phone_id, policy, state, reason, code, ...archive }) => [
      phone_name || phone_id,
      policy,
      stateWords[state],
      archive.verified_at === null ? '-' : ago(io.clock.now() - Date.parse(archive.verified_at)),
      archive.size === undefined ? '-' : size(archive.size),
      whyPhone({ state, reason, code }) || '-',
      archive.key === undefined ? '-' : `obs://${archive.bucket}/${archive.key}`,
    ],
  );
  const head = ['phone', 'policy', 'backup', 'age', 'size', 'last failure', 'archive'];
  return table(rows, io.columns, { head, right: [4], whole: [0, 2, 3], spare: [6] });
}

const stateWords: Record<PhoneBackup['state'], string> = {
  never: 'never',
  late: 'late',
  unknown: 'unknown',
  not_exportable: 'not exportable',
  fresh: 'fresh',
  not_selected: 'not selected',
};

/** Returns how many phones have a recent backup; counts of zero but the fresh ones are left out. */
export function phonesText({ phones }: Pick<PolicyStatus, 'phones'>): string | undefined {
  if (phones === null) return undefined;
  const { fresh, late, never, not_exportable, unknown } = phones;
  const rest: [number, string][] = [
    [late, 'late'],
    [never, 'never backed up'],
    [not_exportable, 'not exportable'],
    [unknown, 'unknown'],
  ];
  const words = rest.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return [`${fresh} fresh`, ...words].join(', ');
}

function objectiveText({ objective, freshness }: PolicyStatus): string | undefined {
  if (objective === undefined || freshness === 'unscheduled') return undefined;
  const { max_age_seconds: age, phones_percent } = objective;
  const recent = age === null ? 'the last two slots' : formatDuration(age * 1000);
  return `${phones_percent}% of the phones within ${recent}`;
}
