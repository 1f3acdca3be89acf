import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeployError } from './errors.js';

/**
 * The event of `--data` or `--path`; {} without either.
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
        hint: 'events of every kind lie in events/payloads',
      },
    );
  }
}

/**
 * Calls a deployed function, waits for it and says what came back. Throws when the function failed.
 * @param {import('./types.js').Cloud} cloud
 * @param {import('./types.js').Wanted} wanted
 * @param {unknown} event
 * @param {(line: string) => void} say
 */
export async function invoke(cloud, wanted, event, say) {
  const { requestId, result, log, status } = await cloud.invoke(wanted.urn, event);
  if (log !== '') say(log.trimEnd());
  say(result);
  const failure = failureOf(result);
  if (status >= 400 || failure !== undefined) {
    throw new DeployError(
      'function_failed',
      `${wanted.name} failed: ${failure ?? `status ${status}`} (request ${requestId})`,
      {
        hint: `npx serverless logs -f ${wanted.key}`,
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
 * Runs the built function here, with the settings that it would be deployed with. Answers its exit code.
 * @param {string} root
 * @param {import('./types.js').Wanted} wanted
 * @param {unknown} event
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export function invokeLocal(root, wanted, event, env) {
  const program = join(root, 'dist/phonevault.js');
  const [handler = ''] = wanted.handler.split('.');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'invoke', handler, '--event', '-'], {
      cwd: root,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...env, ...wanted.userData, ...wanted.secrets },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
    child.stdin.on('error', () => undefined).end(JSON.stringify(event));
  });
}
