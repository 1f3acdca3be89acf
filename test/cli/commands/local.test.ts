import { expect, it } from 'vitest';
import type { Io } from '../../../cli/io/io.ts';
import { partsFrom } from '../../../cli/io/parts.ts';
import { runNode } from '../../../cli/io/run-node.ts';
import { join } from 'node:path';
import { fakeIo } from '../support/fake-io.ts';

const parts = { version: '0', dist: '', worker: '', local: ['local.js'] };

it('passes every argument on, and returns the exit code of the embedded cloud', async () => {
  const ran: string[][] = [];
  const runNodeHere: Io['runNode'] = async (args) => {
    ran.push(args);
    return { code: 2, text: '' };
  };
  const { code } = await fakeIo({ parts, runNode: runNodeHere }).run(
    'local',
    '--port',
    '0',
    '--switch',
    'a=b',
    '--json',
  );

  expect(code).toBe(2);
  expect(ran).toEqual([['local.js', '--port', '0', '--switch', 'a=b', '--json']]);
});

it('shows the options of the embedded cloud', async () => {
  const io = { parts: partsFrom(join(import.meta.dirname, '../../../cli')), runNode };

  const { code, out } = await fakeIo(io).run('local', '--help');

  expect(code).toBe(0);
  expect(out).toMatch(/^Usage: phonevault local \[options\]/);
  expect(out).toContain('--phones N');
  expect(out).toContain('$ phonevault local --port 18000');
});
