import { describe, expect, it } from 'vitest';
import { phoneOf, phoneReply, phonesReply, serversReply } from '../../../lib/cloud/cph/phone.ts';

describe('phoneOf', () => {
  const sent = { phone_id: 'a1', phone_name: 'game-1', server_id: 's1', status: 2 };
  const phone = { ...sent, status: 'running' };

  it.each<[string, object, object]>([
    ['a phone', { ...sent, imei: '861234567890123', property: '{}' }, phone],
    ['a state that is sent as text', { ...sent, status: '8' }, { ...phone, status: 'stopped' }],
    ['the image', { ...sent, image_version: 'AOSP 7.0' }, { ...phone, image_version: 'AOSP 7.0' }],
    [
      'the time of creation in epoch ms',
      { ...sent, create_time: '2026-01-02 03:04:05' },
      { ...phone, created_at: Date.UTC(2026, 0, 2, 3, 4, 5) },
    ],
    [
      'missing fields as empty',
      { phone_id: 'a1', server_id: null, create_time: null },
      { phone_id: 'a1', phone_name: '', server_id: '', status: 'unknown' },
    ],
  ])('reads %s', (_what, entry, expected) => {
    expect(phoneOf(entry)).toStrictEqual(expected);
  });

  it.each([null, 'x', {}, { phone_name: 'lost' }, { phone_id: '../x' }])(
    'returns undefined for %j',
    (entry) => {
      expect(phoneOf(entry)).toBeUndefined();
    },
  );
});

describe('the replies', () => {
  it.each([
    ['a phone without an id', phoneReply, { phone_name: 'lost' }],
    ['a list of phones without total and phones', phonesReply, {}],
    ['a list of servers without total and servers', serversReply, { resources: null }],
  ])('do not accept %s', (_what, reply, body) => {
    expect(reply.safeParse(body).success).toBe(false);
  });

  it('accept an empty fleet', () => {
    expect(phonesReply.parse({ count: 0, phones: null })).toEqual({ count: 0, phones: [] });
  });
});
