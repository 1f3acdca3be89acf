import { sha256hex } from '../../../ledger/store/digest.ts';
import { cutBytes, visibleAll, visibleJson } from '../../../visible.ts';
import { fieldsOf, phonesOf, type Fields } from './fields.ts';
import type { Locale, Notification } from './notification.ts';
import { textsOf } from './text.ts';

const MESSAGE_VERSION = 1;
const SUBJECT_BYTES = 512;

export type TopicMessage = {
  subject: string;
  message_structure: Record<string, string>;
  message_attributes: { name: string; value: string }[];
};

/** Returns the message for every kind of subscriber: text for people, JSON for programs. Its size does not grow with the fleet. */
export function composeMessage(
  notification: Notification,
  locale: Locale = { language: 'en', timezone: 'UTC' },
): TopicMessage {
  const { subject, line, sms, email } = textsOf(visibleAll(notification), locale);
  const fields = fieldsOf(notification, line);
  const { failed, total } = phonesOf(notification);
  const json = visibleJson({
    version: MESSAGE_VERSION,
    id: notificationId(fields),
    ...fields,
    failed,
    truncated: total > failed.length,
  });
  return {
    subject: cutBytes(`[Phonevault] ${subject}`, SUBJECT_BYTES),
    message_structure: {
      ...{ default: line, email, sms },
      ...{ http: json, https: json, functiongraph: json },
    },
    message_attributes: [
      { name: 'kind', value: fields.kind },
      ...(fields.policy === null ? [] : [{ name: 'policy', value: attributeValue(fields.policy) }]),
      ...(fields.outcome === null ? [] : [{ name: 'outcome', value: fields.outcome }]),
    ],
  };
}

type IdFields = Pick<
  Fields,
  'kind' | 'run_id' | 'policy' | 'reason' | 'object' | 'since' | 'checked_at'
>;

/** Returns the same id for the same notification, so that a receiver can drop a repetition. */
export function notificationId({
  kind,
  run_id,
  policy,
  reason,
  object,
  since = '',
  checked_at,
}: IdFields): string {
  const parts = [kind, run_id ?? '', policy ?? '', run_id ? '' : (reason ?? '')];
  if (object !== undefined) parts.push(object.key, since);
  if (kind === 'stale' || kind === 'recovered') parts.push(checked_at ?? since);
  return sha256hex(parts.join('\0')).slice(0, 32);
}

/** SMN allows letters, digits and underscores in an attribute's value, 32 at most. */
function attributeValue(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 32);
}
