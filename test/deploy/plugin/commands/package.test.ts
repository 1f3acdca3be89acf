import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, packageFunction } from '../../../../deploy/plugin/commands/package.js';

const root = join(import.meta.dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'phonevault-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => build(root), 120_000);

const handlers = ['schedule', 'http', 'event', 'drive'];

describe('a zip', () => {
  it.each(handlers)('of %s has the same bytes each time', async (name) => {
    const first = await packageFunction(root, `${name}.handler`, folder, 'first');
    const second = await packageFunction(root, `${name}.handler`, folder, 'second');
    expect(second.code.digest).toBe(first.code.digest);
    expect(readFileSync(second.path).equals(first.code.zip)).toBe(true);
  });

  it.each(handlers)(
    'of %s contains its bundle and the licences, and no development code',
    async (name) => {
      const { code } = await packageFunction(root, `${name}.handler`, folder, name);
      const files = unzipSync(code.zip);
      expect(Object.keys(files).sort()).toEqual([
        'LICENSE',
        'THIRD-PARTY-LICENSES.txt',
        `${name}.js`,
      ]);
      const bundle = new TextDecoder().decode(files[`${name}.js`]);
      expect(/sourceMappingURL|\/_local\/|createCloud/.exec(bundle)?.[0]).toBeUndefined();
      expect(code.zip.length).toBeLessThan(2_000_000);
    },
  );

  it('of a missing handler is rejected', async () => {
    await expect(packageFunction(root, 'nobody.handler', folder, 'x')).rejects.toMatchObject({
      code: 'no_bundle',
    });
  });
});
