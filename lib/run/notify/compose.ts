import { sha256hex } from '../../ledger/store/digest.ts';
import type { Notification } from './notification.ts';
import { words } from './text.ts';

const MESSAGE_VERSION = 1;
const MAX_FAILED = 50;
const WORD_CHARACTERS = 64;
/** SMN cuts a text message there (smn_pd_25005 and the publish page). */
const SMS_CHARACTERS = 490;
const SUBJECT_BYTES = 512;

export type TopicMessage = {
  subject: string;
  message_structure: Record<string, string>;
  message_attributes: { name: string; value: string }[];
};

/** A stable id: the same news always carries the same one, so that a receiver can drop a repetition. */
export function notificationId(
  notification: Pick<Notification, 'kind' | 'run_id' | 'policy' | 'reason'>,
): string {
  const about = [
    notification.kind,
    notification.run_id ?? '',
    notification.policy ?? '',
    notification.run_id ? '' : (notification.reason ?? ''),
  ];
  return sha256hex(about.join('\0')).slice(0, 32);
}

/** Writes the message for every kind of subscriber: text for people, JSON for programs. Its size does not grow with the fleet. */
export function composeMessage(notification: Notification): TopicMessage {
  const failed = (notification.failed ?? []).map((phone) => ({
    ...phone,
    reason: phone.reason?.slice(0, WORD_CHARACTERS),
    code: phone.code?.slice(0, WORD_CHARACTERS),
  }));
  const body = {
    version: MESSAGE_VERSION,
    id: notificationId(notification),
    kind: notification.kind,
    run_id: notification.run_id ?? null,
    policy: notification.policy ?? null,
    outcome: notification.outcome ?? null,
    counts: notification.counts ?? null,
    report: notification.report ?? null,
    ...(notification.reason === undefined ? {} : { reason: notification.reason }),
    ...(notification.message === undefined ? {} : { message: notification.message }),
    ...(notification.day === undefined ? {} : { day: notification.day }),
    failed: failed.slice(0, MAX_FAILED).map(({ phone_id, outcome, reason, code }) => ({
      phone_id,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(code === undefined ? {} : { code }),
    })),
    truncated: failed.length > MAX_FAILED,
  };
  const json = JSON.stringify(body);
  const say = words[notification.language ?? 'en'];
  const subject = cutBytes(say.subject(notification), SUBJECT_BYTES);
  const text = say.text(notification, failed.slice(0, MAX_FAILED), failed.length);
  return {
    subject,
    message_structure: {
      default: text,
      email: text,
      sms: say.sms(notification).slice(0, SMS_CHARACTERS),
      http: json,
      https: json,
      functiongraph: json,
    },
    message_attributes: [
      { name: 'kind', value: notification.kind },
      ...(notification.policy === undefined
        ? []
        : [{ name: 'policy', value: attribute(notification.policy) }]),
      ...(notification.outcome === undefined
        ? []
        : [{ name: 'outcome', value: notification.outcome }]),
    ],
  };
}

/** SMN allows letters, digits and underscores in an attribute's value, 32 at most. */
function attribute(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 32);
}

/** The longest beginning of a text that fits into so many bytes of UTF-8. */
function cutBytes(text: string, bytes: number): string {
  let cut = text;
  while (Buffer.byteLength(cut) > bytes) cut = [...cut].slice(0, -1).join('');
  return cut;
}
