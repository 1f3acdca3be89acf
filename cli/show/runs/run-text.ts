import type {
  ExportCall,
  LogLine,
  Progress,
  RunPhone,
  RunView,
} from '../../../lib/run/query/schemas/run.ts';
import { meaningOf } from '../../../lib/meanings/meanings.ts';
import { visibleAll } from '../../../lib/visible.ts';
import { wordsOf } from '../../words/words.ts';
import type { Io } from '../../io/io.ts';
import { progressText } from '../../watch/progress-bar.ts';
import { colours } from '../../text/colour.ts';
import { fold } from '../../text/fold.ts';
import { size } from '../../text/size.ts';
import { table } from '../../text/table.ts';
import { duration, inZone } from '../../text/time.ts';
import { type Fact, facts } from '../../text/facts.ts';
import { metricsFacts } from './metrics-text.ts';
import { logText } from './log-text.ts';
import { whyPhone } from '../why-text.ts';
import { countsText, drillText, outcomeWord, readFacts, whyText } from './outcome-text.ts';
import { checkLines } from './checks-text.ts';
import { unreadableLines } from '../unreadable-text.ts';
import { when } from '../../text/when.ts';
import { triggerText } from './runs-text.ts';

const PHONES = 50;

/** Phones that need attention come first. */
const ORDER: (keyof Progress)[] = [
  'failed',
  'timed_out',
  'outcome_unknown',
  'cancelled',
  'skipped',
  'waiting',
  'queued',
  'exporting',
  'verifying',
  'thawing',
  'saving',
  'restoring',
  'restarting',
  'exported',
  'restored',
];

export type RunFacts = { run: RunView; phones: RunPhone[]; calls: ExportCall[]; log: LogLine[] };

/** Describes one run. `allPhones`: not only the first 50. `log`: every event. */
export function runText(
  io: Io,
  given: RunFacts,
  options: { bucket: string; allPhones: boolean; log: boolean },
): string {
  const { run, phones, calls, log } = visibleAll(given);
  const paint = colours(io);
  const names = new Map(phones.map(({ phone_id, phone_name }) => [phone_id, phone_name]));
  const { run: words, common } = wordsOf(io);
  const title = (text: string) => ['', paint.bold(text)];
  return [
    fold(paint.bold(words.title(run.run_id)) + common.space + stateText(run, io), io.columns),
    ...summary(io, run, options.bucket),
    ...unreadableLines(io, given.run.unreadable ?? []),
    ...(phones.length === 0
      ? []
      : [...title(words.phones), ...phonesTable(io, phones, options.allPhones)]),
    ...checkLines(io, phones).map((line) => fold(line, io.columns, '  ')),
    ...(calls.length === 0
      ? []
      : [
          ...title(run.kind === 'restore' ? words.restoreCalls : words.exportCalls),
          callsTable(io, calls),
        ]),
    ...(options.log && log.length > 0 ? [...title(words.log), ...logText(io, log, names)] : []),
  ].join('\n');
}

function stateText(run: RunView, io: Io): string {
  const { phases, cancelling } = wordsOf(io).run;
  if (run.outcome !== null) return outcomeWord(io, 'runOutcome', run.outcome);
  if (run.phase === 'quarantined') return colours(io).red(phases.quarantined);
  return run.cancelling ? cancelling : phases[run.phase];
}

function summary(io: Io, run: RunView, bucket: string): string[] {
  const { started_at, settled_at, counts, progress, notified, report } = run;
  const words = wordsOf(io).run;
  const { labels } = words;
  const took =
    started_at === null || settled_at === null
      ? ''
      : words.after(duration(Date.parse(settled_at) - Date.parse(started_at), io.language));
  return facts(
    [
      ...whyText(io, run).map((text) => [labels.why, text] as const),
      ...drillText(io, run).map((text) => [labels.drill, text] as const),
      [labels.policy, run.kind === 'restore' ? undefined : run.policy || undefined],
      [labels.trigger, triggerText(io, run)],
      [labels.started, started_at === null ? undefined : when(io, started_at)],
      [labels.settled, settled_at === null ? undefined : `${when(io, settled_at)}${took}`],
      [labels.phones, counts === null ? undefined : countsText(io, counts)],
      [labels.progress, progress === null ? undefined : progressText(io, run)],
      [labels.fleet, run.listing_complete === false ? words.fleetIncomplete : undefined],
      ...run.failures.map(
        ({ at, code, message }) =>
          [labels.stepFailed, `${when(io, at)} ${code}: ${message}`] as const,
      ),
      ...metricsFacts(io, run.metrics),
      [labels.notified, notified === null ? undefined : notifiedText(io, notified)],
      [labels.report, report === null ? undefined : `obs://${bucket}/${report.key}`],
      ...readFacts(io, run.read),
      [labels.folded, run.folded === undefined ? undefined : words.foldedText],
      ...shortfallFacts(io, run),
    ],
    io.columns,
  );
}

/** What the run left behind or could not do. */
function shortfallFacts(
  io: Io,
  { leftovers = [], not_done = [], missing_servers = [], omitted }: RunView,
): Fact[] {
  const { run: words, common } = wordsOf(io);
  const { labels } = words;
  const listed = (label: string, texts: readonly string[], more = 0): Fact[] => [
    ...texts.map((text): Fact => [label, text]),
    ...(more === 0 ? [] : [[label, common.andMore(more)] as const]),
  ];
  const kept = leftovers.map(({ key, code }) => `${key}: ${code}`);
  const undone = not_done.map(({ step, code, message }) => `${step} ${code}: ${message}`);
  return [
    ...listed(labels.notDeleted, kept, omitted?.leftovers),
    ...listed(labels.notDone, undone, omitted?.not_done),
    ...listed(labels.noSuchServer, missing_servers, omitted?.missing_servers),
  ];
}

function notifiedText(
  io: Io,
  { at, message_id, skipped }: NonNullable<RunView['notified']>,
): string {
  const words = wordsOf(io).run;
  if (skipped === undefined) return words.sent(when(io, at), message_id ?? '');
  return words.notSent(meaningOf('silence', skipped, io.language)?.says ?? skipped);
}

function phonesTable(io: Io, phones: readonly RunPhone[], all: boolean): string[] {
  const { run: words, common } = wordsOf(io);
  const sorted = [...phones].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const shown = all ? sorted : sorted.slice(0, PHONES);
  const rows = shown.map((phone) => [
    phone.phone_name || phone.phone_id,
    phone.state in words.states
      ? words.states[phone.state as keyof typeof words.states]
      : outcomeWord(io, 'phoneOutcome', phone.state),
    whyPhone(phone, io.language),
    String(phone.attempts),
    phone.size === undefined ? '' : size(phone.size),
    archiveOf(phone) ?? phone.phone_id,
  ]);
  const rest = sorted.length - shown.length;
  return [
    table(rows, io.columns, {
      ...{ head: words.phonesHead, right: [3, 4], whole: [0, 1] },
      // Why it failed says more than a part of a key.
      spare: [5, 3],
    }),
    ...(rest > 0 ? [fold(common.andMore(rest) + common.listedBy('--phones'), io.columns)] : []),
  ];
}

function archiveOf({ bucket, key, source }: RunPhone): string | undefined {
  if (key !== undefined) return `obs://${bucket ?? ''}/${key}`;
  return source && `obs://${source.bucket}/${source.key}`;
}

function callsTable(io: Io, calls: readonly ExportCall[]): string {
  const rows = calls.map(({ at, phones, accepted, refused, outcome_unknown, request_id }) => [
    inZone(Date.parse(at), io.zone),
    ...[phones, accepted, refused, outcome_unknown].map(String),
    request_id ?? '',
  ]);
  const head = wordsOf(io).run.callsHead;
  return table(rows, io.columns, { head, right: [1, 2, 3, 4], whole: [0] });
}
