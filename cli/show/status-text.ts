import type { PhoneArchive, PolicyStatus } from '../../lib/run/query/schemas.ts';
import type { Io } from '../io/io.ts';
import { type Colours, colours } from '../text/colour.ts';
import { fold } from '../text/fold.ts';
import { size } from '../text/size.ts';
import { table } from '../text/table.ts';
import { ago, inZone } from '../text/time.ts';
import { facts } from './facts.ts';
import { outcomeWord } from './outcome-text.ts';
import { when } from './when.ts';

/** Returns true for a policy that needs attention: invalid, unreadable or stale. */
export function needsAttention({ state, freshness, unreadable }: PolicyStatus): boolean {
  return state === 'invalid' || freshness === 'stale' || unreadable !== undefined;
}

/** Describes each policy in a few lines, then names those that need attention. */
export function policiesText(io: Io, policies: readonly PolicyStatus[]): string {
  const bad = policies.filter(needsAttention);
  const paint = colours(io);
  const summary =
    bad.length === 0
      ? paint.green('No policy is stale, invalid or unreadable.')
      : paint.red(`Stale, invalid or unreadable: ${bad.map(({ policy }) => policy).join(', ')}`);
  return [
    ...policies.map((status) => policyText(io, status, paint)),
    fold(summary, io.columns),
  ].join('\n\n');
}

function policyText(io: Io, status: PolicyStatus, paint: Colours): string {
  const { policy, errors = [], paused_until, last_run, last_good_run: good, open_runs } = status;
  const [slot, slotHere] = slotTexts(io, status);
  return [
    fold(`${paint.bold(policy)}  ${stateText(status, paint)}`, io.columns),
    ...facts(
      [
        ...errors.map((error) => ['error', error] as const),
        ['paused', paused_until && `until ${when(io, paused_until)}`],
        ['last good run', lastGoodText(io, status)],
        [
          'last run',
          last_run === null || last_run.run_id === good?.run_id
            ? undefined
            : `${outcomeWord(last_run.outcome, paint)} ${when(io, last_run.settled_at)} ${last_run.run_id}`,
        ],
        ['next slot', slot],
        ['your time', slotHere],
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
    never: 'no good run yet',
    unknown: paint.red('freshness unknown'),
    unscheduled: undefined,
  };
  return [state, words[freshness]].filter((word) => word !== undefined).join(', ');
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

/** Returns each phone's last verified archive as a table. */
export function archivesText(io: Io, phones: readonly PhoneArchive[]): string {
  const rows = phones.map(
    ({ phone_name, phone_id, policy, verified_at, size: bytes, bucket, key }) => [
      phone_name || phone_id,
      policy,
      ago(io.clock.now() - Date.parse(verified_at)),
      size(bytes),
      `obs://${bucket}/${key}`,
    ],
  );
  const head = ['phone', 'policy', 'age', 'size', 'archive'];
  return table(rows, io.columns, { head, right: [3], whole: [0, 2] });
}
