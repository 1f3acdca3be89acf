import { PhonevaultError } from '../../errors.ts';
import { readCursors } from '../../ledger/state/cursors.ts';
import { zoneProblems } from '../../policy/slots/zones.ts';
import type { RunDeps } from '../deps.ts';
import { composeMessage } from './message/compose.ts';
import type { Locale, Notification } from './message/notification.ts';

/** Publishes a notification. Returns false when the topic fails, which is logged: the caller tries again later. */
export async function publish(
  deps: Pick<RunDeps, 'topic' | 'topicUrn' | 'log'>,
  notification: Notification,
  locale?: Locale,
): Promise<boolean> {
  const message = composeMessage(notification, locale);
  const policy = 'policy' in notification ? notification.policy : undefined;
  try {
    await deps.topic.publish(deps.topicUrn, message);
    return true;
  } catch (error) {
    deps.log.error('notify_failed', {
      policy,
      kind: notification.kind,
      code: error instanceof PhonevaultError ? error.code : 'unknown',
      message: error instanceof Error ? error.message : 'unknown',
    });
    return false;
  }
}

/** Returns language and time zone of a policy, as schedule last read them. English and UTC by default. */
export async function localeOf(
  store: Pick<RunDeps['store'], 'get'>,
  policy: string,
): Promise<Locale> {
  const cursors = await readCursors(store);
  const { freshness, schedule } = (Object.hasOwn(cursors, policy) && cursors[policy]) || {};
  const zone = schedule?.timezone ?? 'UTC';
  const timezone = zoneProblems(zone).length === 0 ? zone : 'UTC';
  return { language: freshness?.language ?? 'en', timezone };
}
