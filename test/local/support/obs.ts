import { Readable } from 'node:stream';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { createCalls } from '../../../local/api/calls.ts';
import { createFaultRegistry } from '../../../local/faults/fault-registry.ts';
import { createObs, type ObsOptions } from '../../../local/obs/service/service.ts';
import { memoryBackend } from '../../../local/obs/storage/memory-backend.ts';
import { createRandom } from '../../../local/simulation/random.ts';
import { rawRequest } from '../../../local/http/raw-request.ts';
import { createTime } from '../../../local/simulation/time.ts';
import type { KeyRecord } from '../../../local/iam/auth/keys.ts';
import type { Service } from '../../../local/http/server.ts';
import { type Key, signHeaders, type ToSign } from './sign-s3.ts';

export const REGION = 'cn-north-4';
export const DOMAIN = `obs.${REGION}.myhuaweicloud.com`;
export const BUCKET = 'backups';
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

const permanent = { securityToken: undefined, projectId: 'project1', expiresAt: undefined };
export const KEY: KeyRecord = { accessKey: 'AKPERM', secretKey: 'secret1', ...permanent };
export const TEMPORARY: KeyRecord = {
  accessKey: 'AKTEMP',
  secretKey: 'secret2',
  securityToken: 'token/with+signs==',
  projectId: 'project1',
  expiresAt: NOW + 3_600_000,
};

/** An OBS in memory with one bucket, on a manual clock. */
export async function setUp(options: Partial<ObsOptions> = {}) {
  const clock = { now: NOW };
  const time = createTime({ now: () => clock.now, sleep: async () => undefined });
  const backend = options.backend ?? memoryBackend();
  await backend.createBucket(BUCKET);
  const calls = createCalls();
  const faults = createFaultRegistry({ random: createRandom(1, 'faults'), time });
  const settings: ObsOptions = {
    time,
    keys: { find: (name) => [KEY, TEMPORARY].find((key) => key.accessKey === name) },
    calls,
    faults,
    region: REGION,
    conditionalPut: 'honoured',
    pathStyle: 'allowed',
    domains: [DOMAIN, 'obs.localhost', 'localhost', '127.0.0.1'],
    ...options,
    backend,
  };
  const service = createObs(settings);

  /** Signs and sends a request. */
  const send = (
    toSign: Partial<ToSign> & { path: string },
    more: { key?: Key; now?: number; region?: string; payload?: string } = {},
  ): Promise<Response> => {
    const { method = 'GET', host = `${BUCKET}.${DOMAIN}`, body, query = [], path } = toSign;
    const headers = signHeaders({ ...toSign, method, host }, more.key ?? KEY, {
      now: more.now ?? clock.now,
      region: more.region ?? REGION,
      ...(more.payload === undefined ? {} : { payload: more.payload }),
    });
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    const pairs = query.map((pair) => pair.map(encodeURIComponent).join('='));
    const url = `https://${host}${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
    const init = body === undefined ? {} : { body: Buffer.from(body) };
    return service(rawRequest(url, { method, headers, ...init }));
  };

  return { clock, time, backend, calls, faults, settings, service, send };
}

const ignore = () => undefined;

const RECOMMENDED = {
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
} as const;

/** Returns an SDK client with the settings for OBS. */
export function clientOf(config: S3ClientConfig, key: KeyRecord = KEY): S3Client {
  return new S3Client({
    region: REGION,
    endpoint: `https://${DOMAIN}`,
    credentials: {
      accessKeyId: key.accessKey,
      secretAccessKey: key.secretKey,
      ...(key.securityToken === undefined ? {} : { sessionToken: key.securityToken }),
    },
    maxAttempts: 1,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    ...RECOMMENDED,
    ...config,
  });
}

type SdkRequest = {
  method: string;
  hostname: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body?: string | Uint8Array | Readable;
};

/** Connects the SDK to a service in this process, whose clock must be the machine's. */
export function inProcess(service: Service): NonNullable<S3ClientConfig['requestHandler']> {
  return {
    async handle(request: SdkRequest) {
      const query = Object.entries(request.query)
        .map((pair) => pair.map(encodeURIComponent).join('='))
        .join('&');
      const url = `https://${request.hostname}${request.path}${query === '' ? '' : `?${query}`}`;
      const init = {
        method: request.method,
        headers: request.headers,
        ...(request.body ? { body: request.body as Uint8Array, duplex: 'half' as const } : {}),
      };
      const response = await service(rawRequest(url, init));
      return {
        response: {
          statusCode: response.status,
          headers: Object.fromEntries(response.headers),
          body: Readable.from([Buffer.from(await response.arrayBuffer())], { objectMode: false }),
        },
      };
    },
  };
}
