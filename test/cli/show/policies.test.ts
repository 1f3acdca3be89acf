import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { cliNight } from '../support/cli-night.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describe('an unknown policy', () => {
  it('says where to upload policies while there are none', async () => {
    const cli = await cliNight();
    const { err } = await cli.run('plan', 'nightly');
    expect(err).toContain('upload one to obs://phonevault-demo/phonevault/policies/<name>.yaml');
  });
});
