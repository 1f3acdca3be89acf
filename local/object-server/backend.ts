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
import { allOf, payloadOf } from '../obs/storage/payload.ts';
import { createClient, type ObjectServer, statusOf } from './client.ts';

/** Keeps objects on an S3 server. Times are the server's own. Throws the errors of the S3 client. */
export function serverBackend(server: ObjectServer): ObjectBackend {
  const client = createClient(server);
  // In us-east-1 a CreateBucket sends no location; a server may not know the region of this cloud.
  const bucketClient = createClient({ ...server, region: 'us-east-1' });

  const read = async (bucket: string, key: string) => {
    const found = await client
      .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      .catch(orElse([404], undefined));
    if (found?.Body === undefined) return undefined;
    const body = await found.Body.transformToByteArray();
    return { record: toRecord(key, found), body };
  };

  return {
    hasBucket: (bucket) =>
      client.send(new HeadBucketCommand({ Bucket: bucket })).then(
        () => true,
        // A bucket that these keys cannot see counts as absent.
        orElse([301, 403, 404], false),
      ),
    async createBucket(bucket) {
      await bucketClient.send(new CreateBucketCommand({ Bucket: bucket }));
    },
    async write(bucket, key, given, facts) {
      const payload = payloadOf(given);
      const body = await allOf(payload.read());
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
      return recordOf(key, payload, { ...facts, ...(ETag && { etag: withoutQuotes(ETag) }) });
    },
    read,
    async open(bucket, key, choose = () => undefined) {
      const found = await read(bucket, key);
      const range = found && choose(found.record);
      if (found === undefined || range === undefined) return found && { ...found, range };
      return { ...found, range, body: found.body.subarray(range.start, range.end + 1) };
    },
    async stat(bucket, key) {
      const found = await client
        .send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
        .catch(orElse([404], undefined));
      return found && toRecord(key, found);
    },
    async remove(bucket, key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    async list(bucket, prefix) {
      const records: ObjectRecord[] = [];
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
      for await (const { Contents = [] } of pages) {
        for (const { Key = '', ...facts } of Contents) records.push(toRecord(Key, facts));
      }
      return records;
    },
  };
}

type S3Attributes = Pick<
  GetObjectCommandOutput,
  'ETag' | 'LastModified' | 'ContentLength' | 'ContentType' | 'Metadata'
> & { Size?: number | undefined };

function toRecord(key: string, facts: S3Attributes): ObjectRecord {
  return {
    key,
    size: facts.ContentLength ?? facts.Size ?? 0,
    etag: withoutQuotes(facts.ETag ?? ''),
    lastModified: facts.LastModified?.getTime() ?? 0,
    contentType: facts.ContentType,
    metadata: facts.Metadata ?? {},
  };
}

function withoutQuotes(etag: string): string {
  return etag.replaceAll('"', '');
}

function orElse<T>(statuses: number[], value: T): (error: unknown) => T {
  return (error) => {
    if (statuses.includes(statusOf(error) ?? 0)) return value;
    throw error;
  };
}
