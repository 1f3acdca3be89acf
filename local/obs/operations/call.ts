import type { Thaws } from '../classes/thaws.ts';
import type { ObjectBackend, ListingBackend } from '../storage/backend.ts';
import type { Time } from '../../simulation/time.ts';
import type { Payload } from '../storage/payload.ts';
import type { Spool } from '../storage/spool.ts';
import type { RunSerially } from '../storage/serializer.ts';
import type { Versions } from '../storage/versions.ts';
import type { Uploads } from '../multipart/uploads.ts';

/** 403 AccessDenied without `status` and `code`. */
type Denied = {
  action: 'DeleteObject' | 'DeleteObjectVersion' | 'GetBucketVersioning' | 'RestoreObject';
  keys?: string;
  status?: number;
  code?: string;
};

/** The properties of a special bucket; a bucket without any is a plain one of this region. */
export type BucketTraits = {
  /** The bucket's region, if not the one of this endpoint: every call is redirected. */
  region?: string;
  /** A parallel file system instead of an object bucket. */
  fileSystem?: boolean;
  versioning?: 'Enabled' | 'Suspended';
  /** WORM, with a default retention if `days` or `years` are set. */
  lock?: { days?: number; years?: number };
  /** What the bucket's policy denies, for keys that contain `keys`. */
  denied?: readonly Denied[];
};

/** The settings as of one call. */
export type ObsSettings = {
  region: string;
  /** How a PUT treats If-None-Match and If-Match; OBS documents none of the three. */
  conditionalPut: 'honoured' | 'ignored' | 'refused';
  /** Simulated milliseconds until a LIST shows a new object. */
  listDelayMs: number;
  /** The largest object, and the largest sum of an upload's parts; OBS accepts 5 GB a PUT. */
  maxObjectBytes: number;
};

/** One authenticated request for an operation. */
export type ObsCall = {
  request: Request;
  /** Empty for operations on the service. */
  bucket: string;
  /** Empty for operations on a bucket. */
  key: string;
  query: ReadonlyMap<string, string>;
  body: Payload;
  /** The project of the key that signed. */
  ownerId: string;
  settings: ObsSettings;
  traits: BucketTraits;
  backend: ObjectBackend | ListingBackend;
  versions: Versions;
  thaws: Thaws;
  /** Changes the bucket's properties. */
  change(traits: BucketTraits): void;
  uploads: Uploads;
  spool: Spool;
  /** Runs check and write of one key as a single step. */
  serially: RunSerially;
  time: Time;
};

export type Handler = (call: ObsCall) => Promise<Response>;
