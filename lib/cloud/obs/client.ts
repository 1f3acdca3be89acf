import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../clock.ts';
import { PhonevaultError } from '../../errors.ts';
import { reveal } from '../../secret.ts';
import type { Credentials } from '../request/credentials.ts';
import type { HttpRequest, Send } from '../request/send.ts';
import { addressDotted, explained, serverNameOf } from './dotted-bucket.ts';

type SdkRequest = {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array;
};

function urlOf(request: SdkRequest): string {
  const escape = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const pairs = Object.entries(request.query ?? {}).flatMap(([name, value]) => {
    if (value === null) return [escape(name)];
    return [value].flat().map((one) => `${escape(name)}=${escape(one)}`);
  });
  const port = request.port === undefined ? '' : `:${request.port}`;
  const query = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  return `${request.protocol}//${request.hostname}${port}${request.path}${query}`;
}

/** How long one attempt may take: the time for its bytes comes on top of `timeoutMs`. */
export type AttemptLimit = Pick<HttpRequest, 'timeoutMs' | 'bytesPerSecond'>;

type HandlerOptions = {
  send: Send;
  limit: () => AttemptLimit;
  signal?: AbortSignal | undefined;
};

/** Returns an SDK request handler that uses `send`. */
function handlerOver({ send, limit, signal }: HandlerOptions, endpointHost: string) {
  return {
    async handle(request: SdkRequest) {
      const serverName = serverNameOf(request.hostname, endpointHost);
      const { status, headers, body } = await explained(serverName, () =>
        send({
          method: request.method,
          url: urlOf(request),
          headers: request.headers,
          ...limit(),
          ...(serverName === undefined ? {} : { serverName }),
          ...(signal === undefined ? {} : { signal }),
          ...(request.body === undefined ? {} : { body: request.body }),
        }),
      );
      return {
        response: {
          statusCode: status,
          headers,
          body: Readable.from([Buffer.from(body)], { objectMode: false }),
        },
      };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

/**
 * Returns an S3 client for OBS. It sets every value that the SDK would read from the environment or from shared files. It
 * sends no checksums, because OBS refuses the trailers, signs by `clock` and does not retry.
 */
export function createS3Client(options: {
  send: Send;
  credentials: () => Credentials;
  clock: Clock;
  region: string;
  endpoint: string;
  pathStyle: boolean;
  limit: () => AttemptLimit;
  signal?: AbortSignal | undefined;
}): S3Client {
  const { hostname } = new URL(options.endpoint);
  const client = new S3Client({
    region: options.region,
    endpoint: options.endpoint,
    forcePathStyle: options.pathStyle,
    credentials: async () => {
      const { accessKey, secretKey, securityToken } = options.credentials();
      if (accessKey === '' || secretKey === undefined) {
        throw new PhonevaultError('credentials_missing', 'the function has no keys for OBS', {
          hint: 'set an agency on the function, with access to the bucket',
        });
      }
      return {
        accessKeyId: accessKey,
        secretAccessKey: reveal(secretKey),
        ...(securityToken === undefined ? {} : { sessionToken: reveal(securityToken) }),
      };
    },
    requestHandler: handlerOver(options, hostname),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
    disableClockSkewCorrection: true,
    authSchemePreference: ['sigv4'],
    sigv4aSigningRegionSet: [options.region],
    userAgentAppId: 'phonevault',
  });

  if (!options.pathStyle) {
    client.middlewareStack.add(
      (next) => (args) => {
        const { Bucket: bucket = '' } = args.input as { Bucket?: string };
        addressDotted(args.request as SdkRequest, bucket, hostname);
        return next(args);
      },
      // Before the host header is set and signed.
      { step: 'build', priority: 'high' },
    );
  }

  const signerOf = client.config.signer;
  client.config.signer = async (scheme) => {
    const signer = await signerOf(scheme);
    return {
      sign: (request, args) =>
        signer.sign(request, { ...args, signingDate: new Date(options.clock.now()) }),
    };
  };
  return client;
}
