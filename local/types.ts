import type { Twist } from './twist.ts';

/**
 * Two times. `now` is true time: dates, signatures, LastModified, X-Sdk-Date.
 * `model` runs `speed` times faster: job times, throttle windows, visibility, passing states.
 * Under test both come from one injected clock, so that a night passes in a second.
 */
export type Time = {
  now(): number;
  model(): number;
  /** The model time at which it was a true time of the past. */
  modelOf(trueTime: number): number;
  /** Waits `ms` of true time (a hang, a slow body). */
  sleep(ms: number): Promise<void>;
  speed(): number;
  setSpeed(speed: number): void;
  /** Calls `listener` whenever the speed has been set. */
  onSpeed(listener: () => void): void;
};

export type Random = () => number;

/** Where object bytes lie: memory under test, a folder of real files for `npm start`, or a server. */
export type ObjectRecord = {
  key: string;
  size: number;
  /** Hex MD5 of the body, without quotes. */
  etag: string;
  lastModified: number;
  contentType: string | undefined;
  metadata: Record<string, string>;
};

export type ObjectBackend = {
  hasBucket(bucket: string): Promise<boolean>;
  createBucket(bucket: string): Promise<void>;
  write(
    bucket: string,
    key: string,
    body: Uint8Array,
    facts: { lastModified: number; contentType?: string; metadata?: Record<string, string> },
  ): Promise<ObjectRecord>;
  read(
    bucket: string,
    key: string,
  ): Promise<{ record: ObjectRecord; body: Uint8Array } | undefined>;
  stat(bucket: string, key: string): Promise<ObjectRecord | undefined>;
  remove(bucket: string, key: string): Promise<void>;
  /** All records of a bucket whose key starts with `prefix`, in UTF-8 byte order of the key. */
  list(bucket: string, prefix: string): Promise<ObjectRecord[]>;
};

/** What the cloud knows of an access key; the services ask, IAM answers. */
export type KeyRecord = {
  accessKey: string;
  secretKey: string;
  /** Temporary keys come with one; a request must then carry it. */
  securityToken: string | undefined;
  projectId: string;
  /** True time after which the key is refused; undefined for a permanent key. */
  expiresAt: number | undefined;
  /** A function's key: its clock is the model's, and so it dates what it sends. */
  inModelTime?: boolean;
};

/** Keys that someone else made: of a session when they come with a token, else permanent. */
export type GivenKeys = Pick<KeyRecord, 'accessKey' | 'secretKey' | 'securityToken' | 'expiresAt'>;

/** Where temporary keys come from when objects lie on a server of its own, which must know them too. */
export type KeySource = (lifetimeMs: number) => Promise<GivenKeys>;

export type KeyStore = {
  find(accessKey: string): KeyRecord | undefined;
};

/** An injected fault, as POST /_local/faults took it; see the contract for the kinds. */
export type Fault = {
  service: string;
  operation?: string;
  kind:
    | 'throttle'
    | 'error'
    | 'drop_answer'
    | 'hang'
    | 'drop_request'
    | 'garbage'
    | 'twist'
    | 'slow'
    | 'item_error'
    | 'job_failed'
    | 'missing_object'
    | 'never_ends'
    | 'job_vanishes';
  status?: number;
  code?: string;
  per_minute?: number;
  hint?: boolean;
  phones?: string[];
  rate?: number;
  times?: number;
  /** For `error`: the operation is carried out all the same (a 504 after the work was done). */
  carried_out?: boolean;
  /** For `error` and `throttle`: the seconds of a Retry-After header. */
  retry_after?: number;
  /** For `twist`: what becomes of the answer. */
  form?: Twist;
  /** For `slow`: milliseconds of true time before the answer. */
  delay_ms?: number;
};

/** Counts every call: GET /_local/calls prints it. */
export type Calls = {
  count(service: string, operation: string, outcome: 'ok' | 'refused'): void;
};

/** A service as a function, so that it runs behind a socket or in the same process as its caller. */
export type Service = (request: Request) => Promise<Response>;
