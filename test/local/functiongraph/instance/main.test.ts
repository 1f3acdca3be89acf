import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { instanceProgram } from '../../../../local/functiongraph/runtime/program.ts';
import { readLines } from '../../../../local/functiongraph/runtime/read-lines.ts';
import { eventually } from '../../support/eventually.ts';
import { CONTEXT, instanceOf } from '../../support/instance.ts';

/** The bare program, with its channel and its gate. */
function start(code: string) {
  const root = mkdtempSync(join(tmpdir(), 'program-'));
  writeFileSync(join(root, 'index.js'), code);
  const child = spawn(process.execPath, [instanceProgram(), root, 'index.handler'], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(root, { recursive: true });
  });
  const [, , , channel, gate] = child.stdio as unknown as Duplex[];
  const messages: { kind: string; result?: string }[] = [];
  readLines(channel!, (line) => void messages.push(JSON.parse(line) as (typeof messages)[0]));
  const call = (event: object) =>
    channel!.write(
      `${JSON.stringify({
        kind: 'call',
        mark: 'm',
        clock: { machineAt: 0, simulatedAt: 0, speed: 1 },
        entry: 'index.handler',
        event: JSON.stringify(event),
        context: CONTEXT,
        initializer: false,
      })}\n`,
    );
  const done = () => messages.filter(({ kind }) => kind === 'done').map(({ result }) => result);
  return { child, call, done, gate: gate! };
}

it('runs nothing between two events until the gate opens', async () => {
  const { call, done, gate } = start('exports.handler = async (event) => event.number;');
  call({ number: 1 });
  await eventually(done).toEqual(['1']);
  call({ number: 2 });
  // Another instance starts and replies meanwhile.
  await instanceOf('exports.handler = async () => 1;').call();
  expect(done()).toEqual(['1']);
  gate.write('.');
  await eventually(done).toEqual(['1', '2']);
});

it('exits when the cloud is gone', async () => {
  const { child, call, done, gate } = start('exports.handler = async () => 1;');
  call({});
  await eventually(done).toHaveLength(1);
  gate.end();
  await eventually(() => child.exitCode).toBe(0);
});
