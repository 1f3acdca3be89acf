import { join, relative } from 'node:path';
import { changedIo } from '../cli/io/changed-io.ts';
import type { Io } from '../cli/io/io.ts';
import { runCli } from '../cli/run-cli.ts';
import { outcomeText, type readOutcome } from '../cli/show/runs/outcome-text.ts';
import { count } from '../cli/text/plural.ts';
import { size } from '../cli/text/size.ts';
import { duration } from '../cli/text/time.ts';
import type { LocalApi } from './local-api.ts';
import { say, title } from './terminal.ts';

type Outcome = Awaited<ReturnType<typeof readOutcome>>;

const MESSAGE_MS = 10_000;
const POLL_MS = 200;
/** The page of the demo, in its folder. */
export const PAGE = 'report.html';

/** Prints the outcome of every phone. Throws unless the run is completed or partial. */
export function showOutcome(io: Io, { view, phones }: Outcome, bucket: string): void {
  io.out(`\n${outcomeText(io, view, phones, { bucket, allPhones: true })}`);
  if (view.outcome === 'completed' || view.outcome === 'partial') return;
  throw new Error(`run ${view.run_id} ended as ${view.outcome ?? view.phase}`);
}

/** Prints the notification about a run. Throws when the topic has none after 10 s. */
export async function showNotification(
  io: Io,
  api: Pick<LocalApi, 'messages'>,
  runId: string,
): Promise<void> {
  const { clock } = io;
  const deadline = clock.now() + MESSAGE_MS;
  for (;;) {
    const messages = await api.messages();
    const found = messages.find(({ text }) => text.includes(runId));
    if (found !== undefined) {
      title(io, 'Notification');
      say(io, `${found.subject}\n${found.text}`);
      return;
    }
    if (clock.now() > deadline) throw new Error(`the topic received no message about ${runId}`);
    await clock.sleep(POLL_MS);
  }
}

/** Writes the page about the ledger into a file of the folder of the demo and prints its path. */
export async function writePage(cli: Io, { view }: Outcome, folder: string): Promise<void> {
  const file = join(folder, PAGE);
  const { clock } = cli;
  // The clock of the cloud is ahead: on the page the run has just settled.
  const ahead = Math.max(0, Date.parse(view.settled_at ?? '') - clock.now()) || 0;
  const later = { ...clock, now: () => clock.now() + ahead };
  const quiet = changedIo(cli, { out: () => undefined, clock: later });
  const code = await runCli(['ui', '--out', file, '--no-checks'], quiet);
  if (code !== 0) throw new Error('the page was not written');
  title(cli, 'Page: open it in a browser');
  cli.out(relative(cli.cwd, file));
}

/** Prints three commands that work in the checkout after the demo, not folded. `data` is the folder of the demo. */
export function showNextSteps(io: Io, { phones }: Outcome, data: string, ms: number): void {
  const archives = phones.filter(({ key }) => key !== undefined);
  const bytes = archives.reduce((sum, archive) => sum + (archive.size ?? 0), 0);
  const { bucket = '', key = '' } = archives[0] ?? {};
  title(io, `${count(archives.length, 'archive')}, ${size(bytes)}, in ${duration(ms)}. Try next:`);
  io.out(`# List the files in an archive
tar -tf ${join(data, 'obs', bucket, key)}
# Start this cloud again
npm run local -- --data ${data}
# In a second terminal: the next run
eval "$(npm run --silent local:env)" && npx phonevault plan nightly`);
}
