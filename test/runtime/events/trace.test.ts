import { describe, expect, it } from 'vitest';
import { payloads } from '../../../events/index.ts';
import type { Trace } from '../../../lib/runtime/events/shapes.ts';
import { traceSchema } from '../../../lib/runtime/events/shapes.ts';
import { parseTrace } from '../../../lib/runtime/events/trace.ts';

const PHONE = '0123456789abcdef0123456789abcdef';
const SERVER = 'aa23456789abcdef0123456789abcdef';
const ORDER = 'CS2602031151ABCDE';
const AT = 1_770_119_499_507;
const CREATED = 'trace-f828ab77-1c52-11f0-b09f-35adcfa2aaaa';
const RESET = 'trace-0a28ab77-1c52-11f0-b09f-35adcfa2aaaa';

const lookups = (trace: Trace) => parseTrace(trace).hints.map(({ id, lookup }) => [id, lookup]);
const changed = (changes: Record<string, unknown>): Trace =>
  traceSchema.parse({ ...payloads.ctsCreatePhone.parsed.cts, ...changes });

describe('parseTrace', () => {
  it('returns the hint of a purchase', () => {
    expect(lookups(payloads.ctsCreatePhone.parsed.cts)).toEqual([
      [CREATED, { change: 'created', at: AT, phones: [], servers: [], others: [PHONE] }],
    ]);
  });

  it('names the servers of a purchase, or else its order', () => {
    expect(lookups(payloads.ctsCreateServer.parsed.cts)).toMatchObject([
      [CREATED, { servers: [SERVER], others: [] }],
    ]);
    expect(lookups(payloads.ctsCreateOrder.parsed.cts)).toMatchObject([
      [CREATED, { servers: [], others: [ORDER] }],
    ]);
  });

  it.each(['ctsResetPhones'] as const)('leaves out the phones that were refused in %s', (name) => {
    expect(lookups(payloads[name].parsed.cts)).toEqual([
      [RESET, { change: 'reset', at: AT, phones: [PHONE], servers: [], others: [] }],
    ]);
  });

  it('ignores a reset without an id, but not a purchase, because a sweep finds new phones', () => {
    const bare = { service_type: 'CPH', trace_id: 't-1', time: AT, trace_status: 'normal' };
    const reset = parseTrace({ ...bare, trace_name: 'resetCloudPhone' });
    expect(reset).toEqual({ hints: [], ignored: ['nothing_named'] });
    const bought = parseTrace({ ...bare, trace_name: 'createCloudPhone' });
    expect(bought.hints).toMatchObject([{ lookup: { change: 'created', others: [] } }]);
  });

  it('reads request and response as text', () => {
    expect(lookups(payloads.ctsText.parsed.cts)).toMatchObject([
      [CREATED, { phones: [PHONE], servers: [], others: [] }],
    ]);
  });

  it.each([
    ['ctsSeconds', 1_770_119_499_000],
    ['ctsTimeAsText', 1_770_119_499_000],
  ] as const)('reads the time of %s', (name, at) => {
    expect(lookups(payloads[name].parsed.cts)).toMatchObject([[CREATED, { at }]]);
  });

  it('uses the time of the record, or none, when its own cannot be read', () => {
    expect(lookups(changed({ time: 'soon' }))).toMatchObject([[CREATED, { at: AT + 405 }]]);
    const [[, lookup] = []] = lookups(changed({ time: null, record_time: '' }));
    expect(lookup).not.toHaveProperty('at');
  });

  it('hashes the content when the trace has no id, or an id that no key may contain', () => {
    const [[first] = []] = lookups(changed({ trace_id: '' }));
    const [[again] = []] = lookups(changed({ trace_id: null }));
    const [[odd] = []] = lookups(changed({ trace_id: '../../runs/x' }));
    expect(first).toMatch(/^trace-[0-9a-f]{32}$/);
    expect(again).toBe(first);
    expect(odd).toMatch(/^trace-[0-9a-f]{32}$/);
  });

  it.each([
    ['failed_trace', payloads.ctsFailed.parsed.cts],
    ['failed_trace', changed({ trace_status: 'incident' })],
    ['failed_trace', changed({ trace_rating: 'Warning' })],
    ['failed_trace', changed({ code: '403' })],
    ['failed_trace', changed({ response: '{"error_code":"CPS.0022"}' })],
    [
      'failed_trace',
      changed({ response: { jobs: [{ phone_id: PHONE, error_code: 'CPS.0005' }] } }),
    ],
    ['failed_trace', changed({ response: { status: 'FAIL' } })],
    ['failed_trace', changed({ response: { status: 403 } })],
    ['failed_trace', changed({ response: { status: -1 } })],
    ['failed_trace', changed({ response: '{"status":"Failed","job_id":"1"}' })],
    ['other_trace', payloads.ctsOtherTrace.parsed.cts],
    ['other_trace', changed({ trace_name: 'constructor' })],
    ['other_service', payloads.ctsOtherService.parsed.cts],
    ['other_service', changed({ service_type: null })],
  ])('ignores a trace as %s', (reason, trace) => {
    expect(parseTrace(trace)).toEqual({ hints: [], ignored: [reason] });
  });

  it.each(['CPH', 'CPHost', 'cloud_phone', 'CloudPhoneHost', 'Cloud Phone'])(
    'knows CPH as %s',
    (service_type) => {
      expect(parseTrace(changed({ service_type })).hints).toHaveLength(1);
    },
  );

  it('knows CPH by the name that a setting gives it, in any case', () => {
    const trace = changed({ service_type: 'MobileHost' });
    expect(parseTrace(trace).ignored).toEqual(['other_service']);
    expect(parseTrace(trace, { serviceType: 'mobilehost' }).hints).toHaveLength(1);
  });

  it('keeps a response that says it succeeded', () => {
    expect(parseTrace(changed({ response: { status: 'SUCCESS' } })).hints).toHaveLength(1);
    expect(parseTrace(changed({ response: { status: 200 } })).hints).toHaveLength(1);
  });
});
