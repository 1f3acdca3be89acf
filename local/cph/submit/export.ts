import { between, chance } from '../../simulation/random.ts';
import { packArchive, selectEntries } from '../archive/archive.ts';
import type { Job, JobWork } from '../world/jobs.ts';
import type { Phone } from '../world/fleet.ts';
import type { StorageInfo } from './storage-request.ts';
import { filesOf, uidOf, type World } from '../world/world.ts';

const OPERATION = 'batch-storage';

/** Returns the work of an export job: writes a tar to `object_path` and overwrites what is there. */
export function exportWork(world: World, phone: Phone, info: StorageInfo): JobWork {
  const { faults, timings } = world;
  const isEndless = faults.forPhone('never_ends', phone.id, OPERATION) !== undefined;
  const duration = timings.exportBase + (phone.dataBytes / timings.bytesPerSecond) * 1000;
  return {
    duration: isEndless ? Infinity : duration,
    run: async (job) => world.jobs.finish(job, await runExport(world, job, phone, info)),
    onInterrupted: () => leavePartialObject(world, phone, info),
  };
}

/** Runs the export and returns the error code if it failed. */
async function runExport(
  world: World,
  job: Job,
  phone: Phone,
  info: StorageInfo,
): Promise<string | undefined> {
  const { backend, faults, timeline } = world;
  const { bucket_name: bucket, object_path: key } = info;
  if (!(await canWrite(world, bucket))) return 'CPS.0103';
  const entries = selectEntries(filesOf(world, phone), info.include_files, info.exclude_files);
  if (entries === undefined) return 'CPS.0199';
  const failed = faults.forPhone('job_failed', phone.id, OPERATION);
  if (failed !== undefined) {
    await leavePartialObject(world, phone, info);
    return failed.code ?? 'CPS.0107';
  }
  const archive = await packArchive(entries, (path) => uidOf(world, phone, path));
  // The phone was deleted or reset meanwhile.
  if (job.status !== 1) return undefined;
  if (faults.forPhone('missing_object', phone.id, OPERATION) !== undefined) return undefined;
  try {
    const facts = { lastModified: timeline.realNow(), contentType: 'application/x-tar' };
    const { etag } = await backend.write(bucket, key, archive, facts);
    world.archiveVersions.set(archiveId(bucket, key, etag), phone.imageVersion);
    return undefined;
  } catch {
    return 'CPS.0103';
  }
}

/** Leaves the first part of the archive of a failed export, in some cases that the seed decides. */
async function leavePartialObject(world: World, phone: Phone, info: StorageInfo): Promise<void> {
  const { backend, random, switches, timeline } = world;
  if (!chance(random, switches.partialObjectRate)) return;
  if (!(await canWrite(world, info.bucket_name))) return;
  const entries = selectEntries(filesOf(world, phone), info.include_files, info.exclude_files);
  if (entries === undefined) return;
  const archive = await packArchive(entries, (path) => uidOf(world, phone, path));
  const part = archive.subarray(0, between(random, 0, archive.length - 1));
  const facts = { lastModified: timeline.realNow(), contentType: 'application/x-tar' };
  await backend.write(info.bucket_name, info.object_path, part, facts).catch(() => undefined);
}

async function canWrite({ backend, switches }: World, bucket: string): Promise<boolean> {
  return switches.delegation === 'granted' && (await backend.hasBucket(bucket).catch(() => false));
}

/** Returns the key of an archive in `World.archiveVersions`. */
export function archiveId(bucket: string, key: string, etag: string): string {
  return `${bucket}/${key}#${etag}`;
}
