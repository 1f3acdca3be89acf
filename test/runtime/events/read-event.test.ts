import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payloads } from '../../../events/index.ts';
import { readEvent } from '../../../lib/runtime/events/read-event.ts';

const PHONE = '0123456789abcdef0123456789abcdef';
const OTHER = '1123456789abcdef0123456789abcdef';
const SERVER = 'aa23456789abcdef0123456789abcdef';

const lookups = (event: unknown) => readEvent(event).hints.map(({ id, lookup }) => [id, lookup]);
const trace = payloads.ctsCreatePhone.event;
const message = (text: string, id = 'm1') => ({
  record: [{ smn: { message_id: id, message: text } }],
});

describe('readEvent', () => {
  it.each([
    'ctsUnwrapped',
    'eventgridCreatePhone',
    'smnTrace',
    'failureOfTrace',
    'failureOfText',
    'failureBySmn',
  ] as const)('returns the same hint for %s as for the bare trace', (name) => {
    const expected = lookups(payloads.ctsCreatePhone.event);
    expect(expected).toHaveLength(1);
    expect(lookups(payloads[name].event)).toEqual(expected);
  });

  it('returns the same hint for the reset in eventgridResetPhones as for the bare trace', () => {
    const expected = lookups(payloads.ctsResetPhones.event);
    expect(expected).toMatchObject([[expect.any(String), { change: 'reset', phones: [PHONE] }]]);
    expect(lookups(payloads.eventgridResetPhones.event)).toEqual(expected);
  });

  const id = 'message-a51671f77d4a479cac2e7d2c9a3c0000';

  it('reads what a message names', () => {
    const none = { change: 'requested', phones: [], servers: [], others: [] };
    expect(lookups(payloads.smnPhones.event)).toEqual([[id, { ...none, phones: [PHONE, OTHER] }]]);
    expect(lookups(payloads.smnServer.event)).toEqual([[id, { ...none, servers: [SERVER] }]]);
    expect(lookups(payloads.smnPolicy.event)).toEqual([[id, { ...none, policy: 'nightly' }]]);
    expect(lookups(payloads.smnText.event)).toEqual([
      [id, { ...none, phones: [PHONE, OTHER], policy: 'nightly' }],
    ]);
  });

  it('reads each of several records on its own', () => {
    const { hints, ignored } = readEvent(payloads.smnSeveral.event);
    expect(hints.map(({ lookup }) => [lookup.phones, lookup.servers])).toEqual([
      [[PHONE], []],
      [[], [SERVER]],
    ]);
    expect(ignored).toEqual(['nothing_named']);
  });

  it('names a message without an id after its content', () => {
    const [[first] = []] = lookups(message(`phone ${PHONE}`, ''));
    const [[again] = []] = lookups(message(`phone ${PHONE}`, ''));
    expect(first).toMatch(/^message-[0-9a-f]{32}$/);
    expect(again).toBe(first);
  });

  it.each(['Phone ready', '', '{}', '[1, 2]', '{ broken'])(
    'ignores the message "%s" as nothing_named',
    (text) => {
      expect(readEvent(message(text))).toEqual({ hints: [], ignored: ['nothing_named'] });
    },
  );

  it.each(['smnOwnNotification', 'smnOwnText'] as const)('ignores the notification %s', (name) => {
    expect(readEvent(payloads[name].event)).toEqual({ hints: [], ignored: ['own_notification'] });
  });

  it.each(['settled', 'missed', 'stale', 'recovered', 'credentials', 'heartbeat'])(
    'ignores a notification of the kind %s, by its content or its attributes',
    (kind) => {
      const ignored = { hints: [], ignored: ['own_notification'] };
      const content = JSON.stringify({ version: 1, id: 'n', kind, phone_id: PHONE });
      expect(readEvent(message(content))).toEqual(ignored);
      const attributes = [{ name: 'kind', type: 'STRING', value: kind }];
      for (const message_attributes of [attributes, { kind }]) {
        const smn = { message: `phone ${PHONE}`, message_attributes };
        expect(readEvent({ record: [{ smn }] })).toEqual(ignored);
      }
    },
  );

  it.each([
    ['object_created', payloads.obsObjectCreated.event],
    ['object_created', payloads.eventgridObjectCreated.event],
    ['failed_again', payloads.failureOfFailure.event],
    ['other_event', payloads.failureOfTimer.event],
    ['invocation_succeeded', payloads.success.event],
    ['not_json', 'not JSON'],
    ['not_json', '{"cts":'],
    ['unknown_shape', undefined],
    ['unknown_shape', null],
    ['unknown_shape', 7],
    ['unknown_shape', []],
    ['unknown_shape', {}],
    ['unknown_shape', { cts: [] }],
    ['unknown_shape', { cts: { trace_name: 7 } }],
    ['unknown_shape', { record: 'none' }],
    ['unknown_shape', { Records: [{}] }],
    ['unknown_shape', JSON.parse(`{"__proto__":${JSON.stringify(trace)}}`)],
    ['other_event', { lts: { data: 'aGk=' } }],
    [
      'too_many_records',
      { record: Array.from({ length: 500 }, (_, n) => message(PHONE, `m${n}`).record[0]) },
    ],
  ])('ignores an event as %s', (reason, event) => {
    expect(readEvent(event)).toEqual({ hints: [], ignored: [reason] });
  });

  it('ignores an event that is wrapped too deep', () => {
    let event: unknown = trace;
    for (let depth = 0; depth < 20; depth += 1) {
      event = { specversion: '1.0', id: 'i', source: 's', type: 't', data: event };
    }
    expect(readEvent(event)).toEqual({ hints: [], ignored: ['too_deep'] });
  });

  it('never throws and never changes a prototype', () => {
    const odd = fc.anything({ withNullPrototype: true, maxDepth: 3 });
    const keyed = fc.dictionary(
      fc.constantFrom(
        'cts',
        'record',
        'smn',
        'data',
        'specversion',
        'request_payload',
        '__proto__',
        'trace_name',
      ),
      odd,
    );
    fc.assert(
      fc.property(fc.oneof(odd, keyed, fc.json()), (event) => {
        const { hints, ignored } = readEvent(event);
        return (
          hints.length + ignored.length > 0 || Array.isArray((event as { record?: unknown }).record)
        );
      }),
    );
    expect(({} as { cts?: unknown }).cts).toBeUndefined();
  });
});
