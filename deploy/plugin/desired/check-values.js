import { tsImport } from 'tsx/esm/api';
import { DeployError } from '../errors.js';
import { TOPIC_URN } from '../from-lib.js';

/** @import { Desired } from '../types.js' */

/** @typedef {Pick<Desired, 'userData' | 'secrets'> & Partial<Pick<Desired, 'async' | 'triggers'>>} Checked */

/**
 * Throws one DeployError with every setting that the deployed functions would refuse, by the rules of the functions themselves.
 * No value of a secret is shown.
 * @param {readonly Checked[]} functions
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
      const lines = message.split('\n');
      // The plugin makes the URN of drive from region and project: what is wrong with them is said.
      const given = lines.filter((line) => !line.startsWith('PHONEVAULT_DRIVE_URN '));
      return given.length > 0 ? given : lines;
    }
  });
  errors.push(...functions.flatMap(invalidTopics));
  // A wrong region is one error, not one for each topic too.
  if (errors.length === 0) errors.push(...functions.flatMap(topicsElsewhere));
  if (errors.length === 0) return;
  throw new DeployError('setting_invalid', [...new Set(errors)].join('\n'), {
    hint: 'nothing was deployed: correct the environment variables or the --param of these names',
  });
}

/**
 * Returns an error for each topic that is none, of those that the functions do not read.
 * @param {Checked} checked
 */
function invalidTopics(checked) {
  const { PHONEVAULT_OPERATORS_TOPIC_URN, PHONEVAULT_EVENT_TOPIC_URN } = topicsOf(checked);
  return Object.entries({ PHONEVAULT_OPERATORS_TOPIC_URN, PHONEVAULT_EVENT_TOPIC_URN }).flatMap(
    ([name, urn]) => {
      if (!urn || TOPIC_URN.test(String(urn))) return [];
      const shown = JSON.stringify(urn);
      return [`${name} is ${shown}; allowed: urn:smn:<region>:<project id>:<topic name>`];
    },
  );
}

/** Returns the topics by the settings that name them. @param {Checked} checked */
function topicsOf({ userData, async, triggers = [] }) {
  return {
    PHONEVAULT_TOPIC_URN: userData['PHONEVAULT_TOPIC_URN'],
    PHONEVAULT_OPERATORS_TOPIC_URN: async?.failureTopicUrn,
    PHONEVAULT_EVENT_TOPIC_URN: triggers.find(({ type }) => type === 'SMN')?.data['topic_urn'],
  };
}

/**
 * Returns an error for each topic of another region: SMN serves topics of its own region only. With an SMN endpoint of its own, a
 * region may have any name.
 * @param {Checked} checked
 */
function topicsElsewhere(checked) {
  const { PHONEVAULT_REGION: region = '', PHONEVAULT_SMN_ENDPOINT: endpoint } = checked.userData;
  if (endpoint) return [];
  return Object.entries(topicsOf(checked)).flatMap(([name, urn]) => {
    const where = /^urn:smn:([\w-]+):/.exec(String(urn))?.[1];
    if (where === undefined || where === region) return [];
    return [
      `${name} is a topic in ${where}, but PHONEVAULT_REGION is ${region}: correct one of them`,
    ];
  });
}
