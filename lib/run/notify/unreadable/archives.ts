import type { EventOf } from '../../../ledger/run/events.ts';
import type { Chosen } from '../../archive/choose-sample.ts';
import type { RunDeps } from '../../deps.ts';
import type { OpenRun } from '../../state/open-run.ts';
import { localeOfRun } from '../locale.ts';
import { publish } from '../publish.ts';

const MAX_PHONES = 3;

const CODES: Record<Exclude<EventOf<'read'>['result'], 'ok'>, string> = {
  changed: 'archive_changed',
  broken: 'archive_broken',
  missing: 'archive_missing',
  unreadable: 'access_denied',
};

const HINT =
  'Older archives of these phones stay. `phonevault runs show RUN` lists the archives, `phonevault archives verify` reads them again; then back the phones up again';

/** Publishes that archives of a run cannot be read to their end. Returns false when the topic fails; true when there is nothing to say. */
export async function publishUnreadableArchives(
  deps: Pick<RunDeps, 'topic' | 'topicUrn' | 'log' | 'store'>,
  { runId, request, plan, state }: OpenRun,
  chosen: readonly Chosen[],
): Promise<boolean> {
  const read = chosen.filter(({ attempt }) => attempt.read !== undefined);
  const bad = read.filter(({ attempt }) => attempt.read?.result !== 'ok');
  const [first] = bad;
  const result = first?.attempt.read?.result ?? 'ok';
  if (first === undefined || result === 'ok') return true;
  const { bucket, key } = first.archive;
  const { at = 0, message = key } = first.attempt.read ?? {};
  const { policy } = request;
  const locale = await localeOfRun(deps.store, { plan, request });
  const nameOf = (id: string): string => state.phones.get(id)?.planned.phone_name || id;
  const phones = bad.slice(0, MAX_PHONES).map(({ phoneId }) => phoneId);
  const notification = {
    ...{ kind: 'unreadable' as const, policy, run_id: runId, object: { bucket, key } },
    ...{ code: CODES[result], message, hint: HINT, since: at },
    archives: { count: bad.length, read: read.length, phones, names: phones.map(nameOf) },
  };
  if (!(await publish(deps, notification, locale))) return false;
  deps.log.info('notified', { run: runId, policy, kind: 'unreadable' });
  return true;
}
