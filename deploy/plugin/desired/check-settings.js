import { DeployError } from '../errors.js';

/** Required settings. */
const REQUIRED = /** @type {const} */ ([
  ['PHONEVAULT_REGION', 'region', 'the region of the phones, such as cn-north-4'],
  ['PHONEVAULT_BUCKET', 'bucket', 'the bucket of the ledger'],
  ['PHONEVAULT_TOPIC_URN', 'topicUrn', 'the topic of the outcomes'],
]);

/**
 * Throws a DeployError that names each missing setting and how to set it, or an endpoint with a user or a password.
 * @param {{ environment?: Record<string, string>, endpoint?: string, ltsEndpoint?: string }} provider
 */
export function checkSettings({ environment = {}, endpoint = '', ltsEndpoint = '' }) {
  const own = { 'provider.endpoint': endpoint, 'provider.ltsEndpoint': ltsEndpoint };
  for (const [name, value] of Object.entries({ ...own, ...environment })) {
    if (!/endpoint$/i.test(name) || !value.includes('@')) continue;
    throw new DeployError(
      'endpoint_invalid',
      `${name} has an "@": it may not contain a user or a password`,
      { hint: 'use https://<host>' },
    );
  }
  const missing = REQUIRED.filter(([name]) => !environment[name]);
  if (missing.length === 0) return;
  const lines = missing.map(
    ([name, param, what]) => `export ${name}=..., or --param ${param}=...: ${what}`,
  );
  throw new DeployError(
    'setting_missing',
    `missing settings: ${missing.map(([name]) => name).join(', ')}`,
    { hint: lines.join('\n') },
  );
}

/**
 * Throws a DeployError for a --param that serverless.yml does not use. The framework would ignore it silently.
 * @param {readonly string[]} given as typed, `name=value`
 * @param {string} yaml the text of serverless.yml
 */
export function checkParams(given, yaml) {
  const code = yaml.replaceAll(/^\s*#.*$/gm, '');
  const known = [...new Set([...code.matchAll(/param:(\w+)/g)].map(([, name = '']) => name))];
  for (const param of given) {
    const name = param.split('=')[0] ?? '';
    if (known.includes(name)) continue;
    const variable = `PHONEVAULT_${name.replaceAll(/(?=[A-Z])/g, '_').toUpperCase()}`;
    if (code.includes(`\${env:${variable},`)) {
      const why = 'a secret is not a parameter, other users of the machine could read it';
      throw new DeployError('param_secret', `--param ${name}: ${why}`, {
        hint: `export ${variable}=...`,
      });
    }
    throw new DeployError('param_unknown', `--param ${name}: serverless.yml does not use it`, {
      hint: `allowed: ${known.sort().join(', ')}`,
    });
  }
}
