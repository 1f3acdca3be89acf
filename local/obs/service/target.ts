import { targetOf } from '../../http/raw-request.ts';
import { type Address, addressOf } from './address.ts';
import { queryPairs } from '../signing/canonical.ts';
import { ObsError } from '../wire/error.ts';
import { type Operation, routeOf } from './route.ts';

export type Target = {
  address: Address;
  query: ReadonlyMap<string, string>;
  operation: Operation;
};

const MAX_URL = 16 * 1024;

/** Returns what a request addresses, before it is authenticated. Throws ObsError. */
export function readTarget(request: Request, domains: readonly string[]): Target {
  if (request.url.length > MAX_URL) throw new ObsError(400, 'InvalidURI', 'The URI is too long.');
  const address = addressOf(request, domains);
  const query = new Map(queryPairs(targetOf(request).query));
  return { address, query, operation: routeOf(request, address, query) };
}

/** Throws VirtualHostDomainRequired if path style is refused; HEAD of a bucket may always use it. */
export function checkStyle({ address, operation }: Target, pathStyle: 'allowed' | 'refused'): void {
  if (pathStyle === 'allowed' || address.style === 'host') return;
  if (operation === 'ListBuckets' || operation === 'HeadBucket') return;
  const message = 'The bucket must be in the host name: virtual-hosted-style access is required.';
  throw new ObsError(403, 'VirtualHostDomainRequired', message);
}
