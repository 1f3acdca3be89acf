import { sha256hex } from '../../ledger/store/digest.ts';
import type { Notification } from './notification.ts';
import { words } from './text.ts';

const MESSAGE_VERSION = 1;
const FAILED_AT_MOST = 50;
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
  news: Pick<Notification, 'kind' | 'run_id' | 'policy' | 'reason'>,
): string {
  const about = [
    news.kind,
    news.run_id ?? '',
    news.policy ?? '',
    news.run_id ? '' : (news.reason ?? ''),
  ];
  return sha256hex(about.join('\0')).slice(0, 32);
}

/** Writes the message for every kind of subscriber: text for people, JSON for programs. Its size does not grow with the fleet. */
export function composeMessage(news: Notification): TopicMessage {
  const failed = (news.failed ?? []).map((phone) => ({
    ...phone,
    reason: phone.reason?.slice(0, WORD_CHARACTERS),
    code: phone.code?.slice(0, WORD_CHARACTERS),
  }));
  const body = {
    version: MESSAGE_VERSION,
    id: notificationId(news),
    kind: news.kind,
    run_id: news.run_id ?? null,
    policy: news.policy ?? null,
    outcome: news.outcome ?? null,
    counts: news.counts ?? null,
    report: news.report ?? null,
    ...(news.reason === undefined ? {} : { reason: news.reason }),
    ...(news.message === undefined ? {} : { message: news.message }),
    ...(news.day === undefined ? {} : { day: news.day }),
    failed: failed.slice(0, FAILED_AT_MOST).map(({ phone_id, outcome, reason, code }) => ({
      phone_id,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(code === undefined ? {} : { code }),
    })),
    truncated: failed.length > FAILED_AT_MOST,
  };
  const json = JSON.stringify(body);
  const say = words[news.language ?? 'en'];
  const subject = cutBytes(say.subject(news), SUBJECT_BYTES);
  const text = say.text(news, failed.slice(0, FAILED_AT_MOST), failed.length);
  return {
    subject,
    message_structure: {
      default: text,
      email: text,
      sms: say.sms(news).slice(0, SMS_CHARACTERS),
      http: json,
      https: json,
      functiongraph: json,
    },
    message_attributes: [
      { name: 'kind', value: news.kind },
      ...(news.policy === undefined ? [] : [{ name: 'policy', value: attribute(news.policy) }]),
      ...(news.outcome === undefined ? [] : [{ name: 'outcome', value: news.outcome }]),
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
