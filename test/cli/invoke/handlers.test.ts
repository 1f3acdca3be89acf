import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { handlerFile } from '../../../cli/invoke/handlers.ts';

let dist: string;

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'phonevault-'));
  for (const name of ['echo', 'phonevault', 'local', 'invoke-worker', 'function-instance']) {
    await writeFile(join(dist, `${name}.js`), '');
  }
});
afterAll(() => rm(dist, { recursive: true }));

it('returns the file of a built handler', async () => {
  expect(await handlerFile(dist, 'echo')).toBe(join(dist, 'echo.js'));
});

it.each(['ehco', 'local', 'phonevault', '../x', 'invoke-worker', 'function-instance'])(
  'refuses %s, and names the handlers that exist',
  async (name) => {
    await expect(handlerFile(dist, name)).rejects.toMatchObject({
      name: 'WrongUse',
      hint: expect.stringContaining('handlers: echo') as string,
    });
  },
);
