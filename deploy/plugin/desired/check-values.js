import { tsImport } from 'tsx/esm/api';
import { DeployError } from '../errors.js';

/** @import { Desired } from '../types.js' */

/**
 * Throws one DeployError with every setting that the deployed functions would refuse, by the rules of the functions themselves.
 * No value of a secret is shown.
 * @param {readonly Pick<Desired, 'userData' | 'secrets'>[]} functions
 */
export async function checkValues(functions) {
  /** @type {typeof import('../../../lib/runtime/settings.ts')} */
  const { readSettings } = await tsImport('../../../lib/runtime/settings.ts', import.meta.url);
  const errors = functions.flatMap(({ userData, secrets }) => {
    const given = new Map(Object.entries({ ...userData, ...secrets }));
    try {
      readSettings({ getUserData: (name) => given.get(name) }, { env: {}, needsTopic: true });
      return [];
    } catch (error) {
      const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
      if (code !== 'setting_invalid') throw error;
      return message.split('\n');
    }
  });
  if (errors.length === 0) return;
  throw new DeployError('setting_invalid', [...new Set(errors)].join('\n'), {
    hint: 'nothing was deployed: correct the environment variables or the --param of these names',
  });
}
