import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { recordOf, type ObjectBackend, type ObjectRecord } from '../obs/storage/backend.ts';
import { createClient, type ObjectServer, statusOf } from './client.ts';

/** Objects on an S3 server, with the keys given. Times are the server's own. Throws what the S3 client throws. */
export function serverBackend(server: ObjectServer): ObjectBackend {
  const client = createClient(server);
  // Named after no region, a bucket is made without a word of where: servers know other regions than this cloud.
  const anywhere = createClient({ ...server, region: 'us-east-1' });

  return {
    hasBucket: (bucket) =>
      client.send(new HeadBucketCommand({ Bucket: bucket })).then(
        () => true,
        // One that these keys may not see is as good as absent.
        unless([301, 403, 404], false),
      ),
    async createBucket(bucket) {
      await anywhere.send(new CreateBucketCommand({ Bucket: bucket }));
    },
    async write(bucket, key, body, facts) {
      const { contentType, metadata } = facts;
      const { ETag } = await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          Metadata: metadata,
        }),
      );
      return recordOf(key, body, { ...facts, ...(ETag && { etag: bare(ETag) }) });
    },
    async read(bucket, key) {
      const found = await client
        .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        .catch(unless([404], undefined));
      if (found?.Body === undefined) return undefined;
      const body = await found.Body.transformToByteArray();
      return { record: recordIn(key, found), body };
    },
    async stat(bucket, key) {
      const found = await client
        .send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
        .catch(unless([404], undefined));
      return found && recordIn(key, found);
    },
    async remove(bucket, key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    async list(bucket, prefix) {
      const records: ObjectRecord[] = [];
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
      for await (const { Contents = [] } of pages) {
        for (const { Key = '', ...facts } of Contents) records.push(recordIn(Key, facts));
      }
      return records;
    },
  };
}

type Facts = Pick<
  GetObjectCommandOutput,
  'ETag' | 'LastModified' | 'ContentLength' | 'ContentType' | 'Metadata'
> & { Size?: number | undefined };

function recordIn(key: string, facts: Facts): ObjectRecord {
  return {
    key,
    size: facts.ContentLength ?? facts.Size ?? 0,
    etag: bare(facts.ETag ?? ''),
    lastModified: facts.LastModified?.getTime() ?? 0,
    contentType: facts.ContentType,
    metadata: facts.Metadata ?? {},
  };
}

function bare(etag: string): string {
  return etag.replaceAll('"', '');
}

function unless<T>(statuses: number[], value: T): (error: unknown) => T {
  return (error) => {
    if (statuses.includes(statusOf(error) ?? 0)) return value;
    throw error;
  };
}
