import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountOf, readLocal } from './account.js';
import { createCloud } from './cloud.js';
import { DeployError } from './errors.js';
import { checkSettings } from './desired/check-settings.js';
import { checkValues } from './desired/check-values.js';
import { build, packageFunction } from './commands/package.js';
import { desiredFunction } from './desired/desired-function.js';

/**
 * Returns what the commands need of serverless.yml: the functions, their code, and the connection to the cloud.
 * @param {any} serverless
 * @param {string} root
 */
export function createService(serverless, root) {
  /** @returns {string[]} */
  const keys = () => serverless.service.getAllFunctions();

  /** @param {string} key */
  const desired = (key) => {
    const { service } = serverless;
    if (!keys().includes(key)) {
      throw new DeployError('no_function', `serverless.yml has no function ${key}`, {
        hint: `functions: ${keys().join(', ')}`,
      });
    }
    const { provider } = service;
    checkSettings(provider);
    const definition = service.getFunction(key);
    return desiredFunction({
      service: service.service,
      stage: provider.stage,
      provider,
      key,
      definition,
    });
  };
  const allDesired = () => keys().map(desired);

  const account = async (env = process.env) => {
    const { provider } = serverless.service;
    checkSettings(provider);
    return accountOf(provider, env, await readLocal(root, provider.stage));
  };

  /** Returns the zips of some or all functions. With `deploy --package` nothing else has checked the settings. */
  const pack = async (chosen = keys()) => {
    const functions = chosen.map(desired);
    await checkValues(functions);
    const packed = [];
    for (const one of functions) {
      const folder = join(root, '.serverless');
      packed.push({
        desired: one,
        ...(await packageFunction(root, one.handler, folder, one.name)),
      });
    }
    return packed;
  };

  return {
    desired,
    allDesired,
    pack,
    /** Returns a function and the section `custom`, once no setting has an error. @param {string} key */
    async checked(key) {
      await checkValues(allDesired());
      return { desired: desired(key), custom: serverless.service.custom ?? {} };
    },
    /** Reports errors in serverless.yml and in the settings before it builds anything. */
    async packageAll(chosen = keys()) {
      await checkValues(chosen.map(desired));
      await build(root);
      return pack(chosen);
    },
    build: () => build(root),
    async connect() {
      return createCloud(await account(), (ms) => sleep(ms));
    },
    /** Returns the keys as environment variables of the SDK. @param {NodeJS.ProcessEnv} env */
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
