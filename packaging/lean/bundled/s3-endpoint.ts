import { isIP } from 'node:net';
import { isValidHostLabel, toEndpointV1 } from '@smithy/core/transport';
import type { MiddlewareStack } from '@smithy/types';

export { isValidHostLabel, toEndpointV1 };

type Config = { endpoint: string; forcePathStyle: boolean };

/** Returns what chooses the address of a request: the bucket's host name, or its path below the endpoint. */
export function getEndpointPlugin({ endpoint, forcePathStyle }: Config) {
  return {
    applyToStack(stack: MiddlewareStack<object, object>): void {
      stack.add(
        (next, context) => (args) => {
          const { Bucket: bucket = '' } = args.input as { Bucket?: string };
          context.endpointV2 = { url: addressOf(new URL(endpoint), bucket, forcePathStyle) };
          return next(args);
        },
        { step: 'initialize', name: 'endpoint' },
      );
    },
  };
}

/** As the SDK's rules for an endpoint of one's own. */
function addressOf(url: URL, bucket: string, forcePathStyle: boolean): URL {
  const isAddress = isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0;
  const labels = url.protocol === 'http:' ? bucket.split('.') : [bucket];
  if (forcePathStyle || isAddress || !labels.every(isHostable)) {
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${encodeURIComponent(bucket)}`;
  } else {
    url.hostname = `${bucket}.${url.hostname}`;
  }
  return url;
}

const isHostable = (label: string): boolean =>
  isValidHostLabel(label) &&
  label.length >= 3 &&
  label.length <= 63 &&
  label === label.toLowerCase();
