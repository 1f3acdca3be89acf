import { describe, expect, it } from 'vitest';
import { carefulLimits, type Limits } from '../../lib/ledger/limits.ts';
import {
  callsAllowed,
  nextCallAt,
  noteAccepted,
  noteSent,
  noteThrottled,
  noteTooMany,
} from '../../lib/run/pace.ts';
import { MINUTE, T0 } from '../support/runs.ts';

/** A service with hidden limits; answers what it says to each call. */
function service(limit: { size: number; perMinute: number }) {
  const calls: number[] = [];
  return (size: number, now: number): 'ok' | 'too_many' | 'throttled' => {
    const lately = calls.filter((at) => at > now - MINUTE).length;
    calls.push(now);
    if (lately >= limit.perMinute) return 'throttled';
    return size > limit.size ? 'too_many' : 'ok';
  };
}

function run(limits: Limits, hidden: { size: number; perMinute: number }, minutes: number) {
  const ask = service(hidden);
  const counts = { ok: 0, phones: 0, too_many: 0, throttled: 0 };
  let now = T0;
  const end = T0 + minutes * MINUTE;
  while (now < end) {
    if (callsAllowed(limits, now) === 0) {
      now = Math.max(now + 1, nextCallAt(limits, now));
      continue;
    }
    const size = limits.phones_per_call;
    limits = noteSent(limits, now);
    const answer = ask(size, now);
    counts[answer] += 1;
    if (answer === 'ok') {
      counts.phones += size;
      limits = noteAccepted(limits, size, now);
    } else {
      limits = answer === 'throttled' ? noteThrottled(limits, now) : noteTooMany(limits, size, now);
    }
    now += 300;
  }
  return { limits, counts };
}

describe('pace', () => {
  it('starts careful', () => {
    expect(callsAllowed(carefulLimits, T0)).toBe(8);
    expect(carefulLimits.phones_per_call).toBe(10);
  });

  it('spends a minute at most', () => {
    let limits = carefulLimits;
    for (let call = 0; call < 8; call += 1) limits = noteSent(limits, T0 + call);
    expect(callsAllowed(limits, T0 + 10)).toBe(0);
    expect(nextCallAt(limits, T0 + 10)).toBeGreaterThan(T0 + MINUTE);
    expect(callsAllowed(limits, T0 + MINUTE + 2_000)).toBe(8);
  });

  it.each([
    { size: 1, perMinute: 3 },
    { size: 7, perMinute: 10 },
    { size: 10, perMinute: 10 },
    { size: 33, perMinute: 20 },
    { size: 100, perMinute: 60 },
  ])('finds a limit of $size phones a call and $perMinute calls a minute', (hidden) => {
    const { limits, counts } = run(carefulLimits, hidden, 120);
    expect(limits.phones_per_call).toBe(hidden.size);
    expect(counts.too_many).toBeLessThan(10);
    // Throttled now and then, since it looks for more; never for long.
    expect(counts.throttled).toBeLessThanOrEqual(24);
    expect(counts.ok / 120).toBeGreaterThan(hidden.perMinute * 0.6);
  });

  it('waits out the minute after a 429', () => {
    const limits = noteThrottled(noteSent(carefulLimits, T0), T0);
    expect(callsAllowed(limits, T0 + MINUTE)).toBe(0);
    expect(nextCallAt(limits, T0)).toBeGreaterThan(T0 + MINUTE);
  });

  it('gives up half at most for a stray 429, and wins it back', () => {
    const stray = noteThrottled(noteSent(carefulLimits, T0), T0);
    expect(stray.calls_per_minute).toBe(4);
    const { limits } = run(stray, { size: 10, perMinute: 60 }, 120);
    expect(limits.calls_per_minute).toBeGreaterThan(50);
  });

  it('falls back to what was accepted when a batch is too large', () => {
    const grown = noteAccepted({ ...carefulLimits, phones_per_call: 12 }, 12, T0);
    expect(grown.phones_per_call).toBe(24);
    expect(noteTooMany(grown, 24, T0).phones_per_call).toBe(12);
    expect(noteTooMany({ ...carefulLimits, phones_per_call: 1 }, 1, T0).phones_per_call).toBe(1);
  });
});
