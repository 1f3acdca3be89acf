import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { meaningOf, runMeaning } from '../../../lib/meanings/meanings.ts';
import type { LogLine } from '../../../lib/run/query/schemas/run.ts';
import type { Io } from '../../io/io.ts';
import { fold } from '../../text/fold.ts';
import { size } from '../../text/size.ts';
import { duration, inZone } from '../../text/time.ts';
import type { LogFacts } from '../../words/en/log.ts';
import { wordsOf, type Words } from '../../words/words.ts';
import { whyPhone } from '../why-text.ts';
import { plainOutcome } from './outcome-text.ts';

const NAMES = 5;

type Event = RunEvent | { type: 'unreadable'; at: number; message: string };
type Names = ReadonlyMap<string, string>;

/** Returns a line for each event of a run's log, in words. `names` by phone id. */
export function logText(io: Io, lines: readonly LogLine[], names: Names): string[] {
  const tries = triesOf(lines);
  return lines.map((line) => {
    const { phone_id: id } = line as { phone_id?: string };
    const who = id === undefined ? '' : `${names.get(id) || id}  `;
    // Lines are events as they were read from the log.
    const text = eventText(io, withTry(line as unknown as Event, tries), names);
    const time = inZone(Date.parse(line.at), io.zone).slice(0, 'YYYY-MM-DD hh:mm:ss'.length);
    return fold(`${time}  ${who}${text}`, io.columns, '    ');
  });
}

/** Returns the number of each attempt among those of the same call for its phone: a command before an export makes that no retry. */
function triesOf(lines: readonly LogLine[]): Map<string, number> {
  const tries = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const line of lines) {
    const event = line as unknown as Event;
    if (event.type !== 'intent') continue;
    for (const { phone_id, attempt, call = 'export', command = '' } of event.attempts) {
      const same = [phone_id, call, command].join('/');
      const count = (counts.get(same) ?? 0) + 1;
      counts.set(same, count);
      tries.set(`${phone_id}/${attempt}`, count);
    }
  }
  return tries;
}

function withTry(event: Event, tries: ReadonlyMap<string, number>): Event {
  if (event.type !== 'accepted') return event;
  return { ...event, attempt: tries.get(`${event.phone_id}/${event.attempt}`) ?? event.attempt };
}

type Say = (facts: LogFacts, type: string) => string;

/** Returns what happened; the type of an event that this version does not know. */
function eventText(io: Io, event: Event, names: Names): string {
  const { log } = wordsOf(io);
  const facts = factsOf(io, event, names);
  if (event.type === 'outcome') {
    return log.outcome(plainOutcome(io, 'phoneOutcome', event.outcome), facts);
  }
  return sayOf(log, event)(facts, event.type);
}

function sayOf(log: Words['log'], event: Exclude<Event, { type: 'outcome' }>): Say {
  switch (event.type) {
    case 'intent':
      return log.intent[event.attempts[0]?.call ?? 'export'];
    case 'ended':
      return log.ended[event.result];
    case 'read':
      return log.read[event.result];
    case 'outage_started':
      return log.outage[event.to];
    case 'outage_ended':
      return log.outageOver[event.to];
    case 'notified':
      return event.skipped === undefined ? log.notified : log.notNotified;
    default:
      return Object.hasOwn(TEXTS, event.type) ? log[TEXTS[event.type]] : log.unknown;
  }
}

type Described = Exclude<
  Event['type'],
  'intent' | 'ended' | 'read' | 'outcome' | 'outage_started' | 'outage_ended' | 'notified'
>;

const TEXTS = {
  accepted: 'accepted',
  refused: 'refused',
  outcome_unknown: 'outcomeUnknown',
  unsent: 'unsent',
  postponed: 'postponed',
  verified: 'verified',
  absent: 'absent',
  archive_rejected: 'rejected',
  ready: 'ready',
  saved: 'saved',
  thawed: 'thawed',
  batch_size_reduced: 'smallerCalls',
  unlisted: 'unlisted',
  listed: 'listed',
  cancel_seen: 'cancelSeen',
  step_failed: 'stepFailed',
  not_done: 'notDone',
  delete_intent: 'deleting',
  delete_refused: 'keptByBucket',
  delete_failed: 'deleteFailed',
  superseded_deleted: 'deleted',
  read_part: 'readPart',
  read_ended: 'readEnded',
  notify_failed: 'notifyFailed',
  unreadable: 'unreadable',
} as const satisfies Record<Described, string>;

/** The fields of any event. */
type Fields = {
  attempts?: { phone_id: string }[];
  attempt?: number;
  size?: number;
  chosen?: number;
  took?: number;
  until?: number;
  key?: string;
  message?: string;
  reason?: string;
  code?: string;
  skipped?: string;
  step?: string;
};

function factsOf(io: Io, event: Event, names: Names): LogFacts {
  const fields = event as Fields;
  const { attempts = [], attempt = 1, size: bytes, took, until, key = '', message = '' } = fields;
  const phones = attempts.slice(0, NAMES).map(({ phone_id: id }) => names.get(id) || id);
  const { andMore } = wordsOf(io).common;
  const more = attempts.length > NAMES ? ` ${andMore(attempts.length - NAMES)}` : '';
  return {
    names: phones.join(' ') + more,
    count: event.type === 'batch_size_reduced' ? event.size : (fields.chosen ?? 0),
    attempt,
    why: whyText(io, fields),
    message,
    size: bytes === undefined ? '' : size(bytes),
    took: took === undefined ? '' : duration(took, io.language),
    until:
      until === undefined
        ? ''
        : inZone(until, io.zone).slice('YYYY-MM-DD '.length, -' +00:00'.length),
    key,
  };
}

/** Returns a reason and a code in words. */
function whyText(io: Io, { reason, code, skipped, step }: Fields): string {
  if (skipped !== undefined) return meaningOf('silence', skipped, io.language)?.says ?? skipped;
  const own = step === undefined ? '' : `${meaningOf('undone', step, io.language)?.says ?? step}, `;
  if (reason === undefined && code !== undefined && runMeaning(code, io.language) !== undefined) {
    return `${own}${runMeaning(code, io.language)?.says}${wordsOf(io).common.note(code)}`;
  }
  return own + whyPhone({ state: 'failed', reason, code }, io.language);
}
