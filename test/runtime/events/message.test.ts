import { describe, expect, it } from 'vitest';
import { parseMessageObject, parseMessageText } from '../../../lib/runtime/events/message.ts';

const PHONE = '0123456789abcdef0123456789abcdef';
const OTHER = '1123456789abcdef0123456789abcdef';
const SERVER = 'aa23456789abcdef0123456789abcdef';
const ORDER = 'CS2602031151ABCDE';

const none = { change: 'requested', phones: [], servers: [], others: [] };
const NOTHING = { hints: [], ignored: ['nothing_named'] };
const hintOf = (lookup: object) => ({
  hints: [{ id: 'message-m1', lookup: { ...none, ...lookup } }],
  ignored: [],
});

describe('parseMessageText', () => {
  it.each([
    ['a bare id', PHONE, { others: [PHONE] }],
    ['bare ids', `${OTHER}, ${PHONE}`, { others: [PHONE, OTHER] }],
    ['phones, sorted', `Phones = ${OTHER} ${PHONE}`, { phones: [PHONE, OTHER] }],
    ['a field with an id', `phone_id: ${PHONE}`, { phones: [PHONE] }],
    ['a server', `server ${SERVER}`, { servers: [SERVER] }],
    ['an order', `order ${ORDER}`, { others: [ORDER] }],
    ['a policy', 'policy: nightly', { policy: 'nightly' }],
    [
      'several lines, with empty ones between them',
      `phone ${PHONE}\n\n phone ${PHONE} \nserver ${SERVER}\npolicy nightly\n`,
      { phones: [PHONE], servers: [SERVER], policy: 'nightly' },
    ],
  ])('reads %s', (_what, text, lookup) => {
    expect(parseMessageText(text, 'm1')).toEqual(hintOf(lookup));
  });

  it.each([
    ['an empty text', ''],
    ['a text for people', 'Phone ready'],
    ['a word that is not an id', 'phone game_0001! is on fire'],
    ['one line for people among others', `phone ${PHONE}\nThank you.`],
    ['two policies', 'policy nightly\npolicy weekly'],
    ['an invalid policy', 'policy No-Policy'],
    ['more than 64 KiB', `phone ${PHONE}\n`.repeat(2_000)],
  ])('ignores %s', (_what, text) => {
    expect(parseMessageText(text, 'm1')).toEqual(NOTHING);
  });
});

describe('parseMessageObject', () => {
  it.each<[string, object, object]>([
    ['phones', { phone_ids: [PHONE, OTHER] }, { phones: [PHONE, OTHER] }],
    [
      'a phone rather than its server',
      { phones: [{ phone_id: PHONE, server_id: SERVER }] },
      { phones: [PHONE] },
    ],
    ['servers', { servers: [SERVER] }, { servers: [SERVER] }],
    ['an order', { order_id: ORDER }, { others: [ORDER] }],
    ['a policy alone', { policy: 'nightly' }, { policy: 'nightly' }],
    [
      'phones and a policy',
      { phone_id: PHONE, policy: 'nightly' },
      { phones: [PHONE], policy: 'nightly' },
    ],
  ])('reads %s', (_what, value, lookup) => {
    expect(parseMessageObject(value, 'm1')).toEqual(hintOf(lookup));
  });

  it.each<[string, object]>([
    ['an empty object', {}],
    ['a list', [1, 2]],
    ['an invalid policy', { phone_id: PHONE, policy: 'No Policy' }],
    ['a policy that is not a text', { phone_id: PHONE, policy: 7 }],
  ])('ignores %s', (_what, value) => {
    expect(parseMessageObject(value, 'm1')).toEqual(NOTHING);
  });
});
