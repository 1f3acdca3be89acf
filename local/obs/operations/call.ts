import type { ObjectBackend, ListingBackend } from '../storage/backend.ts';
import type { Time } from '../../simulation/time.ts';
import type { InTurn } from '../storage/in-turn.ts';
import type { Uploads } from './uploads.ts';

/** What a bucket is besides its objects; a plain one of this region unless said otherwise. */
export type BucketTraits = {
  /** Where it lies, when not in the region of this endpoint: every call is then sent elsewhere. */
  region?: string;
  /** A parallel file system in the place of an object bucket. */
  fileSystem?: boolean;
  versioning?: 'Enabled' | 'Suspended';
  /** WORM; with a default retention where `days` or `years` are given. */
  lock?: { days?: number; years?: number };
};

/** What may change while the service runs is read anew in each call. */
export type ObsSettings = {
  region: string;
  /** What PUT makes of If-None-Match and If-Match: OBS documents none of the three. */
  conditionalPut: 'honoured' | 'ignored' | 'refused';
  /** How long a LIST does not show an object after it was written, in model time. */
  listDelayMs: number;
  /** The largest object and the largest sum of an upload's parts; OBS itself takes 5 GB a PUT. */
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
  body: Uint8Array;
  /** The project of the key that signed. */
  ownerId: string;
  settings: ObsSettings;
  traits: BucketTraits;
  backend: ObjectBackend | ListingBackend;
  uploads: Uploads;
  /** Makes "look, then write" of one key a single step. */
  inTurn: InTurn;
  time: Time;
};

export type Handler = (call: ObsCall) => Promise<Response>;
