import { applyEntries, type OwnedEntry, unpackArchive } from '../archive/archive.ts';
import { archiveId } from './export.ts';
import type { JobWork } from '../world/jobs.ts';
import type { Phone } from '../world/fleet.ts';
import type { RestoreInfo } from './storage-request.ts';
import { labelOf } from '../shell/phone-tree.ts';
import { ownerOf } from '../archive/owners.ts';
import { filesOf, stamp, type World } from '../world/world.ts';

const OPERATION = 'batch-restore';
const MAX_ARCHIVE = 256 * 1024 * 1024;

/** Returns the work of a restore job: puts the archive's content on the phone, with the owners that it has there. */
export function restoreWork(world: World, phone: Phone, info: RestoreInfo): JobWork {
  const { faults, timings } = world;
  const isEndless = faults.forPhone('never_ends', phone.id, OPERATION) !== undefined;
  const duration = timings.exportBase + (phone.dataBytes / timings.bytesPerSecond) * 1000;
  return {
    duration: isEndless ? Infinity : duration,
    async run(job) {
      const result = await readArchive(world, phone, info);
      if (job.status !== 1) return;
      if (typeof result === 'string') return world.jobs.finish(job, result);
      phone.files = applyEntries(filesOf(world, phone), result, world.switches.restore);
      for (const { path, uid } of result) {
        phone.owners.set(path, uid);
        phone.changed.set(path, stamp(world));
        // The label lies in the archive, as the owner does: that of the app on the phone that was exported.
        const isApp = path.startsWith('/data/data/') && uid !== ownUid(world, phone, path);
        if (isApp) phone.labels.set(path, labelOf(uid));
      }
      world.jobs.finish(job);
    },
  };
}

/** Returns the archive's entries, or the error code if it cannot be restored. */
async function readArchive(
  world: World,
  phone: Phone,
  info: RestoreInfo,
): Promise<OwnedEntry[] | string> {
  const { backend, faults, switches, thaws } = world;
  const { bucket_name: bucket, object_path: key } = info;
  const failed = faults.forPhone('job_failed', phone.id, OPERATION);
  if (failed !== undefined) return failed.code ?? 'CPS.0107';
  if (switches.delegation !== 'granted') return 'CPS.0103';
  if (!(await backend.hasBucket(bucket))) return 'CPS.0104';
  const stored = await backend.stat(bucket, key);
  if (stored === undefined) return 'CPS.0104';
  // No document names a code for an archived object: CPH can read it as little as a missing one.
  if (!thaws.isReadable(bucket, stored)) return 'CPS.0104';
  // A phone's files are in memory.
  if (stored.size > MAX_ARCHIVE) return 'CPS.0172';
  const found = await backend.read(bucket, key);
  if (found === undefined) return 'CPS.0104';
  const from = world.archiveVersions.get(archiveId(bucket, key, found.record.etag));
  if (from !== undefined && versionOf(from) > versionOf(phone.imageVersion)) return 'CPS.0172';
  try {
    return await unpackArchive(found.body);
  } catch {
    return 'CPS.0172';
  }
}

function ownUid({ seed }: World, { id, generation }: Phone, path: string): number {
  return ownerOf({ seed, phoneId: id, generation }, path);
}

function versionOf(imageVersion: string): number {
  return Number(/[\d.]+/.exec(imageVersion)?.[0] ?? 0);
}
