import { lookup } from 'node:dns';
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import type { ExternalKeys } from '../iam/auth/keys.ts';

/** An external S3 server that replaces the cloud's OBS. */
export type ObjectServer = { url: string; region: string; keys: ExternalKeys };

/** Resolves names below `localhost` too, which many resolvers do not (RFC 6761, 6.3). */
export const loopbackLookup: LookupFunction = (hostname, options, callback) =>
  lookup(isLocalName(hostname) ? '127.0.0.1' : hostname, options, callback);

/** True for an address or name of this machine. */
export function isLoopback(hostname: string): boolean {
  return isLocalName(hostname) || /^(?:127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** Returns an S3 client. On this machine it uses path style, which any server accepts, else the host name. */
export function createClient({ url, region, keys }: ObjectServer): S3Client {
  const { accessKey, secretKey, securityToken } = keys;
  return new S3Client({
    region,
    endpoint: url,
    forcePathStyle: isLoopback(new URL(url).hostname),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: {
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      ...(securityToken === undefined ? {} : { sessionToken: securityToken }),
    },
    maxAttempts: 3,
    requestHandler: {
      httpAgent: new Agent({ keepAlive: true, lookup: loopbackLookup }),
      connectionTimeout: 5_000,
      requestTimeout: 30_000,
    },
  });
}

/** Returns the HTTP status of an error of the client; undefined if there was no response. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function isLocalName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}
