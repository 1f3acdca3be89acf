export type ServiceName = 'cph' | 'iam' | 'obs' | 'smn' | 'functiongraph' | 'apig';

/** In port order. */
export const SERVICE_NAMES: readonly ServiceName[] = [
  'cph',
  'iam',
  'obs',
  'smn',
  'functiongraph',
  'apig',
];

/** Returns the service of a host name. Throws for a name that does not resolve. */
export function serviceOf(host: string, region: string): ServiceName {
  const name = host.replace(/:\d+$/, '');
  if (name === 'iam.myhuaweicloud.com') return 'iam';
  const suffix = `.${region}.myhuaweicloud.com`;
  const label = name.endsWith(suffix) ? name.slice(0, -suffix.length) : '';
  if (label.endsWith('.obs')) return 'obs';
  const found = SERVICE_NAMES.find((service) => service === label);
  if (found === undefined) throw new TypeError(`getaddrinfo ENOTFOUND ${name}`);
  return found;
}
