import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openObjects } from '../../local/open-objects.ts';
import { type LocalOptions, parseOptions } from '../../local/options.ts';

const env = { PHONEVAULT_LOCAL_OBS_SECRET_KEY: 'b' };

const options = (...args: string[]) => {
  const parsed = parseOptions(args, env);
  return (parsed as { options: LocalOptions }).options;
};

it('keeps objects in memory by default, with --data as files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'objects-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const memory = await openObjects(options(), 'bucket');
  expect([memory.server, await memory.backend.hasBucket('bucket')]).toEqual([undefined, false]);
  const { backend } = await openObjects(options('--data', folder), 'bucket');
  await backend.createBucket('bucket');
  expect(existsSync(join(folder, 'obs', 'bucket'))).toBe(true);
});

it('rejects if the object server cannot be reached', async () => {
  const args = '--obs http://127.0.0.1:1 --obs-access-key a'.split(' ');
  await expect(openObjects(options(...args), 'bucket')).rejects.toThrow('cannot be reached');
});
