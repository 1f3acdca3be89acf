import pLimit from 'p-limit';
import type { ObjectInfo } from '../../cloud/obs/list.ts';
import type { PhonevaultError } from '../../errors.ts';
import type { RunDeps } from '../deps.ts';
import { noteMissingRight } from '../state/failures/missing-right.ts';
import { isError, isRefused, orError } from '../state/failures/or-error.ts';
import type { OpenRun } from '../state/open-run.ts';
import { isPlausible } from './archives/archive-file.ts';

const HEADS_AT_ONCE = 8;
const KEYS_A_LIST = 1_000;
/** For so many archives, one LIST of the folder costs less than a HEAD for each archive. */
const MIN_ARCHIVES_TO_LIST = 8;

/** `isLastLookup`: an archive that is not found now counts as missing. */
type Wanted = { key: string; isLastLookup: boolean };

/** An object, `absent`, or the error with which neither of these is known. */
export type Finding = ObjectInfo | 'absent' | PhonevaultError;

/** The objects that LIST shows, and the error that ended it early. */
type Listing = { objects: Map<string, ObjectInfo>; error?: PhonevaultError };

/**
 * Looks up archives, each on its own: with HEAD, and with LIST for many, for a last lookup and where a HEAD fails. LIST counts where
 * it shows a plausible size. It decides where the bucket refuses every HEAD. An archive is absent at a last lookup only when both
 * say so. Records rights that the bucket does not grant. Throws what stops the drive.
 */
export async function lookUpEach<W extends Wanted>(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
  { bucket, folder }: { bucket: string; folder: string },
  wanted: W[],
): Promise<{ of: W; finding: Finding }[]> {
  // Its pages come one after another.
  const pages = Math.ceil(run.state.phones.size / KEYS_A_LIST);
  const isListed =
    wanted.length >= Math.max(MIN_ARCHIVES_TO_LIST, pages) ||
    wanted.some(({ isLastLookup }) => isLastLookup);
  let listing = isListed ? await listFolder(deps, bucket, folder) : undefined;
  const limit = pLimit(HEADS_AT_ONCE);
  const heads = await Promise.all(
    wanted.map(({ key }) =>
      limit(async (): Promise<Finding> => {
        const listed = listing?.objects.get(key);
        if (listed !== undefined && isPlausible(listed.size)) return listed;
        return orError(async () => (await deps.archives.head(bucket, key)) ?? 'absent');
      }),
    ),
  );
  if (heads.some(isError)) listing ??= await listFolder(deps, bucket, folder);
  const asked = heads.filter((head, n) => head !== listing?.objects.get(wanted[n]?.key ?? ''));
  const listDecides = listing?.error === undefined && asked.every(isRefused);
  noteRefused(deps, run, bucket, { heads, listing });
  return wanted.map((of, n) => {
    const head = heads[n] ?? 'absent';
    if (isError(head)) {
      return { of, finding: listing?.objects.get(of.key) ?? (listDecides ? 'absent' : head) };
    }
    const isDoubtful = head === 'absent' && of.isLastLookup;
    return { of, finding: (isDoubtful ? listing?.error : undefined) ?? head };
  });
}

/** Returns what LIST shows below a folder: all pages up to one that fails. */
async function listFolder(
  { archives }: Pick<RunDeps, 'archives'>,
  bucket: string,
  folder: string,
): Promise<Listing> {
  const objects = new Map<string, ObjectInfo>();
  for (let startAfter: string | undefined; ;) {
    const from = startAfter === undefined ? {} : { startAfter };
    const page = await orError(() => archives.list(bucket, folder, { ...from, max: KEYS_A_LIST }));
    if (isError(page)) return { objects, error: page };
    for (const object of page.objects) objects.set(object.key, object);
    if (page.objects.length < KEYS_A_LIST) return { objects };
    startAfter = page.objects.at(-1)?.key;
  }
}

function noteRefused(
  deps: Pick<RunDeps, 'clock'>,
  run: OpenRun,
  bucket: string,
  { heads, listing }: { heads: Finding[]; listing: Listing | undefined },
): void {
  const head = heads.filter(isError).find(isRefused);
  if (head !== undefined) noteMissingRight(deps, run, 'head_archives', { bucket, error: head });
  const { error } = listing ?? {};
  if (error !== undefined && isRefused(error)) {
    noteMissingRight(deps, run, 'list_archives', { bucket, error });
  }
}
