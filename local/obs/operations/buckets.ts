import { emptyAnswer, xmlAnswer } from '../wire/responses.ts';
import { checkBucketName } from '../storage/backend.ts';
import type { Handler } from './call.ts';
import { malformedXml, notImplemented, ObsError } from '../wire/error.ts';
import { parseXml, textOf } from '../wire/parse-xml.ts';

export const listBuckets: Handler = async ({ backend, ownerId, settings }) => {
  if (!('buckets' in backend)) throw notImplemented('A list of buckets');
  const buckets = backend.buckets();
  return xmlAnswer(
    [
      'ListAllMyBucketsResult',
      [
        ['Owner', [['ID', ownerId]]],
        ['Buckets', buckets.map((name) => ['Bucket', [['Name', name]]])],
      ],
    ],
    settings.region,
  );
};

/** In S3 mode the headers are called so by the vendor's own SDK (huaweicloud-sdk-nodejs-obs, GetBucketMetadata). */
export const headBucket: Handler = async ({ settings: { region }, traits }) =>
  emptyAnswer(200, {
    'x-amz-bucket-region': region,
    'x-default-storage-class': 'STANDARD',
    ...(traits.fileSystem === true ? { 'x-amz-fs-file-interface': 'Enabled' } : {}),
  });

/** The root is not S3's LocationConstraint (en-us_topic_0125560404). */
export const getBucketLocation: Handler = async ({ settings: { region } }) =>
  xmlAnswer(['CreateBucketConfiguration', [['LocationConstraint', region]]], region);

/** Throws InvalidBucketName, IllegalLocationConstraintException, BucketAlreadyOwnedByYou. */
export const createBucket: Handler = async ({ backend, bucket, body, settings, inTurn }) => {
  checkBucketName(bucket);
  const wanted = body.byteLength === 0 ? settings.region : locationIn(body);
  if (wanted !== settings.region) {
    const message = `This endpoint creates buckets in ${settings.region} only.`;
    throw new ObsError(400, 'IllegalLocationConstraintException', message);
  }
  await inTurn(bucket, async () => {
    if (await backend.hasBucket(bucket)) {
      throw new ObsError(409, 'BucketAlreadyOwnedByYou', 'You own this bucket already.');
    }
    await backend.createBucket(bucket);
  });
  return emptyAnswer(200, { location: `/${bucket}` });
};

function locationIn(body: Uint8Array): string {
  const root = parseXml(body);
  const location = textOf(root, 'LocationConstraint') ?? textOf(root, 'Location');
  if (root.name !== 'CreateBucketConfiguration' || location === undefined) throw malformedXml();
  return location;
}
