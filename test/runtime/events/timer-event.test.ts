import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { parseTimerEvent, policyNamed } from '../../../lib/runtime/events/timer-event.ts';

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
    'reads %o as an event without time, name and text',
    (event) => {
      expect(parseTimerEvent(event)).toEqual({
        time: undefined,
        triggerName: '',
        userEvent: undefined,
      });
    },
  );

  it.each(['yesterday', '2026-02-03T02:15:00', 7])(
    'keeps the text of a time that cannot be read: %s',
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
    ['a user event that is not a text', { user_event: { policy: 'a' } }],
  ])('throws event_invalid for %s', (_what, event) => {
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
    'throws event_invalid for %j',
    (text) => {
      expect(() => policyNamed(text)).toThrow(/names no policy/);
    },
  );
});
