import { readHistory } from '../../ledger/state/history.ts';
import { layout } from '../../ledger/store/layout.ts';
import type { Report } from '../../ledger/run/report.ts';
import {
  isRecoveredHint,
  isStaleHint,
  putRecovered,
  readRecovered,
  readStale,
} from '../../ledger/hints/staleness.ts';
import { readNotifiedStale, writeNotifiedStale } from '../../ledger/state/notified.ts';
import type { DriveDeps, RunDeps } from '../deps.ts';
import { removeHandled } from '../state/resting.ts';
import { tryHint } from '../state/try-hint.ts';
import type { Language } from './message/notification.ts';
import { localeOf, publish } from './publish.ts';

type Deps = Pick<
  DriveDeps,
  'clock' | 'log' | 'store' | 'topic' | 'topicUrn' | 'ledger' | 'unreadable'
>;

/**
 * Writes the hint that a policy has recovered, where drive has notified that it was stale: a full run completed. To be called
 * before the run is closed. The same run gives the same hint.
 */
export async function noteRecovered(
  deps: Pick<RunDeps, 'store'>,
  { policy, run_id }: Pick<Report, 'policy' | 'run_id'>,
  language: Language,
): Promise<void> {
  const notified = await readNotifiedStale(deps.store, policy);
  if (notified === undefined) return;
  await putRecovered(deps.store, { policy, since: notified.since, run_id, language });
}

/** Publishes which policies have become stale or have recovered, once each. A failed one is published by a later drive. */
export async function publishStaleness(deps: Deps, ids: readonly string[]): Promise<void> {
  const finish = async (id: string, work: typeof publishStale): Promise<void> => {
    if (await tryHint(deps, id, () => work(deps, id))) await removeHandled(deps, [layout.hint(id)]);
  };
  // In this order: a policy may become stale again after it has recovered.
  for (const id of ids.filter(isRecoveredHint)) await finish(id, publishRecovered);
  for (const id of ids.filter(isStaleHint)) await finish(id, publishStale);
}

async function publishStale(deps: Deps, id: string): Promise<boolean> {
  const hint = await readStale(deps.store, id);
  if (hint === undefined) return true;
  const { policy, since, language } = hint;
  const known = await readNotifiedStale(deps.store, policy);
  if (known?.notified_at !== undefined && known.since >= since) return true;
  const goodAt = (await readHistory(deps.store, policy))?.good?.settled_at ?? 0;
  if (goodAt > since) return true;
  // Before the message goes out: if this drive is killed in between, the recovery is published all the same.
  await writeNotifiedStale(deps.store, { policy, since });
  const locale = await localeOf(deps.store, policy);
  const own = language === undefined ? locale : { ...locale, language };
  if (!(await publish(deps, { kind: 'stale', policy, since }, own))) return false;
  await writeNotifiedStale(deps.store, { policy, since, notified_at: deps.clock.now() });
  deps.log.info('notified', { policy, kind: 'stale' });
  return true;
}

async function publishRecovered(deps: Deps, id: string): Promise<boolean> {
  const hint = await readRecovered(deps.store, id);
  if (hint === undefined) return true;
  const { policy, since, run_id, language = 'en' } = hint;
  const known = await readNotifiedStale(deps.store, policy);
  if (known?.since !== since) return true;
  const { bucket, prefix } = deps.ledger;
  const report = { bucket, key: prefix + layout.report(run_id) };
  const locale = { language, timezone: 'UTC' };
  if (!(await publish(deps, { kind: 'recovered', policy, run_id, report }, locale))) return false;
  await deps.store.remove([layout.stale(policy)]);
  deps.log.info('notified', { run: run_id, policy, kind: 'recovered' });
  return true;
}
