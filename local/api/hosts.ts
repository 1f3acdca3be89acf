export type ServiceName = 'cph' | 'iam' | 'obs' | 'smn' | 'functiongraph' | 'apig';

/** In the order of their ports. */
export const SERVICE_NAMES: readonly ServiceName[] = [
  'cph',
  'iam',
  'obs',
  'smn',
  'functiongraph',
  'apig',
];

/** The service behind a host name; throws for a name that no resolver would know. */
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
