import { targetOf } from '../../http/raw-request.ts';
import { decodeUri, hostOf } from '../signing/canonical.ts';
import { ObsError } from '../wire/error.ts';

export type Address = {
  style: 'host' | 'path';
  /** Undefined for a request to the service itself. */
  bucket: string | undefined;
  key: string | undefined;
};

const MAX_KEY_BYTES = 1_024;

/**
 * Returns the bucket and key of a request; `domains` are the host suffixes of the service. Throws BadDomainName,
 * InvalidURI, KeyTooLong.
 */
export function addressOf(request: Request, domains: readonly string[]): Address {
  const host = hostOf(request).toLowerCase().replace(/:\d+$/, '');
  const path = decodeUri(targetOf(request).path).slice(1);
  const domain = [...domains]
    .sort((a, b) => b.length - a.length)
    .find((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  if (domain === undefined) {
    throw new ObsError(400, 'BadDomainName', `This server does not serve ${host}.`);
  }
  if (host !== domain) {
    return { style: 'host', bucket: host.slice(0, -domain.length - 1), key: checkKey(path) };
  }
  const slash = path.indexOf('/');
  const [bucket, key] = slash === -1 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)];
  return { style: 'path', bucket: bucket || undefined, key: checkKey(key) };
}

function checkKey(key: string): string | undefined {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new ObsError(400, 'KeyTooLong', 'Your key is too long.');
  }
  return key === '' ? undefined : key;
}
