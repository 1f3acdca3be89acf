import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { parseTimerEvent, policyNamed, timeOf } from '../../../lib/runtime/events/timer-event.ts';

const at = Date.UTC(2026, 1, 2, 18, 15, 0);

describe('parseTimerEvent', () => {
  it('reads the event of the vendor page', () => {
    expect(
      parseTimerEvent({
        version: 'v1.0',
        time: '2026-02-03T02:15:00+08:00',
        trigger_type: 'TIMER',
        trigger_name: 'nightly',
        user_event: 'nightly',
      }),
    ).toEqual({ time: at, triggerName: 'nightly', userEvent: 'nightly' });
  });

  it.each([{}, { time: null, user_event: null }, { time: '', user_event: '', trigger_name: null }])(
    'reads %o as an event that tells nothing',
    (event) => {
      expect(parseTimerEvent(event)).toEqual({
        time: undefined,
        triggerName: '',
        userEvent: undefined,
      });
    },
  );

  it.each(['yesterday', '2026-02-03T02:15:00', 7])(
    'goes without a time that cannot be read: %s',
    (time) => {
      const read = parseTimerEvent({ trigger_type: 'TIMER', time, user_event: 'nightly' });
      expect(read).toMatchObject({
        time: undefined,
        unreadable: String(time),
        userEvent: 'nightly',
      });
    },
  );

  it.each([
    ['nothing', undefined],
    ['a text', 'TIMER'],
    ['a list', []],
    ['another trigger', { trigger_type: 'OBS' }],
    ['an event of another kind', { foo: 1 }],
    ['a time object', { time: {} }],
    ['a huge time', { time: '1'.repeat(1_000) }],
    ['the event of an API', { httpMethod: 'GET', path: '/v1/runs' }],
    ['a huge user event', { user_event: 'x'.repeat(20_000) }],
    ['a user event that is no text', { user_event: { policy: 'a' } }],
  ])('refuses %s', (_what, event) => {
    let caught: unknown;
    try {
      parseTimerEvent(event);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(PhonevaultError);
    expect(caught).toMatchObject({ code: 'event_invalid', hint: expect.any(String) as string });
    expect((caught as Error).message.length).toBeLessThan(200);
  });
});

describe('timeOf', () => {
  it.each([
    ['2026-02-02T18:15:00Z', 0],
    ['2026-02-02t18:15:00z', 0],
    ['2026-02-03T02:15:00+0800', 0],
    ['2026-02-03T02:15:00 +08:00', 0],
    ['2026-02-03 02:15:00 +0800', 0],
    ['2026-02-03 02:15:00 +0800 CST', 0],
    ['2026-02-02 18:15:00 UTC', 0],
    ['2026-02-02 18:15:00 +0000 UTC', 0],
    ['2026-02-02T12:45:00-05:30', 0],
    ['2026-02-02T18:15:00.123Z', 123],
    ['2026-02-03T02:15:00.123456789+08:00', 123],
    [' 2026-02-02T18:15:00Z ', 0],
    [at / 1_000, 0],
    [at, 0],
    [String(at / 1_000), 0],
    [String(at), 0],
    [at / 1_000 + 0.5, 500],
  ])('reads %s', (value, extra) => {
    expect(timeOf(value)).toBe(at + extra);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-02-03T24:30:00Z',
    '2026-02-03T02:15:00+25:00',
    '2026-02-03T02:15:00+08:75',
    '2026-02-03T02:15:00 PST',
    '2026-02-03',
    '1970-01-01T00:00:00Z',
    '20260203',
    0,
    -1,
    NaN,
    Infinity,
    1e300,
  ])('does not read %s', (value) => {
    expect(timeOf(value)).toBeUndefined();
  });

  it('reads back every moment in every zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2000, 0, 2), max: Date.UTC(2099, 11, 30) }),
        fc.integer({ min: -12 * 60, max: 14 * 60 }),
        (moment, offset) => {
          const local = new Date(moment + offset * 60_000).toISOString().slice(0, -1);
          const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, '0');
          const zone = `${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
          expect(timeOf(`${local}${zone}`)).toBe(moment);
        },
      ),
    );
  });
});

describe('policyNamed', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['  ', undefined],
    ['nightly', 'nightly'],
    ['{"policy":"nightly"}', 'nightly'],
  ])('reads %j as %j', (text, policy) => {
    expect(policyNamed(text)).toBe(policy);
  });

  it.each(['Nightly', '{"policy":7}', '{"policy"', '{}', '../x', 'a'.repeat(33)])(
    'refuses %j',
    (text) => {
      expect(() => policyNamed(text)).toThrow(/names no policy/);
    },
  );
});
