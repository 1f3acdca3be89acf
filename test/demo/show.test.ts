import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE, showNextSteps, showNotification, showOutcome, writePage } from '../../demo/show.ts';
import { readOutcome } from '../../cli/show/runs/outcome-text.ts';
import { NIGHTLY } from '../../testing/night.ts';
import { cliNight } from '../cli/support/cli-night.ts';
import { fakeIo } from '../cli/support/fake-io.ts';

type Outcome = Awaited<ReturnType<typeof readOutcome>>;

const RUN = 'nightly-20260101t183000z';
const phone = { phone_id: 'p1', phone_name: 'game-1', server_id: 's1', attempts: 1 };
const exported = { ...phone, state: 'exported', bucket: 'b', key: 'nightly/p1-1.tar', size: 2_000 };

const outcome = (run: string, phones: unknown[] = [exported]) =>
  ({ view: { run_id: RUN, phase: 'settled', outcome: run, report: null }, phones }) as Outcome;

describe('the outcome', () => {
  it.each(['completed', 'partial'])('is printed when it is %s', (run) => {
    const { io, printed } = fakeIo();
    showOutcome(io, outcome(run), 'b');

    expect(printed.out.join('')).toContain(`Run ${RUN}: ${run}\nexported (1)\n  game-1`);
  });

  it.each(['failed', 'cancelled', 'skipped'])('fails the demo when it is %s', (run) => {
    const { io, printed } = fakeIo();

    expect(() => showOutcome(io, outcome(run), 'b')).toThrow(`run ${RUN} ended as ${run}`);
    expect(printed.out.join('')).toContain('exported (1)');
  });
});

describe('the notification', () => {
  const other = { subject: 'S1', text: 'a function failed' };
  const own = { subject: 'S2', text: `Run: ${RUN}` };

  it('is printed once it comes, and no message about something else', async () => {
    const { io, printed } = fakeIo();
    const lists = [[], [other], [other, own]];
    await showNotification(io, { messages: async () => lists.shift() ?? [] }, RUN);

    expect(printed.out).toEqual(['\nNotification', `S2\nRun: ${RUN}`]);
  });

  it('fails the demo when it does not come', async () => {
    const { io } = fakeIo();

    await expect(showNotification(io, { messages: async () => [other] }, RUN)).rejects.toThrow(
      `the topic received no message about ${RUN}`,
    );
  });
});

it('ends with three commands, not folded', () => {
  const { io, printed } = fakeIo({ columns: 40 });
  showNextSteps(io, outcome('completed', [phone, exported, exported]), '.phonevault', 16_400);

  const lines = printed.out.join('\n').split('\n');
  expect(lines[1]).toBe('2 archives, 4.0 KB, in 16 s. Try next:');
  expect(lines.filter((line) => !line.startsWith('#')).slice(2)).toEqual([
    'tar -tf .phonevault/obs/b/nightly/p1-1.tar',
    'npm run local -- --data .phonevault',
    'eval "$(npm run --silent local:env)" && npx phonevault plan nightly',
  ]);
});

it('leaves the page as a file, as of when the run settled', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'phonevault-demo-'));
  const cli = await cliNight({ io: { cwd: folder } });
  await cli.night.putPolicy(NIGHTLY);
  const runId = await cli.night.requestRun();
  await cli.night.settle(runId);
  const outcome = await readOutcome(cli.night.invocation().deps, runId);

  await writePage(cli.io, outcome, folder);

  const html = readFileSync(join(folder, PAGE), 'utf8');
  rmSync(folder, { recursive: true });
  expect(cli.printed.out.at(-1)).toBe('report.html');
  expect(html).toContain('6 fresh');
});
