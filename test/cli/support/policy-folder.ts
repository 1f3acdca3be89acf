import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NIGHTLY } from '../../../testing/night.ts';

const BROKEN = NIGHTLY.replace('select:', 'selct:');

/** Makes a folder with a valid policy, a broken one, one with the line ends of Windows and an empty file. Returns its path. */
export async function policyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'phonevault-'));
  await writeFile(join(folder, 'nightly.yaml'), NIGHTLY);
  await writeFile(join(folder, 'broken.yaml'), BROKEN.replace('nightly', 'broken'));
  await writeFile(
    join(folder, 'crlf.yaml'),
    `\uFEFF${BROKEN.replace('nightly', 'crlf').replaceAll('\n', '\r\n')}`,
  );
  await writeFile(join(folder, 'empty.yaml'), '');
  return folder;
}
