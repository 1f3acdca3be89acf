import { lookup } from 'node:dns';
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import type { GivenKeys } from '../iam/auth/keys.ts';

/** An S3 server that runs beside the cloud and takes the place of its OBS. */
export type ObjectServer = { url: string; region: string; keys: GivenKeys };

/** Many resolvers know `localhost` but not the names below it (RFC 6761, 6.3). */
export const loopbackLookup: LookupFunction = (hostname, options, callback) =>
  lookup(isLocalName(hostname) ? '127.0.0.1' : hostname, options, callback);

/** True for an address or a name that means this machine. */
export function isLoopback(hostname: string): boolean {
  return isLocalName(hostname) || /^(?:127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** A client for the server. On this machine the bucket goes into the path, which any server takes; elsewhere into the host. */
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

/** The HTTP status of an error that the client threw; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function isLocalName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}
