import { join } from 'node:path';
import { sumCalls } from './call-counts.ts';
import type { CallCounts, DemoPhone, TopicMessage } from './local-api.ts';
import { groupOutcomes, outcomeLines } from './outcomes.ts';
import type { Report } from './run-folder.ts';
import type { Colour, Screen } from './screen.ts';
import { bytes, elapsed, plural } from './text.ts';

const COLOURS: Record<string, Colour> = { exported: 'green', skipped: 'yellow' };

/** What became of every phone, and why. */
export function printOutcomes(screen: Screen, report: Report, phones: readonly DemoPhone[]): void {
  const names = new Map(phones.map(({ phone_id, phone_name }) => [phone_id, phone_name]));
  // The notification names failed phones by their ids.
  const groups = groupOutcomes(report.phones, ({ phone_id, outcome }) =>
    [names.get(phone_id), outcome === 'failed' && `(${phone_id})`].filter(Boolean).join(' '),
  );
  const heading = (title: string, outcome: string) =>
    screen.paint(COLOURS[outcome] ?? 'red', title);
  title(screen, `Run ${report.run_id}: ${report.outcome}`);
  for (const line of outcomeLines(groups, screen.width(), heading)) screen.raw(line);
}

/** The notification as the topic received it. */
export function printNotification(screen: Screen, messages: readonly TopicMessage[]): void {
  title(screen, 'Notification, as the topic received it');
  if (messages.length === 0) screen.say('none', 'red');
  for (const message of messages) {
    if (message.subject !== null) screen.say(message.subject, 'bold');
    screen.say(textOf(message));
  }
}

/** Where the archives lie: `objects` is the folder that holds the buckets. */
export function printArchives(screen: Screen, report: Report, objects: string): void {
  const archives = report.phones.flatMap(({ bucket, key, size }) =>
    bucket === undefined || key === undefined ? [] : [{ file: join(objects, bucket, key), size }],
  );
  const first = archives[0];
  title(screen, 'Archives');
  if (first === undefined) return screen.say('none');
  const size = archives.reduce((sum, archive) => sum + (archive.size ?? 0), 0);
  screen.say(`${plural(archives.length, 'tar file')}, ${bytes(size)} in all, in`);
  screen.raw(`  ${join(first.file, '..')}`);
  screen.say('Look into one:');
  screen.raw(`  tar -tf ${first.file}`);
}

export function printFigures(screen: Screen, counts: CallCounts, ms: number, log: string): void {
  const { total, refused, services } = sumCalls(counts);
  const parts = services.map((service) => `${service.name} ${service.total}`).join(', ');
  title(screen, 'Figures');
  screen.say(`${elapsed(ms)}, ${plural(total, 'call')} (${parts}; ${refused} refused)`);
  screen.say(`What the functions logged: ${log}`);
}

function title(screen: Screen, text: string): void {
  screen.raw('');
  screen.say(text, 'bold');
}

function textOf({ message, message_structure: structure }: TopicMessage): string {
  if (structure === null) return message ?? '';
  return (JSON.parse(structure) as { default: string }).default;
}
