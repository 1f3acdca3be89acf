import {
  isFreshnessHint,
  putFreshnessHint,
  readFreshnessHint,
} from '../../ledger/hints/freshness.ts';
import { readCursorsStrictly } from '../../ledger/state/cursors.ts';
import { type Freshness, readFreshness, writeFreshness } from '../../ledger/state/freshness.ts';
import { readHistoryStrictly } from '../../ledger/state/history.ts';
import {
  forgetNotifiedStale,
  type NotifiedStale,
  readNotifiedStale,
  writeNotifiedStale,
} from '../../ledger/state/notified/notified.ts';
import { layout } from '../../ledger/store/layout.ts';
import { ifReadable } from '../../ledger/store/object-error.ts';
import type { DriveDeps, RunDeps } from '../deps.ts';
import { hasRecovered, isCurrent, needsNotice } from '../freshness/change.ts';
import { type Basis, basisOf, basisOfFile, judge, type Judgement } from '../freshness/judge.ts';
import { currentFreshness } from '../freshness/record.ts';
import { contain } from '../state/failures/contain-failure.ts';
import { readPolicy } from '../state/read-policy.ts';
import { removeHandled } from '../state/failures/resting.ts';
import { tryHint } from '../state/failures/try-hint.ts';
import type { Language } from '../../meanings/entry.ts';
import type { Locale } from './message/notification.ts';
import { localeOf } from './locale.ts';
import { publish, recordNotified } from './publish.ts';

type Deps = Pick<
  DriveDeps,
  'clock' | 'until' | 'log' | 'store' | 'topic' | 'topicUrn' | 'ledger' | 'unreadable'
>;

/** What is published about: judged now, from the archives. */
type Found = {
  policy: string;
  basis: Basis;
  freshness: Freshness | undefined;
  goodAt: number | undefined;
  lastGood: string | undefined;
  judgement: Judgement;
};

/** Has drive check a policy that is notified as stale. To be called after each of its runs, before the run is closed. */
export async function checkRecovered(
  deps: Pick<RunDeps, 'clock' | 'store'>,
  policy: string,
  language: Language,
): Promise<void> {
  if ((await readNotifiedStale(deps.store, policy)) === undefined) return;
  await putFreshnessHint(deps.store, { policy, at: deps.clock.now(), language });
}

/** Publishes which policies have become stale, much worse, or have recovered. A failed one is published by a later drive. */
export async function publishFreshness(deps: Deps, ids: readonly string[]): Promise<void> {
  for (const id of ids.filter(isFreshnessHint)) {
    if (deps.clock.now() >= deps.until) return;
    const isDone = await tryHint(deps, id, () => publishPolicy(deps, id));
    if (isDone) await removeHandled(deps, [layout.hint(id)]);
  }
}

async function publishPolicy(deps: Deps, id: string): Promise<boolean> {
  const hint = await readFreshnessHint(deps.store, id);
  if (hint === undefined) return true;
  const { policy, at, language } = hint;
  const found = await findOut(deps, policy);
  if (found === undefined) return true;
  const known = await readNotifiedStale(deps.store, policy);
  const { judgement, basis } = found;
  if (!needsNotice(judgement, known, basis, deps.clock.now())) return true;
  const locale = await localeOf(deps.store, policy);
  const own = language === undefined ? locale : { ...locale, language };
  if (known !== undefined && hasRecovered(judgement)) {
    return publishRecovered(deps, found, known, own);
  }
  return publishStale(deps, found, messageAbout(found, known, at), own);
}

/** Returns what a policy is judged by: as schedule last read it, or from its file when the cursors are lost or unreadable. */
async function basisFor(deps: Deps, policy: string): Promise<Basis | undefined> {
  const { store } = deps;
  const cursors = (await ifReadable(readCursorsStrictly(store)))?.policies;
  if (cursors !== undefined) {
    return basisOf(Object.hasOwn(cursors, policy) ? cursors[policy] : undefined);
  }
  const [file] = await store.list(layout.policy(policy), { max: 1 });
  const parsed = (await readPolicy(deps, policy))?.parsed;
  return parsed?.ok === true ? basisOfFile(parsed.policy, file?.lastModified ?? 0) : undefined;
}

/** Judges a policy from its archives, and stores what they say; undefined when it is not active. */
async function findOut(deps: Deps, policy: string): Promise<Found | undefined> {
  const { clock, store } = deps;
  const basis = await basisFor(deps, policy);
  if (basis === undefined) return undefined;
  const now = clock.now();
  const freshness = await currentFreshness(store, policy, await readFreshness(store, policy), now);
  if (freshness !== undefined) {
    await contain(deps, { event: 'freshness_not_written', policy }, () =>
      writeFreshness(store, freshness, policy),
    );
  }
  // Without phones the runs count: that no run is known may not be why a message goes out.
  const history = freshness === undefined ? await readHistoryStrictly(store, policy) : undefined;
  const good = history?.good;
  const goodAt = good?.settled_at;
  const judgement = judge(basis, { freshness, goodAt }, now);
  return { policy, basis, freshness, goodAt, lastGood: good?.run_id, judgement };
}

/** Returns what is recorded of a message. One that may not have been sent is sent under the same id. */
function messageAbout(
  { policy, basis, judgement }: Found,
  known: NotifiedStale | undefined,
  at: number,
): NotifiedStale {
  const { phones } = judgement;
  const isKnown = isCurrent(known, basis.from);
  return {
    policy,
    since: isKnown ? known.since : at,
    at: isKnown && known.notified_at === undefined ? known.at : at,
    ...(phones === undefined ? {} : { phones: { counted: phones.counted, fresh: phones.fresh } }),
  };
}

async function publishStale(
  deps: Deps,
  { policy, basis, freshness, goodAt = 0, judgement }: Found,
  message: NotifiedStale,
  locale: Locale,
): Promise<boolean> {
  const record = (stale: NotifiedStale): Promise<unknown> =>
    recordNotified(deps, { kind: 'stale', policy }, () => writeNotifiedStale(deps.store, stale));
  // Before the message goes out: if this drive is killed in between, the recovery is published all the same.
  await record(message);
  const { limit = 0, phones } = judgement;
  const late = (freshness?.oldest ?? []).filter(({ verified_at: time = 0 }) => time < limit);
  const sent = await publish(
    deps,
    {
      ...{ kind: 'stale', policy, since: message.since, at: message.at },
      ...{ objective: basis.objective, limit, goodAt: Math.max(goodAt, basis.from) },
      ...(phones === undefined || phones.counted === 0 ? {} : { phones }),
      late,
    },
    locale,
  );
  if (!sent) return false;
  await record({ ...message, notified_at: deps.clock.now() });
  deps.log.info('notified', { policy, kind: 'stale' });
  return true;
}

async function publishRecovered(
  deps: Deps,
  { policy, freshness, lastGood }: Found,
  known: NotifiedStale,
  locale: Locale,
): Promise<boolean> {
  const run_id = freshness?.run_id ?? lastGood;
  if (run_id === undefined) return true;
  const { bucket, prefix } = deps.ledger;
  const report = { bucket, key: prefix + layout.report(run_id) };
  const recovered = { kind: 'recovered', policy, run_id, report, since: known.since } as const;
  if (!(await publish(deps, recovered, locale))) return false;
  await recordNotified(deps, { kind: 'recovered', policy }, () =>
    forgetNotifiedStale(deps.store, known, deps.clock.now()),
  );
  deps.log.info('notified', { run: run_id, policy, kind: 'recovered' });
  return true;
}
