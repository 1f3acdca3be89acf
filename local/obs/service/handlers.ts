import {
  getBucketVersioning,
  getObjectLockConfiguration,
  putBucketVersioning,
} from '../operations/bucket-settings.ts';
import { createBucket, getBucketLocation, headBucket, listBuckets } from '../operations/buckets.ts';
import type { Handler } from '../operations/call.ts';
import { copyObject } from '../operations/copy-object.ts';
import { deleteObjects } from '../operations/delete-objects.ts';
import { restoreObject } from '../classes/restore-object.ts';
import { listMultipartUploads, listParts } from '../multipart/list-uploads.ts';
import { listObjects, listObjectsV2 } from '../operations/list-objects.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from '../multipart/multipart.ts';
import { deleteObject, getObject, headObject, putObject } from '../operations/objects.ts';
import type { Operation } from './route.ts';

/** The handler of each operation. */
export const HANDLERS: Record<Operation, Handler> = {
  ListBuckets: listBuckets,
  HeadBucket: headBucket,
  CreateBucket: createBucket,
  GetBucketLocation: getBucketLocation,
  PutBucketVersioning: putBucketVersioning,
  GetBucketVersioning: getBucketVersioning,
  GetObjectLockConfiguration: getObjectLockConfiguration,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListMultipartUploads: listMultipartUploads,
  ListParts: listParts,
  DeleteObjects: deleteObjects,
  PutObject: putObject,
  CopyObject: copyObject,
  RestoreObject: restoreObject,
  GetObject: getObject,
  HeadObject: headObject,
  DeleteObject: deleteObject,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
};
