import { readHistory } from '../../ledger/state/history.ts';
import { isBroken } from '../../ledger/store/json.ts';
import { layout } from '../../ledger/store/layout.ts';
import type { Report } from '../../ledger/run/report.ts';
import {
  isRecoveredHint,
  isStaleHint,
  putRecovered,
  readRecovered,
  readStale,
  readNotifiedStale,
  type Recovered,
  type Stale,
  writeNotifiedStale,
} from '../../ledger/state/staleness.ts';
import { tell } from './credentials-alarm.ts';
import type { RunDeps } from '../deps.ts';
import { composeMessage } from './compose.ts';
import type { Language } from './notification.ts';
import { words } from './text.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'store' | 'topic' | 'topicUrn' | 'ledger'>;

/**
 * A run of all the policy's phones completed: has drive tell so, where it told that the policy was stale. To be called before
 * the run is closed; the same run gives the same hint.
 */
export async function noteRecovered(
  deps: Pick<RunDeps, 'store'>,
  { policy, run_id }: Pick<Report, 'policy' | 'run_id'>,
  language: Language,
): Promise<void> {
  const told = await readNotifiedStale(deps.store, policy);
  if (told === undefined) return;
  await putRecovered(deps.store, { policy, since: told.since, run_id, language });
}

/** Tells the topic which policies have become stale or have recovered, once each. What fails waits for the next look. */
export async function publishStaleness(deps: Deps, ids: readonly string[]): Promise<void> {
  // A recovery is told before a staleness that came after it.
  for (const id of ids.filter(isRecoveredHint)) {
    await settleHint(deps, id, async () => {
      const notification = await readRecovered(deps.store, id);
      return notification === undefined || (await tellRecovered(deps, notification));
    });
  }
  for (const id of ids.filter(isStaleHint)) {
    await settleHint(deps, id, async () => {
      const notification = await readStale(deps.store, id);
      return notification === undefined || (await tellStale(deps, notification));
    });
  }
}

/** Removes a hint when `work` says that it is done with. One that is broken is removed, one that is newer is left. */
async function settleHint(deps: Deps, id: string, work: () => Promise<boolean>): Promise<void> {
  let isDone: boolean;
  try {
    isDone = await work();
  } catch (error) {
    if (!isBroken(error)) throw error;
    deps.log.error('hint_unreadable', { hint: id, code: error.code, message: error.message });
    isDone = error.code === 'object_invalid';
  }
  if (isDone) await deps.store.remove([layout.hint(id)]);
}

async function tellStale(deps: Deps, { policy, since, language }: Stale): Promise<boolean> {
  const told = await readNotifiedStale(deps.store, policy);
  if (told?.told_at !== undefined && told.since >= since) return true;
  const goodAt = (await readHistory(deps.store, policy))?.good?.settled_at ?? 0;
  if (goodAt > since) return true;
  // Noted first: should this drive die before it can note that it told, the recovery is told all the same.
  await writeNotifiedStale(deps.store, { policy, since });
  const iso = new Date(since).toISOString();
  const reason = `no_good_run since ${iso}`;
  const message = words[language ?? 'en'].stale(iso);
  if (!(await tell(deps, composeMessage({ kind: 'stale', policy, reason, message, language })))) {
    return false;
  }
  await writeNotifiedStale(deps.store, { policy, since, told_at: deps.clock.now() });
  deps.log.info('notified', { policy, kind: 'stale' });
  return true;
}

async function tellRecovered(deps: Deps, notification: Recovered): Promise<boolean> {
  const { policy, since, run_id, language } = notification;
  const told = await readNotifiedStale(deps.store, policy);
  if (told?.since !== since) return true;
  const { bucket, prefix } = deps.ledger;
  const report = { bucket, key: prefix + layout.report(run_id) };
  const message = words[language ?? 'en'].recovered;
  const about = { kind: 'recovered', policy, run_id, report, message, language } as const;
  if (!(await tell(deps, composeMessage(about)))) return false;
  await deps.store.remove([layout.stale(policy)]);
  deps.log.info('notified', { run: run_id, policy, kind: 'recovered' });
  return true;
}
