import { createHash } from 'node:crypto';
import type { MiddlewareStack } from '@smithy/types';

type Args = {
  input: { ChecksumAlgorithm?: string };
  request: { headers: Record<string, string>; body: string };
};

/**
 * Returns what sends Content-MD5 where a command asks for `MD5`, the only checksum that OBS requires and the handlers use.
 * Throws for any other algorithm.
 */
export function getFlexibleChecksumsPlugin() {
  return {
    applyToStack(stack: MiddlewareStack<object, object>): void {
      stack.add(
        (next) => (args) => {
          const { input, request } = args as unknown as Args;
          const { ChecksumAlgorithm: algorithm } = input;
          if (algorithm === undefined) return next(args);
          if (algorithm !== 'MD5') throw new Error(`checksum ${algorithm} is not bundled`);
          request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
          return next(args);
        },
        { step: 'build', name: 'checksum' },
      );
    },
  };
}
