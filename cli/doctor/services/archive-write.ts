import pLimit from 'p-limit';
import type { Obs } from '../../../lib/cloud/obs/obs.ts';
import { ServiceError } from '../../../lib/errors.ts';
import { expandObjectPath } from '../../../lib/policy/keys/keys.ts';
import { localDate, stamp } from '../../../lib/policy/keys/stamp.ts';
import type { Policy } from '../../../lib/policy/schema/schema.ts';
import { type Finding, skipped, type Verdict, verdictOf, worstOf } from '../finding/finding.ts';
import { type ProbeDeps, purgeProbe } from './archive-probe.ts';
import { archiveBuckets } from './valid-policies.ts';

type Deps = ProbeDeps & {
  obs: ProbeDeps['obs'] & Pick<Obs, 'put'>;
  /** Epoch ms. */
  now: number;
  /** Makes the names of the probes unique. */
  holder: string;
};

const CHECK = 'archive_write';
const PROBES_AT_ONCE = 8;
const PUT_RIGHT =
  'obs:object:PutObject in the archive bucket (for this check: archives are written by CPH’s own agency)';

/** Returns the finding when no probe was requested. */
export const archiveWriteUntested = (): Finding => ({
  check: CHECK,
  ...skipped('only with --write: writing and deleting in the archive buckets was not tried'),
});

/** Writes and deletes a small object in the folder of each enabled policy. Returns one finding a bucket. */
export async function checkArchiveWrite(
  deps: Deps,
  policies: readonly Policy[],
): Promise<Finding[]> {
  const enabled = policies.filter((policy) => policy.enabled);
  if (enabled.length === 0) return [{ check: CHECK, ...skipped('no policy is enabled') }];
  const limit = pLimit(PROBES_AT_ONCE);
  return Promise.all(
    archiveBuckets(enabled).map(async (bucket): Promise<Finding> => {
      const keys = enabled
        .filter((policy) => policy.export.bucket === bucket)
        .map((policy) => probeKey(deps, policy));
      const probes = [...new Set(keys)].map((key) => limit(() => tryProbe(deps, bucket, key)));
      const good = 'a probe was written to the folder of each enabled policy, and deleted';
      const verdict = worstOf((await Promise.all(probes)).flat(), good);
      return { check: CHECK, subject: bucket, ...verdict };
    }),
  );
}

/** Not the key of an archive: those end in `.tar`, and lie in the folder of a run. */
function probeKey(
  { now, holder }: Deps,
  { name, schedule, export: { object_path } }: Policy,
): string {
  const date = localDate(now, schedule?.timezone ?? 'UTC');
  const folder = expandObjectPath(object_path, { policy: name, date, slot: stamp(now) });
  return `${folder}/phonevault-doctor-${holder}.json`;
}

/** Returns what went wrong. */
async function tryProbe(deps: Deps, bucket: string, key: string): Promise<Verdict[]> {
  const problems: Verdict[] = [];
  try {
    await deps.obs.put(bucket, key, '{"probe":1}');
  } catch (error) {
    const verdict = verdictOf(error, PUT_RIGHT);
    const message = `obs://${bucket}/${key} could not be written: ${verdict.message}`;
    problems.push({ ...verdict, message });
    if (error instanceof ServiceError && error.carriedOut === 'no') return problems;
  }
  // A lost write may have been carried out: delete the object anyway.
  const leftover = await purgeProbe(deps, bucket, key);
  return leftover === undefined ? problems : [...problems, leftover];
}
