import type { PlannedPhoneView, Preview } from '../../lib/run/query/schemas/preview.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { colours } from '../text/colour.ts';
import { fold } from '../text/fold.ts';
import { size } from '../text/size.ts';
import { table } from '../text/table.ts';
import { duration } from '../text/time.ts';
import { slotsText } from '../validate/slots-text.ts';
import { facts } from '../text/facts.ts';
import { when } from '../text/when.ts';
import { sayIn } from '../words/sentences/say.ts';
import { wordsOf } from '../words/words.ts';
import { whyPhone, whyRun } from './why-text.ts';

const LINES = 20;

const SECTIONS = ['export', 'wait', 'skip', 'fail'] as const satisfies PlannedPhoneView['plan'][];

type Estimate = NonNullable<Preview['estimate']>;

/** Describes what a run would do: paths, target and time, then the phones; with `all` every phone. */
export function previewText(io: Io, given: Preview, { all }: { all: boolean }): string {
  const preview = visibleAll(given);
  const paint = colours(io);
  const { counts, bucket, folder, include = [], exclude = [] } = preview;
  const sent = counts.export + counts.wait;
  const { plan: words, common } = wordsOf(io);
  const { labels } = words;
  const warning = paint.yellow(common.warning) + common.space;
  return [
    ...verdictText(io, preview, sent),
    ...facts(
      [
        [labels.paths, include.join(' ') || undefined],
        [labels.without, exclude.join(' ') || undefined],
        [labels.before, preview.hooks?.before.join('; ') || undefined],
        [labels.after, preview.hooks?.after.join('; ') || undefined],
        [labels.to, bucket && `obs://${bucket}/${folder ?? ''}/`],
        [labels.calls, callsText(io, preview.calls)],
        [labels.time, preview.estimate && estimateText(io, preview.estimate, sent)],
        [labels.costs, costsText(io, preview.costs)],
        [labels.month, monthText(io, preview.month)],
        [labels.slots, preview.slots && slotsText(preview.slots, io.language)],
        [labels.fleet, words.asOf(when(io, preview.as_of))],
      ],
      io.columns,
    ),
    ...warningsOf(io, preview).map((text) => fold(warning + text, io.columns)),
    ...SECTIONS.flatMap((kind) => sectionText(io, preview, kind, all)),
  ].join('\n');
}

/** Returns what would become of a run, and why where it would fail. */
function verdictText(
  io: Io,
  { policy, counts, failure, fleet = 0 }: Preview,
  sent: number,
): string[] {
  const paint = colours(io);
  const { plan: words } = wordsOf(io);
  const line = (text: string): string => fold(paint.bold(text), io.columns);
  if (failure !== undefined) {
    const { code, message } = failure;
    const why =
      io.language === 'en' ? [`${code}: ${message}`] : [whyRun(code, io.language), message];
    const lines = why.map((text) => fold(`  ${text}`, io.columns, ''));
    return [line(words.fails(policy, paint.red)), ...lines];
  }
  if (counts.selected === 0) return [line(words.fitsNone(policy, paint.red, fleet))];
  if (sent === 0) return [line(words.skips(policy, paint.yellow))];
  return [line(words.exports(policy, sent, counts.selected))];
}

function callsText(io: Io, calls: Preview['calls']): string | undefined {
  if (calls === undefined) return undefined;
  const { export_calls, phones_per_call, calls_per_minute, learned } = calls;
  const { plan: words, common } = wordsOf(io);
  const pace = words.calls(export_calls, phones_per_call, calls_per_minute);
  return pace + common.note(learned ? words.learned : words.initial);
}

function estimateText(
  io: Io,
  { ms, export_ms, deadline_ms, limited_by }: Estimate,
  sent: number,
): string {
  const { plan: words, common } = wordsOf(io);
  const time = ms === 0 ? words.lessThanMinute : duration(ms, io.language);
  const takes =
    sent === 0
      ? words.noTime
      : export_ms === null
        ? words.unknownTime(time)
        : words.takes(duration(ms, io.language), words.limits[limited_by]);
  return takes + common.semicolon + words.deadline(duration(deadline_ms, io.language));
}

function costsText(io: Io, costs: Preview['costs']): string | undefined {
  if (costs === undefined) return undefined;
  const { run_id, exported, archive_bytes, function_ms, calls = {} } = costs;
  const { plan: words, run, common } = wordsOf(io);
  const parts = [
    words.ofArchives(size(archive_bytes)),
    function_ms === undefined ? undefined : run.functionTime(duration(function_ms, io.language)),
    ...Object.entries(calls).map(([service, made]) => words.callsTo(made, service.toUpperCase())),
  ];
  const known = parts.filter((part) => part !== undefined).join(common.comma);
  return known + common.note(words.lastRun(run_id, exported));
}

function monthText(io: Io, month: Preview['month']): string | undefined {
  if (month === undefined) return undefined;
  const { runs, gb_s, cph_calls, obs_calls, measured } = month;
  const { plan: words, common } = wordsOf(io);
  const parts = [
    words.monthly(String(gb_s)),
    words.callsTo(cph_calls, 'CPH'),
    words.callsTo(obs_calls, 'OBS'),
  ];
  const basis = measured ? words.measured : words.estimated;
  return parts.join(common.comma) + common.note(words.runs(runs) + common.comma + basis);
}

function warningsOf(io: Io, preview: Preview): string[] {
  const { listing_complete, missing_servers = [], estimate } = preview;
  const { unreadable = [], warnings = [] } = preview;
  const { plan: words } = wordsOf(io);
  return [
    ...warnings.map((text) => sayIn(io.language, text)),
    ...unreadable.map(({ message, hint = '' }) => `${message}. ${sayIn(io.language, hint)}`.trim()),
    ...(listing_complete ? [] : [words.incomplete]),
    ...missing_servers.map(words.noServer),
    ...(estimate === undefined || estimate.meets_deadline ? [] : [deadlineAdvice(io, estimate)]),
  ];
}

function deadlineAdvice(io: Io, { ms, deadline_ms, limited_by }: Estimate): string {
  const { plan: words } = wordsOf(io);
  const time = (of: number): string => duration(of, io.language);
  return words.late(time(ms), time(deadline_ms), words.instead[limited_by]);
}

/** Lists the phones of one kind, grouped by reason. */
function sectionText(
  io: Io,
  { phones, counts }: Preview,
  kind: (typeof SECTIONS)[number],
  all: boolean,
): string[] {
  const own = phones.filter(({ plan }) => plan === kind);
  if (own.length === 0) return [];
  const { plan: words, common } = wordsOf(io);
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
    colours(io).bold(words.sections[kind] + common.note(String(counts[kind]))),
    table(rows, io.columns, { head: words.head(last) }),
    ...(rest > 0 ? [fold(common.andMore(rest) + common.listedBy('--all'), io.columns)] : []),
  ];
}

/** Groups phones by reason, in the order of each reason's first phone. */
function byReason(phones: readonly PlannedPhoneView[]): PlannedPhoneView[] {
  const reasons = [...new Set(phones.map(({ reason }) => reason))];
  return reasons.flatMap((wanted) => phones.filter(({ reason }) => reason === wanted));
}
