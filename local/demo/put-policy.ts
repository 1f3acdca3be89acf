import { lookup } from 'node:dns';
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Ready } from './cloud-process.ts';

// Many resolvers know `localhost` but not the names below it (RFC 6761, 6.3).
const loopback: LookupFunction = (hostname, options, callback) =>
  lookup(hostname.endsWith('.localhost') ? '127.0.0.1' : hostname, options, callback);

/** The bucket's endpoint for virtual-hosted requests: `<bucket>.obs.localhost` reaches it. */
export function obsEndpoint(cloud: Pick<Ready, 'obs'>): string {
  return `http://obs.localhost:${new URL(cloud.obs).port}`;
}

/** Puts an object into the bucket, as anyone with a key would: S3, signature V4, virtual-hosted. */
export async function putObject(cloud: Ready, key: string, body: string): Promise<void> {
  const client = new S3Client({
    region: cloud.region,
    endpoint: obsEndpoint(cloud),
    forcePathStyle: false,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: {
      accessKeyId: cloud.accessKey,
      secretAccessKey: cloud.secretKey,
      sessionToken: cloud.securityToken,
    },
    maxAttempts: 2,
    requestHandler: { httpAgent: new Agent({ lookup: loopback }), requestTimeout: 10_000 },
  });
  try {
    await client.send(new PutObjectCommand({ Bucket: cloud.bucket, Key: key, Body: body }));
  } finally {
    client.destroy();
  }
}
