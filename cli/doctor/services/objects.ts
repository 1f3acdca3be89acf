import { PhonevaultError } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { getObject, isUnreadable, throwIfListed } from '../../../lib/ledger/store/object-error.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import type { ObjectProblem, UnreadableObject } from '../../../lib/run/query/schemas/object.ts';
import { problemOf, unreadableObjects } from '../../../lib/run/query/unreadable.ts';
import { ago } from '../../text/time.ts';
import { count } from '../../text/plural.ts';
import { failed, type Finding, ok, verdictOf } from '../finding/finding.ts';

const MAX_FINDINGS = 10;
/** The folders of the ledger. */
const FOLDERS = [layout.policies, layout.open, layout.runs, layout.catalogue, layout.state];

type Reading = Pick<Store, 'get' | 'list'>;

/**
 * Reads one object of each folder of the ledger, and lists the objects that drive cannot use. Each that cannot be read is a
 * finding of its own, with OBS's code and the fix: a missing right, its KMS key, another account's object, the archive class.
 */
export async function checkObjects(store: Reading, now: number): Promise<Finding[]> {
  const check = 'objects';
  const samples = await Promise.all(FOLDERS.map((folder) => readSample(store, folder)));
  // The bucket does not respond at all: it is no fault of an object.
  const [first] = samples;
  if (first?.error !== undefined && samples.every(({ error }) => error !== undefined)) {
    return [{ check, ...verdictOf(first.error) }];
  }
  const problems = samples.flatMap(({ problem }) => problem ?? []);
  const bad = (await unreadableObjects(store, problems)).map((object) => ({
    ...{ check, subject: object.key },
    ...failed(textOf(object, now), object.hint ?? 'delete it, or restore an earlier version of it'),
  }));
  const broken = samples.flatMap(({ folder, error }) =>
    error === undefined ? [] : [{ check, subject: folder, ...verdictOf(error) }],
  );
  const findings = [...broken, ...bad];
  if (findings.length === 0) {
    const read = samples.filter(({ isRead }) => isRead).map(({ folder }) => folder);
    const text = read.length === 0 ? 'no objects yet' : `can read an object in ${read.join(', ')}`;
    return [{ check, ...ok(`${text}; drive has met none that it cannot use`) }];
  }
  const more = findings.length - MAX_FINDINGS;
  if (more <= 0) return findings;
  const rest = failed(
    `${count(more, 'more object')} cannot be used`,
    'phonevault status --json lists them',
  );
  return [...findings.slice(0, MAX_FINDINGS), { check, ...rest }];
}

type Sample = { folder: string; isRead: boolean; problem?: ObjectProblem; error?: PhonevaultError };

/** Reads the first object of a folder; that of `runs/` is one of the oldest. */
async function readSample(store: Reading, folder: string): Promise<Sample> {
  try {
    const [first] = await store.list(folder, { max: 1 });
    if (first === undefined) return { folder, isRead: false };
    const object = (await getObject(store, first.key)) ?? (await throwIfListed(store, first.key));
    return { folder, isRead: object !== undefined };
  } catch (error) {
    if (isUnreadable(error)) return { folder, isRead: false, problem: problemOf(error) };
    if (error instanceof PhonevaultError) return { folder, isRead: false, error };
    throw error;
  }
}

function textOf({ message, since, retry_at }: UnreadableObject, now: number): string {
  if (since === null || retry_at === null) return message;
  const next = ago(now - Date.parse(retry_at));
  return `${message}; since ${ago(now - Date.parse(since))}, next try ${next}`;
}
