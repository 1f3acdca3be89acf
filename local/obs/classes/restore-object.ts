import { bytesOf } from '../storage/payload.ts';
import type { ObjectRecord } from '../storage/backend.ts';
import { malformedXml, noSuchKey, ObsError } from '../wire/error.ts';
import { parseXml, textOf } from '../wire/parse-xml.ts';
import { emptyResponse } from '../wire/responses.ts';
import type { Handler, ObsCall } from '../operations/call.ts';
import { checkAllowed } from '../operations/delete-rights.ts';
import { classOf, type StorageClass } from './classes.ts';
import type { Tier } from './thaws.ts';

const MAX_DAYS = 30;

/** Returns the storage class that a request names. Throws InvalidStorageClass. */
export function requestedClass({ headers }: Request): { storageClass?: StorageClass } {
  const name = headers.get('x-amz-storage-class') ?? 'STANDARD';
  const storageClass = classOf(name);
  if (storageClass === undefined) {
    throw new ObsError(400, 'InvalidStorageClass', 'The storage class is not valid.');
  }
  return storageClass === 'STANDARD' ? {} : { storageClass };
}

/** Throws InvalidObjectState for an archived object without a readable copy. */
export function checkReadable({ thaws, bucket }: ObsCall, record: ObjectRecord): void {
  if (thaws.isReadable(bucket, record)) return;
  throw invalidState("The operation is not valid for the object's storage class.");
}

/** Returns what HEAD and GET show of an object's class. OBS shows none for STANDARD. */
export function classHeaders(
  { thaws, bucket }: ObsCall,
  record: ObjectRecord,
): Record<string, string> {
  const { storageClass } = record;
  if (storageClass === undefined) return {};
  const shown = { 'x-amz-storage-class': storageClass };
  const state = thaws.stateOf(bucket, record);
  if (state === undefined || state.kind === 'cold') return shown;
  if (state.kind === 'thawing') return { ...shown, 'x-amz-restore': 'ongoing-request="true"' };
  const until = new Date(state.until).toUTCString();
  return { ...shown, 'x-amz-restore': `ongoing-request="false", expiry-date="${until}"` };
}

/**
 * POST ?restore (obs_04_0087): 202 when the restore begins, 200 when a readable copy is kept longer. Throws NoSuchKey,
 * InvalidObjectState for an object that is not archived, RestoreAlreadyInProgress, MalformedXML.
 */
export const restoreObject: Handler = async (call) => {
  const { backend, bucket, key, body, serially, thaws, traits } = call;
  const { days, tier } = readOrder(bytesOf(body));
  return serially(`${bucket}/${key}`, async () => {
    checkAllowed(traits, 'RestoreObject', key);
    const record = await backend.stat(bucket, key);
    if (record === undefined) throw noSuchKey();
    const state = thaws.stateOf(bucket, record);
    if (state === undefined) throw invalidState('The object is not in an archive storage class.');
    if (state.kind === 'thawing') {
      throw new ObsError(409, 'RestoreAlreadyInProgress', 'The object is being restored.');
    }
    thaws.start(bucket, record, days, tier);
    return emptyResponse(state.kind === 'readable' ? 200 : 202);
  });
};

/** The SDKs of OBS name the tier in RestoreJob, those of S3 in GlacierJobParameters. */
function readOrder(bytes: Uint8Array): { days: number; tier: Tier } {
  const root = parseXml(bytes);
  const days = Number(/^\d{1,2}$/.exec(textOf(root, 'Days') ?? '')?.[0] ?? 0);
  if (root.name !== 'RestoreRequest' || days < 1 || days > MAX_DAYS) throw malformedXml();
  const job = root.children.find(({ name }) => /^(RestoreJob|GlacierJobParameters)$/.test(name));
  const tier = (job && textOf(job, 'Tier')) ?? 'Standard';
  if (tier !== 'Expedited' && tier !== 'Standard') throw malformedXml();
  return { days, tier };
}

function invalidState(message: string): ObsError {
  return new ObsError(403, 'InvalidObjectState', message);
}
