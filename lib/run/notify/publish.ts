import { PhonevaultError } from '../../errors.ts';
import type { RunDeps } from '../deps.ts';
import { contain } from '../state/failures/contain-failure.ts';
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

/**
 * Records that something was published, or is about to be. A record that cannot be written is logged, and its error returned:
 * without it the message may be sent once more, but neither never nor again and again.
 */
export async function recordNotified(
  deps: Pick<RunDeps, 'log'>,
  of: { kind: Notification['kind']; policy?: string },
  write: () => Promise<unknown>,
): Promise<PhonevaultError | undefined> {
  return contain(deps, { event: 'notified_not_written', ...of }, write);
}
