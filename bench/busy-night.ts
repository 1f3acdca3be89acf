import { parseArgs } from 'node:util';
import { type RunCourse, type PlayedNight, playNight } from '../testing/busy-night/play-night.ts';

const MINUTE = 60_000;

/**
 * Plays one night twice in virtual time, from the same seed: the run of 02:30 alone, then with phones bought and reset, late and
 * repeated events, HTTP calls, a second policy and broken requests at the same time. Prints the course of each run, and a
 * comparison of the two.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      phones: { type: 'string', default: '5000' },
      seed: { type: 'string', default: '11' },
    },
  });
  const [phones, seed] = [Number(values.phones), Number(values.seed)];
  const servers = Math.max(3, Math.round(phones / 50));
  console.log(`${phones} phones on ${servers} servers, seed ${seed}`);
  const [quiet, quietSeconds] = await timed(() =>
    playNight({ phones, servers, seed, busy: false }),
  );
  const [busy, busySeconds] = await timed(() => playNight({ phones, servers, seed, busy: true }));

  console.log('\nrequested  first call  settled  phones  exported  outcome    run');
  for (const course of busy.courses) console.log(rowOf(course, busy.large.requestedAt));

  const cells = (name: string, of: (played: PlayedNight) => number, digits = 0): string => {
    const [a, b] = [of(quiet), of(busy)];
    const ratio = a === 0 ? '' : (b / a).toFixed(2);
    return `${name.padEnd(42)}${a.toFixed(digits).padStart(9)}${b.toFixed(digits).padStart(9)}${ratio.padStart(8)}`;
  };
  const seconds = new Map([
    [quiet, quietSeconds],
    [busy, busySeconds],
  ]);
  console.log(
    `\n${''.padEnd(42)}${'quiet'.padStart(9)}${'busy'.padStart(9)}${'ratio'.padStart(8)}`,
  );
  const lines = [
    cells('large run: minutes until settled', ({ large }) => minutesOf(large), 1),
    cells('large run: phones exported', ({ large }) => large.report.counts.exported),
    cells('exports accepted, all runs', ({ night }) => acceptedOf(night.exports)),
    cells('export calls', ({ night }) => callsOf(night, 'batch-storage')),
    cells('calls to CPH', ({ night }) => callsOf(night)),
    cells('drives', ({ drives }) => drives),
    cells('exports of one phone at the same time', ({ overlaps }) => overlaps),
    cells('seconds to play', (played) => seconds.get(played) ?? 0, 1),
  ];
  console.log(lines.join('\n'));

  const { events, firstBackups } = busy;
  const expected = [...(events?.firstBackups ?? [])];
  const wrong = expected.filter(([id, count]) => firstBackups.get(`newphones ${id}`) !== count);
  const due = expected.reduce((sum, [, count]) => sum + count, 0);
  console.log(
    `\nfirst backups: ${due} due, ${expected.length} phones, ${firstBackups.size} requested, ${wrong.length} wrong`,
  );
  console.log(`HTTP responses by status: ${JSON.stringify(events?.statuses)}`);
}

async function timed<T>(play: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await play(), (performance.now() - began) / 1000];
}

function rowOf({ runId, requestedAt, firstCallAt, report }: RunCourse, from: number): string {
  const minutes = (ms: number | undefined): string =>
    ms === undefined ? '-' : (ms / MINUTE).toFixed(1);
  const first = firstCallAt === undefined ? undefined : firstCallAt - requestedAt;
  return [
    `+${minutes(requestedAt - from)}`.padStart(9),
    minutes(first).padStart(11),
    minutes(Date.parse(report.settled_at) - requestedAt).padStart(8),
    String(report.counts.selected).padStart(7),
    String(report.counts.exported).padStart(9),
    `  ${report.outcome.padEnd(10)}`,
    runId,
  ].join(' ');
}

const minutesOf = ({ requestedAt, report }: RunCourse): number =>
  (Date.parse(report.settled_at) - requestedAt) / MINUTE;

const acceptedOf = (exports: PlayedNight['night']['exports']): number =>
  exports.filter(({ accepted }) => accepted).length;

function callsOf({ cloud }: PlayedNight['night'], operation?: string): number {
  const counts = Object.entries(cloud.control.calls().cph ?? {});
  return counts
    .filter(([name]) => operation === undefined || name === operation)
    .reduce((sum, [, { ok, refused }]) => sum + ok + refused, 0);
}

await main();
