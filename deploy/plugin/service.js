import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountOf, readLocal } from './account.js';
import { createCloud } from './cloud.js';
import { DeployError } from './errors.js';
import { demandSettings } from './given.js';
import { build, packageFunction } from './package.js';
import { wantedFunction } from './wanted.js';

/**
 * serverless.yml as the verbs need it: what each function shall be, its code, and the cloud it goes to.
 * @param {any} serverless
 * @param {string} root
 */
export function createService(serverless, root) {
  /** @returns {string[]} */
  const keys = () => serverless.service.getAllFunctions();

  /** @param {string} key */
  const wanted = (key) => {
    const { service } = serverless;
    if (!keys().includes(key)) {
      throw new DeployError('no_function', `there is no function ${key} in serverless.yml`, {
        hint: `one of ${keys().join(', ')}`,
      });
    }
    const { provider } = service;
    demandSettings(provider);
    const definition = service.getFunction(key);
    return wantedFunction({
      service: service.service,
      stage: provider.stage,
      provider,
      key,
      definition,
    });
  };
  const wantedAll = () => keys().map(wanted);

  const account = async (env = process.env) => {
    const { provider } = serverless.service;
    demandSettings(provider);
    return accountOf(provider, env, await readLocal(root, provider.stage));
  };

  /** The zips of these functions, or of all. */
  const pack = async (chosen = keys()) => {
    const packed = [];
    for (const shall of chosen.map(wanted)) {
      const folder = join(root, '.serverless');
      packed.push({
        wanted: shall,
        ...(await packageFunction(root, shall.handler, folder, shall.name)),
      });
    }
    return packed;
  };

  return {
    wanted,
    wantedAll,
    pack,
    build: () => build(root),
    /** Every fault of serverless.yml comes before anything is built. */
    async packageAll() {
      wantedAll();
      await build(root);
      return pack();
    },
    async connect() {
      return createCloud(await account(), (ms) => sleep(ms));
    },
    /** The keys to sign with, by the names of the SDKs' environment. @param {NodeJS.ProcessEnv} env */
    async keysFor(env) {
      const { accessKey, secretKey, securityToken } = await account(env);
      return {
        HUAWEICLOUD_SDK_AK: accessKey,
        HUAWEICLOUD_SDK_SK: secretKey,
        ...(securityToken === undefined ? {} : { HUAWEICLOUD_SDK_SECURITY_TOKEN: securityToken }),
      };
    },
  };
}
