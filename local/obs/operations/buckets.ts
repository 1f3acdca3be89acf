import { bytesOf, type Payload } from '../storage/payload.ts';
import { emptyResponse, xmlResponse } from '../wire/responses.ts';
import { checkBucketName } from '../storage/backend.ts';
import type { Handler } from './call.ts';
import { malformedXml, notImplemented, ObsError } from '../wire/error.ts';
import { parseXml, textOf } from '../wire/parse-xml.ts';
import type { Xml } from '../wire/write-xml.ts';

export const listBuckets: Handler = async ({ backend, ownerId, settings }) => {
  if (!('buckets' in backend)) throw notImplemented('A list of buckets');
  const buckets = backend.buckets();
  return xmlResponse(
    [
      'ListAllMyBucketsResult',
      [
        ['Owner', [['ID', ownerId]]],
        ['Buckets', buckets.map(bucketXml)],
      ],
    ],
    settings.region,
  );
};

function bucketXml({ name, createdAt }: { name: string; createdAt: number }): Xml {
  return [
    'Bucket',
    [
      ['Name', name],
      ['CreationDate', new Date(createdAt).toISOString()],
    ],
  ];
}

/** The header names are those that the vendor's SDK reads in S3 mode (huaweicloud-sdk-nodejs-obs, GetBucketMetadata). */
export const headBucket: Handler = async ({ settings: { region }, traits }) =>
  emptyResponse(200, {
    'x-amz-bucket-region': region,
    'x-default-storage-class': 'STANDARD',
    ...(traits.fileSystem === true ? { 'x-amz-fs-file-interface': 'Enabled' } : {}),
  });

/** The root element differs from S3's LocationConstraint (en-us_topic_0125560404). */
export const getBucketLocation: Handler = async ({ settings: { region } }) =>
  xmlResponse(['CreateBucketConfiguration', [['LocationConstraint', region]]], region);

/** Throws InvalidBucketName, IllegalLocationConstraintException, BucketAlreadyOwnedByYou. */
export const createBucket: Handler = async (call) => {
  const { backend, bucket, body, settings, serially, time } = call;
  checkBucketName(bucket);
  const location = body.size === 0 ? settings.region : readLocation(body);
  if (location !== settings.region) {
    const message = `This endpoint creates buckets in ${settings.region} only.`;
    throw new ObsError(400, 'IllegalLocationConstraintException', message);
  }
  await serially(bucket, async () => {
    if (await backend.hasBucket(bucket)) {
      throw new ObsError(409, 'BucketAlreadyOwnedByYou', 'You own this bucket already.');
    }
    await backend.createBucket(bucket, time.now());
  });
  return emptyResponse(200, { location: `/${bucket}` });
};

function readLocation(body: Payload): string {
  const root = parseXml(bytesOf(body));
  const location = textOf(root, 'LocationConstraint') ?? textOf(root, 'Location');
  if (root.name !== 'CreateBucketConfiguration' || location === undefined) throw malformedXml();
  return location;
}
