import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { licencesText } from '../../packaging/notices.ts';

let root: string;

async function putPackage(name: string, description: object, licence?: string): Promise<string> {
  const folder = join(root, 'node_modules', name);
  await mkdir(join(folder, 'lib'), { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, ...description }));
  if (licence !== undefined) await writeFile(join(folder, 'LICENSE.md'), licence);
  return join(folder, 'lib', 'index.js');
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'phonevault-'));
});
afterAll(() => rm(root, { recursive: true }));

it('lists each package once, packages with the same text together, and no file of the project', async () => {
  const mit = { version: '1.2.3', license: 'MIT' };
  const one = await putPackage('one', mit, 'Do as\r\nyou like.\n');
  const two = await putPackage('@scope/two', mit, 'Do as\nyou like.');
  const inner = await putPackage('one/node_modules/inner', mit, 'Copyright Inner');

  const text = await licencesText([one, `${one}x`, two, inner, join(root, 'lib/own.js')]);

  const [, second, third] = text.split(/\n\n-+\n\n/);
  expect(second).toBe('@scope/two 1.2.3 (MIT)\none 1.2.3 (MIT)\n\nDo as\nyou like.');
  expect(third).toBe('one/node_modules/inner 1.2.3 (MIT)\n\nCopyright Inner\n');
  expect(text).not.toContain('own.js');
});

it('refers to the text of another package if a package contains no licence text', async () => {
  const apache = { version: '1.0.0', license: 'Apache-2.0' };
  const bare = await putPackage('bare', apache);
  const full = await putPackage('full', apache, 'The Apache License');

  expect(await licencesText([bare, full])).toContain(
    'bare 1.0.0 (Apache-2.0)\n\nThe package contains no licence text: see Apache-2.0 above or below.',
  );
  await expect(licencesText([bare])).rejects.toThrow('bare 1.0.0 contains no text of Apache-2.0');
});

it('rejects a package without a licence', async () => {
  const file = await putPackage('nameless', { version: '1.0.0' }, 'Mine.');

  await expect(licencesText([file])).rejects.toThrow('nameless 1.0.0 has no licence');
});

it('rejects a package whose licence must not be shipped', async () => {
  const gpl = await putPackage('strict', { version: '1.0.0', license: 'GPL-3.0-only' }, 'Share.');
  const mpl = await putPackage('tool', { version: '1.0.0', license: 'MPL-2.0' }, 'Share.');

  await expect(licencesText([gpl])).rejects.toThrow('strict 1.0.0 has the licence GPL-3.0-only');
  await expect(licencesText([mpl])).rejects.toThrow('must not be shipped');
});
