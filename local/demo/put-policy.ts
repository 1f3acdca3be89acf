import { Agent } from 'node:http';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { loopbackLookup } from '../object-server/client.ts';
import type { Ready } from './cloud-process.ts';

/** The bucket's endpoint for virtual-hosted requests: `<bucket>.obs.localhost` reaches the embedded OBS. */
export function obsEndpoint({ obs }: Pick<Ready, 'obs'>): string {
  const { hostname, port } = new URL(obs);
  return hostname === '127.0.0.1' ? `http://obs.localhost:${port}` : obs;
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
    requestHandler: { httpAgent: new Agent({ lookup: loopbackLookup }), requestTimeout: 10_000 },
  });
  try {
    await client.send(new PutObjectCommand({ Bucket: cloud.bucket, Key: key, Body: body }));
  } finally {
    client.destroy();
  }
}
