import { describe, expect, it } from 'vitest';
import { composeMessage } from '../../../../lib/run/notify/message/compose.ts';
import type { Notification } from '../../../../lib/run/notify/message/notification.ts';
import { HOSTILE_NAMES, UNSAFE_TEXT } from '../../../../testing/hostile-names.ts';
import { everyKind } from './samples.ts';

const FROM_OUTSIDE = new Set([
  ...['phone_name', 'code', 'reason', 'codes', 'key', 'bucket', 'message', 'hint'],
  ...['stale', 'invalid', 'unreadable', 'names', 'first', 'step'],
]);

/** Puts a text in the place of every text from outside. */
function withTexts<T>(value: T, text: string, field = ''): T {
  const own: unknown = value;
  if (typeof own === 'string') {
    // Services cut their own texts, and keys have at most 1,024 bytes.
    const given = field === 'phone_name' ? text : text.slice(0, 500);
    return (FROM_OUTSIDE.has(field) ? given : own) as T;
  }
  if (Array.isArray(own)) {
    return (own as unknown[]).map((entry): unknown => withTexts(entry, text, field)) as T;
  }
  if (typeof own !== 'object' || own === null) return value;
  const entries = Object.entries(own).map(([name, inner]): [string, unknown] => [
    name,
    withTexts(inner as unknown, text, name),
  ]);
  return Object.fromEntries(entries) as T;
}

const cases = everyKind.flatMap((notification, index) =>
  Object.entries(HOSTILE_NAMES).map(
    ([what, name]) => [`${notification.kind} ${index}`, what, notification, name] as const,
  ),
);

describe.each(['en', 'zh'] as const)('a message in %s', (language) => {
  const compose = (notification: Notification) =>
    composeMessage(notification, { language, timezone: 'UTC' });

  it.each(cases)('of kind %s holds %s as data in every channel', (_, __, notification, name) => {
    const message = compose(withTexts(notification, name));
    const { subject, message_structure, message_attributes } = message;
    const { sms = '', https = '', default: text = '', email = '' } = message_structure;
    for (const one of [subject, ...Object.values(message_structure)]) {
      expect(one).not.toMatch(UNSAFE_TEXT);
    }
    for (const one of [subject, sms, https, text]) expect(one).not.toContain('\n');
    for (const { value } of message_attributes) expect(value).toMatch(/^\w{1,32}$/);
    expect(email).not.toMatch(/^(?:exported|\s*b$)/m);
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(256 * 1024);
    expect(JSON.parse(https)).toMatchObject({ kind: notification.kind });
  });
});

it('a program gets the name of a phone as it is', () => {
  const name = HOSTILE_NAMES['a line end'] ?? '';
  const [stale] = everyKind.filter(({ kind }) => kind === 'stale');
  const { https = '' } = composeMessage(withTexts(stale!, name)).message_structure;
  const { failed } = JSON.parse(https) as { failed: { phone_name: string }[] };
  expect(failed[0]?.phone_name).toBe(name);
});
