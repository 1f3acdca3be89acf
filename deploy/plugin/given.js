import { DeployError } from './errors.js';

/** Settings without which nothing can be deployed. */
const NEEDED = /** @type {const} */ ([
  ['PHONEVAULT_REGION', 'region', 'the region of the phones, such as cn-north-4'],
  ['PHONEVAULT_BUCKET', 'bucket', 'the bucket of the ledger'],
  ['PHONEVAULT_TOPIC_URN', 'topicUrn', 'the topic of the outcomes'],
]);

/**
 * Throws a DeployError that names each setting that is not given, and how to give it.
 * @param {{ environment?: Record<string, string> }} provider
 */
export function demandSettings({ environment = {} }) {
  const missing = NEEDED.filter(([name]) => !environment[name]);
  if (missing.length === 0) return;
  const lines = missing.map(
    ([name, param, what]) => `export ${name}=..., or --param ${param}=...: ${what}`,
  );
  throw new DeployError(
    'setting_missing',
    `not given: ${missing.map(([name]) => name).join(', ')}`,
    { hint: lines.join('\n') },
  );
}

/**
 * Throws a DeployError for a --param that serverless.yml does not read: it would change nothing, without a word.
 * @param {readonly string[]} given as typed, `name=value`
 * @param {string} yaml the text of serverless.yml
 */
export function refuseUnknownParams(given, yaml) {
  const code = yaml.replaceAll(/^\s*#.*$/gm, '');
  const known = [...new Set([...code.matchAll(/param:(\w+)/g)].map(([, name = '']) => name))];
  for (const param of given) {
    const name = param.split('=')[0] ?? '';
    if (known.includes(name)) continue;
    throw new DeployError('param_unknown', `--param ${name}: serverless.yml has no such setting`, {
      hint: `one of ${known.sort().join(', ')}`,
    });
  }
}
