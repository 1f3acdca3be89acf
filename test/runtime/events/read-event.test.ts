import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payloads } from '../../../events/index.ts';
import { readEvent } from '../../../lib/runtime/events/read-event.ts';

const PHONE = '0123456789abcdef0123456789abcdef';
const OTHER = '1123456789abcdef0123456789abcdef';
const SERVER = 'aa23456789abcdef0123456789abcdef';
const ORDER = 'CS2602031151ABCDE';
const AT = 1_770_119_499_507;
const CREATED = 'trace-f828ab77-1c52-11f0-b09f-35adcfa2aaaa';
const RESET = 'trace-0a28ab77-1c52-11f0-b09f-35adcfa2aaaa';

const lookups = (event: unknown) => readEvent(event).hints.map(({ id, lookup }) => [id, lookup]);
const trace = payloads.ctsCreatePhone.event as { cts: Record<string, unknown> };
const changed = (changes: Record<string, unknown>) => ({ cts: { ...trace.cts, ...changes } });
const message = (text: string, id = 'm1') => ({
  record: [{ smn: { message_id: id, message: text } }],
});

describe('readEvent, traces', () => {
  it('reads the phone of a purchase', () => {
    expect(lookups(payloads.ctsCreatePhone.event)).toEqual([
      [CREATED, { change: 'created', at: AT, phones: [], servers: [], others: [PHONE] }],
    ]);
  });

  it.each([
    ['ctsUnwrapped'],
    ['eventgridCreatePhone'],
    ['smnTrace'],
    ['failureOfTrace'],
    ['failureOfText'],
    ['failureBySmn'],
  ] as const)('reads the very same from %s', (name) => {
    expect(lookups(payloads[name].event)).toEqual(lookups(payloads.ctsCreatePhone.event));
  });

  it('takes the servers of a purchase for its subject, else its order', () => {
    expect(lookups(payloads.ctsCreateServer.event)).toMatchObject([
      [CREATED, { servers: [SERVER], others: [] }],
    ]);
    expect(lookups(payloads.ctsCreateOrder.event)).toMatchObject([
      [CREATED, { servers: [], others: [ORDER] }],
    ]);
  });

  it.each(['ctsResetPhones', 'eventgridResetPhones'] as const)(
    'leaves out the phones that %s says were refused',
    (name) => {
      expect(lookups(payloads[name].event)).toEqual([
        [RESET, { change: 'reset', at: AT, phones: [PHONE], servers: [], others: [] }],
      ]);
    },
  );

  it('takes no reset that names nothing, and any purchase, whose phones a sweep finds', () => {
    const trace = { service_type: 'CPH', trace_id: 't-1', time: AT, trace_status: 'normal' };
    const reset = readEvent({ cts: { ...trace, trace_name: 'resetCloudPhone' } });
    expect(reset).toEqual({ hints: [], ignored: ['nothing_named'] });
    const bought = readEvent({ cts: { ...trace, trace_name: 'createCloudPhone' } });
    expect(bought.hints).toMatchObject([{ lookup: { change: 'created', others: [] } }]);
  });

  it('reads request and response that are text', () => {
    expect(lookups(payloads.ctsText.event)).toMatchObject([
      [CREATED, { phones: [PHONE], servers: [], others: [] }],
    ]);
  });

  it.each([
    ['ctsSeconds', 1_770_119_499_000],
    ['ctsTimeAsText', 1_770_119_499_000],
  ] as const)('reads the time of %s', (name, at) => {
    expect(lookups(payloads[name].event)).toMatchObject([[CREATED, { at }]]);
  });

  it('falls back on the time of the record, and does without any', () => {
    expect(lookups(changed({ time: 'soon' }))).toMatchObject([[CREATED, { at: AT + 405 }]]);
    const [[, lookup] = []] = lookups(changed({ time: null, record_time: '' }));
    expect(lookup).not.toHaveProperty('at');
  });

  it('makes up an id from the content where a trace has none, or one that no key may hold', () => {
    const [[first] = []] = lookups(changed({ trace_id: '' }));
    const [[again] = []] = lookups({ ...changed({ trace_id: null }), other: 1 });
    const [[odd] = []] = lookups(changed({ trace_id: '../../runs/x' }));
    expect(first).toMatch(/^trace-[0-9a-f]{32}$/);
    expect(again).toBe(first);
    expect(odd).toMatch(/^trace-[0-9a-f]{32}$/);
  });

  it.each([
    ['failed_trace', payloads.ctsFailed.event],
    ['failed_trace', changed({ trace_status: 'incident' })],
    ['failed_trace', changed({ trace_rating: 'Warning' })],
    ['failed_trace', changed({ code: '403' })],
    ['failed_trace', changed({ response: '{"error_code":"CPS.0022"}' })],
    [
      'failed_trace',
      changed({ response: { jobs: [{ phone_id: PHONE, error_code: 'CPS.0005' }] } }),
    ],
    ['other_trace', payloads.ctsOtherTrace.event],
    ['other_trace', changed({ trace_name: 'constructor' })],
    ['other_service', payloads.ctsOtherService.event],
    ['other_service', changed({ service_type: null })],
    ['unknown_shape', { cts: [] }],
    ['unknown_shape', { cts: { trace_name: 7 } }],
    [
      'too_many_ids',
      changed({ request: { phone_ids: Array.from({ length: 1001 }, (_, n) => `p-${n}`) } }),
    ],
  ])('ignores as %s', (reason, event) => {
    expect(readEvent(event)).toEqual({ hints: [], ignored: [reason] });
  });
});

describe('readEvent, messages', () => {
  const id = 'message-a51671f77d4a479cac2e7d2c9a3c0000';

  it('reads what they name', () => {
    const none = { change: 'named', phones: [], servers: [], others: [] };
    expect(lookups(payloads.smnPhones.event)).toEqual([[id, { ...none, phones: [PHONE, OTHER] }]]);
    expect(lookups(payloads.smnServer.event)).toEqual([[id, { ...none, servers: [SERVER] }]]);
    expect(lookups(payloads.smnPolicy.event)).toEqual([[id, { ...none, policy: 'nightly' }]]);
    expect(lookups(payloads.smnText.event)).toEqual([
      [id, { ...none, phones: [PHONE, OTHER], policy: 'nightly' }],
    ]);
  });

  it('reads each of several records for itself', () => {
    const { hints, ignored } = readEvent(payloads.smnSeveral.event);
    expect(hints.map(({ lookup }) => [lookup.phones, lookup.servers])).toEqual([
      [[PHONE], []],
      [[], [SERVER]],
    ]);
    expect(ignored).toEqual(['nothing_named']);
  });

  it.each([
    [PHONE, { others: [PHONE] }],
    [`${PHONE}, ${OTHER}`, { others: [PHONE, OTHER] }],
    [`Phones = ${OTHER} ${PHONE}`, { phones: [PHONE, OTHER] }],
    ['policy: nightly', { policy: 'nightly' }],
    [`order ${ORDER}`, { others: [ORDER] }],
    [
      `{"phones":[{"phone_id":"${PHONE}","server_id":"${SERVER}"}]}`,
      { phones: [PHONE], servers: [] },
    ],
  ])('reads "%s"', (text, lookup) => {
    expect(lookups(message(text))).toMatchObject([['message-m1', lookup]]);
  });

  it.each([
    ['nothing_named', 'Phone ready'],
    ['nothing_named', 'phone game_0001! is on fire'],
    ['nothing_named', ''],
    ['nothing_named', '{}'],
    ['nothing_named', '[1, 2]'],
    ['nothing_named', `{"phone_id":"${PHONE}","policy":"No Policy"}`],
    ['nothing_named', 'policy nightly\npolicy weekly'],
    ['nothing_named', '{ broken'],
  ])('ignores as %s "%s"', (reason, text) => {
    expect(readEvent(message(text))).toEqual({ hints: [], ignored: [reason] });
  });

  it.each(['smnOwnNotification', 'smnOwnText'] as const)('starts nothing for %s', (name) => {
    expect(readEvent(payloads[name].event)).toEqual({ hints: [], ignored: ['own_notification'] });
  });
});

describe('readEvent, the rest', () => {
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
    ['unknown_shape', { record: 'none' }],
    ['unknown_shape', { Records: [{}] }],
    ['unknown_shape', JSON.parse(`{"__proto__":${JSON.stringify(trace)}}`)],
    ['other_event', { lts: { data: 'aGk=' } }],
    [
      'too_many_records',
      { record: Array.from({ length: 500 }, (_, n) => message(PHONE, `m${n}`).record[0]) },
    ],
  ])('ignores as %s', (reason, event) => {
    expect(readEvent(event)).toEqual({ hints: [], ignored: [reason] });
  });

  it('ends, however deep an event goes', () => {
    let event: unknown = trace;
    for (let depth = 0; depth < 20; depth += 1) {
      event = { specversion: '1.0', id: 'i', source: 's', type: 't', data: event };
    }
    expect(readEvent(event)).toEqual({ hints: [], ignored: ['too_deep'] });
  });

  it('never throws and never pollutes, whatever comes', () => {
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
