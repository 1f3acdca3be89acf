import type {
  ExportCall,
  LogLine,
  Progress,
  RunPhone,
  RunView,
} from '../../../lib/run/query/schemas/run.ts';
import { visibleAll } from '../../../lib/visible.ts';
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
  const title = (text: string) => ['', paint.bold(text)];
  return [
    fold(`${paint.bold(`Run ${run.run_id}:`)} ${stateText(run, io)}`, io.columns),
    ...summary(io, run, options.bucket),
    ...unreadableLines(io, given.run.unreadable ?? []),
    ...(phones.length === 0
      ? []
      : [...title('Phones'), ...phonesTable(io, phones, options.allPhones)]),
    ...checkLines(phones).map((line) => fold(line, io.columns, '  ')),
    ...(calls.length === 0 ? [] : [...title(callsTitle(run)), callsTable(io, calls)]),
    ...(options.log && log.length > 0 ? [...title('Log'), ...logText(io, log, names)] : []),
  ].join('\n');
}

const callsTitle = ({ kind }: RunView) => (kind === 'restore' ? 'Calls' : 'Export calls');

function stateText(run: RunView, io: Io): string {
  if (run.outcome !== null) return outcomeWord(run.outcome, colours(io));
  if (run.phase === 'quarantined') return colours(io).red('quarantined');
  return run.cancelling ? 'being cancelled' : run.phase;
}

function summary(io: Io, run: RunView, bucket: string): string[] {
  const { started_at, settled_at, counts, progress, notified, report } = run;
  const took =
    started_at === null || settled_at === null
      ? ''
      : ` after ${duration(Date.parse(settled_at) - Date.parse(started_at))}`;
  return facts(
    [
      ...whyText(run).map((text) => ['why', text] as const),
      ...drillText(run).map((text) => ['drill', text] as const),
      ['policy', run.kind === 'restore' ? undefined : run.policy || undefined],
      ['trigger', run.trigger ?? undefined],
      ['started', started_at === null ? undefined : when(io, started_at)],
      ['settled', settled_at === null ? undefined : `${when(io, settled_at)}${took}`],
      ['phones', counts === null ? undefined : countsText(counts)],
      ['progress', progress === null ? undefined : progressText(run)],
      ['fleet', run.listing_complete === false ? 'some phones may be missing' : undefined],
      ...run.failures.map(
        ({ at, code, message }) => ['step_failed', `${when(io, at)} ${code}: ${message}`] as const,
      ),
      ...metricsFacts(run.metrics),
      ['notified', notified === null ? undefined : notifiedText(io, notified)],
      ['report', report === null ? undefined : `obs://${bucket}/${report.key}`],
      ...readFacts(run.read),
      [
        'folded',
        run.folded === undefined
          ? undefined
          : 'only a summary of this old run is left: no log, and only phones that had an archive',
      ],
      ...shortfallFacts(run),
    ],
    io.columns,
  );
}

/** What the run left behind or could not do. */
function shortfallFacts({
  leftovers = [],
  not_done = [],
  missing_servers = [],
  omitted,
}: RunView): Fact[] {
  const listed = (label: string, texts: readonly string[], more = 0): Fact[] => [
    ...texts.map((text): Fact => [label, text]),
    ...(more === 0 ? [] : [[label, `… and ${more} more`] as const]),
  ];
  const kept = leftovers.map(({ key, code }) => `${key}: ${code}`);
  const undone = not_done.map(({ step, code, message }) => `${step} ${code}: ${message}`);
  return [
    ...listed('not deleted', kept, omitted?.leftovers),
    ...listed('not done', undone, omitted?.not_done),
    ...listed('no such server', missing_servers, omitted?.missing_servers),
  ];
}

function notifiedText(
  io: Io,
  { at, message_id, skipped }: NonNullable<RunView['notified']>,
): string {
  if (skipped !== undefined) return `not sent: ${skipped}`;
  return `sent ${when(io, at)}${message_id === undefined ? '' : ` ${message_id}`}`;
}

function phonesTable(io: Io, phones: readonly RunPhone[], all: boolean): string[] {
  const paint = colours(io);
  const sorted = [...phones].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const shown = all ? sorted : sorted.slice(0, PHONES);
  const isLive = (state: RunPhone['state']) =>
    ORDER.indexOf(state) > 4 && state !== 'exported' && state !== 'restored';
  const rows = shown.map((phone) => [
    phone.phone_name || phone.phone_id,
    isLive(phone.state) ? phone.state : outcomeWord(phone.state, paint),
    whyPhone(phone),
    String(phone.attempts),
    phone.size === undefined ? '' : size(phone.size),
    archiveOf(phone) ?? phone.phone_id,
  ]);
  const head = ['phone', 'outcome', 'why', 'attempts', 'size', 'archive or phone id'];
  const rest = sorted.length - shown.length;
  return [
    table(rows, io.columns, { head, right: [3, 4], whole: [0] }),
    ...(rest > 0 ? [fold(`… and ${rest} more: --phones lists them`, io.columns)] : []),
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
  const head = ['time', 'phones', 'accepted', 'refused', 'no response', 'request'];
  return table(rows, io.columns, { head, right: [1, 2, 3, 4], whole: [0] });
}
