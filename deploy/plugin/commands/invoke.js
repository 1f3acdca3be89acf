import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeployError } from '../errors.js';
import { visible } from '../from-lib.js';

/** @import { Cloud, Desired } from '../types.js' */

/**
 * Returns the event of `--data` or `--path`, by default {}.
 * @param {{ data?: string, path?: string }} options
 * @returns {Promise<unknown>}
 */
export async function eventOf({ data, path }) {
  const text = path === undefined ? (data ?? '{}') : await readFile(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DeployError(
      'event_invalid',
      `${path ?? '--data'} is not JSON: ${/** @type {Error} */ (error).message}`,
      {
        hint: 'events/payloads contains examples',
      },
    );
  }
}

/**
 * Invokes a deployed function and prints its log and result. Throws if the function failed.
 * @param {Cloud} cloud
 * @param {Desired} desired
 * @param {unknown} event
 * @param {(line: string) => void} print
 */
export async function invoke(cloud, desired, event, print) {
  const { requestId, result, log, status } = await cloud.invoke(desired.urn, event);
  if (log !== '') print(visible(log.trimEnd(), '\n\t'));
  print(visible(result));
  const failure = failureOf(result);
  if (status >= 400 || failure !== undefined) {
    throw new DeployError(
      'function_failed',
      `${desired.name} failed: ${visible(failure ?? `status ${status}`)} (request ${visible(requestId)})`,
      {
        hint: `npx serverless logs -f ${desired.key}`,
      },
    );
  }
}

/** @param {string} result */
function failureOf(result) {
  try {
    const { errorMessage } = JSON.parse(result) ?? {};
    return typeof errorMessage === 'string' ? errorMessage : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs the built function on this machine, with the settings of a deployment. Returns its exit code.
 * @param {string} root
 * @param {Desired} desired
 * @param {unknown} event
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export function invokeLocal(root, desired, event, env) {
  const program = join(root, 'dist/phonevault.js');
  const [handler = ''] = desired.handler.split('.');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'invoke', handler, '--event', '-'], {
      cwd: root,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...env, ...desired.userData, ...desired.secrets },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
    child.stdin.on('error', () => undefined).end(JSON.stringify(event));
  });
}
