import type { Clock, Random } from '../clock.ts';
import type { Store } from '../ledger/store.ts';
import type { Candidate } from '../policy/select.ts';

/** A phone as CPH lists it. */
export type ListedPhone = {
  phone_id: string;
  phone_name: string;
  server_id: string;
  status: number;
  image_version?: string | undefined;
};

/** What the engine keeps of a listed phone. */
export function toCandidate(phone: ListedPhone): Candidate {
  const { phone_id, phone_name, server_id, status, image_version } = phone;
  return {
    phone_id,
    phone_name,
    server_id,
    status,
    ...(image_version === undefined ? {} : { image_version }),
  };
}

/** One item of an export call, exactly as the API page names it (cph_api_0538). */
export type StorageInfo = {
  phone_id: string;
  include_files: string[];
  exclude_files?: string[];
  bucket_name: string;
  object_path: string;
};

export type PhoneJob = {
  phone_id?: string | undefined;
  job_id?: string | undefined;
  error_code?: string | undefined;
  error_msg?: string | undefined;
};

export type Job = {
  job_id: string;
  phone_id?: string | undefined;
  status?: number | undefined;
  error_code?: string | undefined;
  error_msg?: string | undefined;
  begin_time?: string | undefined;
  end_time?: string | undefined;
};

export type CphPort = {
  listPhones(page: {
    offset: number;
    limit: number;
    serverId?: string;
  }): Promise<{ count: number; phones: ListedPhone[] }>;
  showPhone(phoneId: string): Promise<ListedPhone | undefined>;
  serversByTags(tags: Record<string, string[]>): Promise<string[]>;
  batchStorage(
    infos: StorageInfo[],
  ): Promise<{ request_id?: string | undefined; jobs: PhoneJob[] }>;
  listJobs(requestIds: string[]): Promise<Job[]>;
};

export type ObjectInfo = { key: string; size: number; etag: string; lastModified: number };

type ArchivePort = {
  head(bucket: string, key: string): Promise<ObjectInfo | undefined>;
  list(
    bucket: string,
    prefix: string,
    options?: { startAfter?: string; max?: number },
  ): Promise<{ objects: ObjectInfo[] }>;
  /** The last `bytes` of an object. */
  tail(bucket: string, key: string, bytes: number): Promise<Uint8Array | undefined>;
  remove(bucket: string, keys: string[]): Promise<void>;
};

type TopicPort = {
  publish(
    topicUrn: string,
    message: {
      subject: string;
      message_structure: Record<string, string>;
      message_attributes: { name: string; value: string }[];
    },
  ): Promise<{ message_id: string }>;
};

type Fields = Record<string, string | number | boolean | undefined>;

type LogPort = {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
};

/** Everything a run needs from outside, time and chance included. */
export type RunDeps = {
  clock: Clock;
  random: Random;
  log: LogPort;
  store: Store;
  cph: CphPort;
  archives: ArchivePort;
  topic: TopicPort;
  topicUrn: string;
  /** Where the ledger lies: no archive may be aimed into it. */
  ledger: { bucket: string; prefix: string };
};
