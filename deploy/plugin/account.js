import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DeployError } from './errors.js';

/** @import { Account } from './types.js' */

/** `npm run local` writes its ready line here. */
const READY_FILE = '.phonevault/local.json';

const START_LOCAL = 'start the embedded cloud in another terminal, in this folder: npm run local';

/**
 * Returns the ready line of the embedded cloud for the stage `local`, and undefined for any other stage.
 * @param {string} root
 * @param {string} stage
 * @param {string} [file]
 * @returns {Promise<Record<string, string> | undefined>}
 */
export async function readLocal(
  root,
  stage,
  file = process.env['PHONEVAULT_READY_FILE'] || READY_FILE,
) {
  if (stage !== 'local') return undefined;
  try {
    return JSON.parse(await readFile(resolve(root, file), 'utf8'));
  } catch (error) {
    const isAbsent = /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
    const what = isAbsent ? 'does not exist' : 'cannot be read';
    throw new DeployError('no_local_cloud', `stage local: ${file} ${what}`, {
      hint: START_LOCAL,
      cause: error,
    });
  }
}

/**
 * Returns the region and keys of a deployment. The keys come from the SDK's environment variables or, for the stage
 * `local`, from the embedded cloud.
 * @param {{ region: string, projectId?: string, endpoint?: string, ltsEndpoint?: string }} provider
 * @param {Record<string, string | undefined>} env
 * @param {Record<string, string> | undefined} local
 * @returns {Account}
 */
export function accountOf(provider, env, local) {
  const accessKey = local?.['accessKey'] ?? env['HUAWEICLOUD_SDK_AK'];
  const secretKey = local?.['secretKey'] ?? env['HUAWEICLOUD_SDK_SK'];
  if (!accessKey || !secretKey) {
    throw new DeployError('no_credentials', 'no keys to deploy with', {
      hint: 'export HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK (with temporary keys HUAWEICLOUD_SDK_SECURITY_TOKEN too)',
    });
  }
  if (!provider.projectId) {
    throw new DeployError('no_project', 'provider.projectId is empty', {
      hint: "export PHONEVAULT_PROJECT_ID, or --param projectId=ID: the id of the region's project (console, My Credentials)",
    });
  }
  const endpoint =
    provider.endpoint || `https://functiongraph.${provider.region}.myhuaweicloud.com`;
  const ltsEndpoint = provider.ltsEndpoint || `https://lts.${provider.region}.myhuaweicloud.com`;
  for (const [name, url] of Object.entries({ endpoint, ltsEndpoint })) {
    if (isSafe(url)) continue;
    throw new DeployError(
      'endpoint_invalid',
      `provider.${name} is ${url}: use https, or http on this machine`,
    );
  }
  return {
    region: provider.region,
    projectId: provider.projectId,
    endpoint,
    ltsEndpoint,
    accessKey,
    secretKey,
    securityToken: local?.['securityToken'] ?? env['HUAWEICLOUD_SDK_SECURITY_TOKEN'],
  };
}

/** @param {string} endpoint */
function isSafe(endpoint) {
  if (endpoint.startsWith('https://')) return true;
  return /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/?$/.test(endpoint);
}
