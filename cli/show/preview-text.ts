import type { PlannedPhoneView, Preview } from '../../lib/run/query/schemas/preview.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { colours } from '../text/colour.ts';
import { fold } from '../text/fold.ts';
import { count } from '../text/plural.ts';
import { size } from '../text/size.ts';
import { table } from '../text/table.ts';
import { duration } from '../text/time.ts';
import { slotsText } from '../validate/slots-text.ts';
import { facts } from '../text/facts.ts';
import { when } from '../text/when.ts';
import { whyPhone } from './why-text.ts';

const LINES = 20;

const SECTIONS = [
  { kind: 'export', title: 'To export' },
  { kind: 'wait', title: 'To wait for' },
  { kind: 'skip', title: 'Skipped' },
  { kind: 'fail', title: 'Failed' },
] as const satisfies { kind: PlannedPhoneView['plan']; title: string }[];

type Estimate = NonNullable<Preview['estimate']>;

/** Describes what a run would do: paths, target and time, then the phones; with `all` every phone. */
export function previewText(io: Io, given: Preview, { all }: { all: boolean }): string {
  const preview = visibleAll(given);
  const paint = colours(io);
  const { policy, counts, failure, bucket, folder, include = [], exclude = [] } = preview;
  const sent = counts.export + counts.wait;
  const head =
    failure !== undefined
      ? `${policy}: a run would ${paint.red('fail')} before it starts`
      : counts.selected === 0
        ? `${policy}: the selection ${paint.red('fits none')} of ${count(preview.fleet ?? 0, 'phone')}`
        : sent === 0
          ? `${policy}: a run would be ${paint.yellow('skipped')}: nothing to export`
          : `${policy}: a run would export ${count(sent, 'phone')} of ${counts.selected}`;
  return [
    fold(paint.bold(head), io.columns),
    ...(failure === undefined
      ? []
      : [fold(`  ${failure.code}: ${failure.message}`, io.columns, '')]),
    ...facts(
      [
        ['paths', include.join(' ') || undefined],
        ['without', exclude.join(' ') || undefined],
        ['before', preview.hooks?.before.join('; ') || undefined],
        ['after', preview.hooks?.after.join('; ') || undefined],
        ['to', bucket && `obs://${bucket}/${folder ?? ''}/`],
        ['calls', callsText(preview.calls)],
        ['time', preview.estimate && estimateText(preview.estimate, sent)],
        ['costs', costsText(preview.costs)],
        ['month', monthText(preview.month)],
        ['slots', preview.slots && slotsText(preview.slots)],
        ['fleet', `as of ${when(io, preview.as_of)}`],
      ],
      io.columns,
    ),
    ...warningsOf(preview).map((text) => fold(`${paint.yellow('warning:')} ${text}`, io.columns)),
    ...SECTIONS.flatMap((section) => sectionText(io, preview, section, all)),
  ].join('\n');
}

function callsText(calls: Preview['calls']): string | undefined {
  if (calls === undefined) return undefined;
  const { export_calls, phones_per_call, calls_per_minute, learned } = calls;
  const pace = `at most ${count(phones_per_call, 'phone')} a call, ${count(calls_per_minute, 'call')} a minute`;
  return `${export_calls}; ${pace} (${learned ? 'learned' : 'initial limits'})`;
}

function estimateText({ ms, export_ms, deadline_ms, limited_by }: Estimate, sent: number): string {
  const deadline = `deadline ${duration(deadline_ms)}`;
  if (sent === 0) return `none; ${deadline}`;
  if (export_ms === null) {
    return `unknown until the first export; submitting takes ${ms === 0 ? 'less than 1 min' : duration(ms)}; ${deadline}`;
  }
  const limits = {
    calls: 'the calls a minute',
    servers: 'the fullest server',
    export: 'a single export',
  };
  return `about ${duration(ms)}, limited by ${limits[limited_by]}; ${deadline}`;
}

function costsText(costs: Preview['costs']): string | undefined {
  if (costs === undefined) return undefined;
  const { run_id, exported, archive_bytes, function_ms, calls = {} } = costs;
  const parts = [
    `${size(archive_bytes)} of archives`,
    function_ms === undefined ? undefined : `${duration(function_ms)} function time`,
    ...Object.entries(calls).map(([service, made]) => `${made} calls to ${service.toUpperCase()}`),
  ];
  const known = parts.filter((part) => part !== undefined).join(', ');
  return `${known} (run ${run_id}, ${count(exported, 'phone')})`;
}

function monthText(month: Preview['month']): string | undefined {
  if (month === undefined) return undefined;
  const { runs, gb_s, cph_calls, obs_calls, measured } = month;
  const basis = measured ? 'as the last run' : 'as measured for such fleets: docs/scale.md';
  return `about ${gb_s} GB-seconds, ${cph_calls} calls to CPH, ${obs_calls} calls to OBS (${count(runs, 'run')}, ${basis})`;
}

function warningsOf(preview: Preview): string[] {
  const { listing_complete, missing_servers = [], estimate } = preview;
  const { unreadable = [], warnings = [] } = preview;
  const incomplete =
    'phones were created or deleted while the fleet was read: some may be missing here';
  return [
    ...warnings,
    ...unreadable.map(({ message, hint = '' }) => `${message}. ${hint}`.trim()),
    ...(listing_complete ? [] : [incomplete]),
    ...missing_servers.map(
      (id) => `server ${id} does not exist. Remove it from \`select.servers\`, or its tags.`,
    ),
    ...(estimate === undefined || estimate.meets_deadline ? [] : [deadlineAdvice(estimate)]),
  ];
}

function deadlineAdvice({ ms, deadline_ms, limited_by }: Estimate): string {
  const late = `the run needs about ${duration(ms)} and misses its deadline of ${duration(deadline_ms)}.`;
  const raise = 'raise `deadline`';
  const others = {
    calls: 'select fewer phones; calls a minute grow only while CPH accepts them',
    servers: 'raise `max_in_flight_per_server`, or select fewer phones on the fullest server',
    export: 'export fewer paths',
  };
  return `${late} In the policy, ${raise}, or ${others[limited_by]}.`;
}

/** Lists the phones of one kind, grouped by reason. */
function sectionText(
  io: Io,
  { phones, counts }: Preview,
  { kind, title }: (typeof SECTIONS)[number],
  all: boolean,
): string[] {
  const own = phones.filter(({ plan }) => plan === kind);
  if (own.length === 0) return [];
  const grouped = kind === 'export' ? own : byReason(own);
  const shown = all ? grouped : grouped.slice(0, LINES);
  const last = kind === 'export' ? 'archive' : 'reason';
  const rows = shown.map(({ phone_name, phone_id, server_id, reason, key }) => [
    phone_name || phone_id,
    server_id,
    (kind === 'export' ? key?.split('/').at(-1) : whyPhone({ state: kind, reason }, io.language)) ??
      '',
  ]);
  const rest = own.length - shown.length;
  return [
    '',
    colours(io).bold(`${title} (${counts[kind]})`),
    table(rows, io.columns, { head: ['phone', 'server', last] }),
    ...(rest > 0 ? [fold(`… and ${rest} more: --all lists them`, io.columns)] : []),
  ];
}

/** Groups phones by reason, in the order of each reason's first phone. */
function byReason(phones: readonly PlannedPhoneView[]): PlannedPhoneView[] {
  const reasons = [...new Set(phones.map(({ reason }) => reason))];
  return reasons.flatMap((wanted) => phones.filter(({ reason }) => reason === wanted));
}
