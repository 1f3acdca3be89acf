import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import { DeployError } from '../errors.js';
import { sha256 } from '../change/marker.js';

/** @import { Code } from '../types.js' */

const MAX_ZIP_BYTES = 50 * 1024 * 1024;
/** A fixed time, so that the same files give the same bytes. It is the earliest that a zip can contain. */
const FILE_TIME = new Date(1980, 0, 1);

/**
 * Builds `dist/`, as `npm run build` does.
 * @param {string} root
 */
export async function build(root) {
  try {
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], {
      cwd: root,
    });
  } catch (error) {
    const { stderr = '' } = /** @type {{ stderr?: string }} */ (error);
    throw new DeployError('build', `the build failed: ${stderr.trim().slice(-2_000)}`, {
      hint: 'npm ci, then npm run build',
    });
  }
}

/**
 * Zips one handler: its bundle and the licences of the packages in it. The same files give the same bytes.
 * @param {string} root
 * @param {string} handler as `drive.handler`
 * @param {string} folder where the zip is written
 * @param {string} name
 * @returns {Promise<{ path: string, code: Code }>}
 */
export async function packageFunction(root, handler, folder, name) {
  const file = `${handler.split('.')[0]}.js`;
  const dist = join(root, 'dist');
  const bundle = await readFile(join(dist, file)).catch(() => {
    throw new DeployError('no_bundle', `dist/${file} does not exist; the handler is ${handler}`, {
      hint: 'each file in handlers/ is a handler',
    });
  });
  const files = {
    [file]: bundle,
    'THIRD-PARTY-LICENSES.txt': await readFile(join(dist, 'THIRD-PARTY-LICENSES.txt')),
    LICENSE: await readFile(join(root, 'LICENSE')),
  };
  const zip = Buffer.from(zipSync(files, { mtime: FILE_TIME, level: 9 }));
  if (zip.length > MAX_ZIP_BYTES) {
    throw new DeployError(
      'zip_too_large',
      `${name}: the zip has ${zip.length} bytes; FunctionGraph allows 50 MB`,
    );
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.zip`);
  await writeFile(path, zip);
  return { path, code: { zip, digest: sha256(zip) } };
}
