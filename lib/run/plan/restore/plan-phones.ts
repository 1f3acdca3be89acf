import type { Archive } from '../../../ledger/catalogue/archive.ts';
import type { PlannedPhone, RestoreSource } from '../../../ledger/run/plan.ts';
import { type Candidate, submissionOrder } from '../../../policy/selection/select.ts';
import { phoneState } from '../../../policy/selection/states.ts';
import { type ArchiveState, idOf } from './check-archives.ts';
import type { Wanted } from './choose-archives.ts';

type Known = {
  /** The phones to restore, as CPH lists them, by id. */
  phones: ReadonlyMap<string, Candidate>;
  /** What the buckets say of the archives. */
  archives: ReadonlyMap<string, ArchiveState>;
  /** Restores only so many phones. */
  first?: number | undefined;
};

/**
 * Returns the phones of a restore in submission order, each with its archive, or with the reason why it is not restored. A phone
 * that runs, or will soon, is restored unless two archives are meant for it, it has none, the archive is not as it was verified, or
 * the archive's Android is newer. A cold archive is made readable first. Pure.
 */
export function planPhones(wanted: readonly Wanted[], known: Known): PlannedPhone[] {
  const archives = new Map<string, Archive | undefined>();
  const doubled = new Set<string>();
  for (const { phone, archive } of wanted) {
    if (archives.has(phone) && archives.get(phone)?.key !== archive?.key) doubled.add(phone);
    archives.set(phone, archive);
  }
  const planned = [...archives].map(([phone, archive]): PlannedPhone => {
    const candidate = known.phones.get(phone) ?? unknownPhone(phone);
    const source = archive === undefined ? {} : { source: sourceOf(archive) };
    const state = phoneState(candidate.status);
    const refusal = doubled.has(phone)
      ? ({ outcome: 'failed', reason: 'two_sources' } as const)
      : refusalOf(candidate, archive, known);
    if (refusal !== undefined) return { ...candidate, ...source, verdict: refusal };
    const isCold = archive !== undefined && known.archives.get(idOf(archive)) === 'archive_cold';
    return {
      ...{ ...candidate, ...source },
      ...(isCold ? { cold: true as const } : {}),
      ...(state === 'passing' ? { waiting: true } : {}),
    };
  });
  return onlyFirst(submissionOrder(planned), known.first);
}

type Verdict = NonNullable<PlannedPhone['verdict']>;

function refusalOf(
  phone: Candidate,
  archive: Archive | undefined,
  known: Known,
): Verdict | undefined {
  if (!known.phones.has(phone.phone_id)) return { outcome: 'failed', reason: 'not_found' };
  if (archive === undefined) return { outcome: 'failed', reason: 'no_archive' };
  const state = known.archives.get(idOf(archive)) ?? 'archive_missing';
  if (state !== 'there' && state !== 'archive_cold') return { outcome: 'failed', reason: state };
  if (isOlder(phone.image_version, archive.image_version)) {
    return { outcome: 'failed', reason: 'older_android' };
  }
  if (phoneState(phone.status) === 'stuck') return { outcome: 'skipped', reason: phone.status };
  return undefined;
}

/** Returns whether one Android is older than another: a newer one's data cannot be restored to it (cph_api_0539). */
export function isOlder(one: string | undefined, other: string | undefined): boolean {
  const [a, b] = [versionOf(one), versionOf(other)];
  for (let part = 0; part < Math.max(a.length, b.length); part += 1) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0);
    if (difference !== 0) return a.length > 0 && b.length > 0 && difference < 0;
  }
  return false;
}

/** CPH writes `AOSP 7.0`. */
function versionOf(image: string | undefined): number[] {
  return (/\d+(?:\.\d+)*/.exec(image ?? '')?.[0] ?? '').split('.').filter(Boolean).map(Number);
}

/** Skips the phones after the first ones that would be restored. */
function onlyFirst(phones: PlannedPhone[], first = Number.POSITIVE_INFINITY): PlannedPhone[] {
  let left = first;
  return phones.map((phone) => {
    if (phone.verdict !== undefined) return phone;
    left -= 1;
    return left >= 0 ? phone : { ...phone, verdict: { outcome: 'skipped', reason: 'not_first' } };
  });
}

function unknownPhone(phone_id: string): Candidate {
  return { phone_id, phone_name: '', server_id: '', status: 'unknown' };
}

function sourceOf(archive: Archive): RestoreSource {
  const { phone_id, phone_name, policy, run_id, bucket, key } = archive;
  const { size, etag, verified_at, image_version } = archive;
  return {
    ...{ phone_id, phone_name, policy, run_id, bucket, key, size, etag, verified_at },
    ...(image_version === undefined ? {} : { image_version }),
  };
}
