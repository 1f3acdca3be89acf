import { describe, expect, it } from 'vitest';
import { initialLimits, type Limits } from '../../../lib/ledger/state/limits.ts';
import { noteAccepted, noteTooLarge, otherSizes } from '../../../lib/run/export/rate-limit.ts';
import { callsAllowed, nextCallAt, noteSent, noteThrottled } from '../../../lib/run/reads/pace.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

/** A service with hidden limits. Returns its result of each call. */
function service(limit: { size: number; perMinute: number }) {
  const calls: number[] = [];
  return (size: number, now: number): 'ok' | 'too_many' | 'throttled' => {
    const recent = calls.filter((at) => at > now - MINUTE).length;
    calls.push(now);
    if (recent >= limit.perMinute) return 'throttled';
    return size > limit.size ? 'too_many' : 'ok';
  };
}

function run(limits: Limits, hidden: { size: number; perMinute: number }, minutes: number) {
  const call = service(hidden);
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
    const result = call(size, now);
    counts[result] += 1;
    if (result === 'ok') {
      counts.phones += size;
      limits = noteAccepted(limits, size, now);
    } else {
      limits =
        result === 'throttled' ? noteThrottled(limits, now) : noteTooLarge(limits, size, now);
    }
    now += 300;
  }
  return { limits, counts };
}

describe('the rate limit', () => {
  it('starts with low limits', () => {
    expect(callsAllowed(initialLimits, T0)).toBe(8);
    expect(initialLimits.phones_per_call).toBe(10);
  });

  it('learns the size of each kind of call on its own', () => {
    const restored = noteTooLarge(initialLimits, 10, T0, 'restore');
    const both = noteAccepted(restored, 10, T0, 'restart');
    expect(otherSizes(both)).toEqual({ command: 10, restore: 5, restart: 20, reset: 10 });
    expect(both.phones_per_call).toBe(initialLimits.phones_per_call);
  });

  it('never sends more than the calls of a minute', () => {
    let limits = initialLimits;
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
    const { limits, counts } = run(initialLimits, hidden, 120);
    expect(limits.phones_per_call).toBe(hidden.size);
    expect(counts.too_many).toBeLessThan(10);
    // It probes for more, so it is throttled now and then, never for long.
    expect(counts.throttled).toBeLessThanOrEqual(24);
    expect(counts.ok / 120).toBeGreaterThan(hidden.perMinute * 0.6);
  });

  it('sends nothing for a minute after a 429', () => {
    const limits = noteThrottled(noteSent(initialLimits, T0), T0);
    expect(callsAllowed(limits, T0 + MINUTE)).toBe(0);
    expect(nextCallAt(limits, T0)).toBeGreaterThan(T0 + MINUTE);
  });

  it('lowers the rate at most by half for a single 429, and raises it again', () => {
    const throttled = noteThrottled(noteSent(initialLimits, T0), T0);
    expect(throttled.calls_per_minute).toBe(4);
    const { limits } = run(throttled, { size: 10, perMinute: 60 }, 120);
    expect(limits.calls_per_minute).toBeGreaterThan(50);
  });

  it('returns to the accepted size when a batch is too large', () => {
    const grown = noteAccepted({ ...initialLimits, phones_per_call: 12 }, 12, T0);
    expect(grown.phones_per_call).toBe(24);
    expect(noteTooLarge(grown, 24, T0).phones_per_call).toBe(12);
    expect(noteTooLarge({ ...initialLimits, phones_per_call: 1 }, 1, T0).phones_per_call).toBe(1);
  });
});

const DAY = 24 * 60 * MINUTE;
const sent = (count: number, at = T0): number[] => Array.from({ length: count }, () => at);

describe('noteAccepted', () => {
  const full = { ...initialLimits, recent: sent(8) };

  it('remembers the largest accepted batch', () => {
    const first = noteAccepted(initialLimits, 7, T0);
    expect(first.accepted_size).toBe(7);
    expect(noteAccepted(first, 3, T0).accepted_size).toBe(7);
  });

  it.each([
    ['stays after a batch that was not full', 9, {}, 10],
    ['doubles after a full batch', 10, {}, 20],
    ['grows half of the way to a refused size', 10, { refused_size: 16 }, 13],
    ['stays just below a refused size', 10, { refused_size: 11 }, 10],
    [
      'respects a size that was refused a day ago',
      10,
      { refused_size: 11, refused_size_at: T0 - DAY },
      10,
    ],
    [
      'forgets a size that was refused more than a day ago',
      10,
      { refused_size: 11, refused_size_at: T0 - DAY - 1 },
      20,
    ],
    ['grows half of the way to 200 when doubling exceeds it', 120, { phones_per_call: 120 }, 160],
    ['never exceeds 200', 200, { phones_per_call: 200 }, 200],
  ])('batch size: %s', (_, size, known: Partial<Limits>, expected) => {
    const limits = { ...initialLimits, refused_size_at: T0, ...known };
    expect(noteAccepted(limits, size, T0).phones_per_call).toBe(expected);
  });

  it('grows to 200 step by step when nothing was refused', () => {
    let limits = { ...initialLimits, phones_per_call: 199 };
    limits = noteAccepted(limits, 199, T0);
    expect(limits.phones_per_call).toBe(200);
  });

  it.each<[string, Partial<Limits>, number]>([
    ['stay when fewer calls were sent than allowed', { recent: sent(7) }, 8],
    ['grow by a quarter when all were used', {}, 10],
    ['stay when they grew less than a minute ago', { grown_at: T0 - MINUTE + 1 }, 8],
    ['grow when they grew a minute ago', { grown_at: T0 - MINUTE }, 10],
    ['grow by a quarter when throttled 30 minutes ago', { throttled_at: T0 - 30 * MINUTE }, 10],
    [
      'grow by one when throttled less than 30 minutes ago',
      { throttled_at: T0 - 30 * MINUTE + 1 },
      9,
    ],
    ['grow by one when throttled 10 minutes ago', { throttled_at: T0 - 10 * MINUTE }, 9],
    ['stay when throttled less than 10 minutes ago', { throttled_at: T0 - 10 * MINUTE + 1 }, 8],
    [
      'stay when throttled and grown less than 10 minutes ago',
      { throttled_at: T0 - 20 * MINUTE, grown_at: T0 - 10 * MINUTE + 1 },
      8,
    ],
    [
      'grow by one when throttled, and grown 10 minutes ago',
      { throttled_at: T0 - 20 * MINUTE, grown_at: T0 - 10 * MINUTE },
      9,
    ],
    ['never exceed 600', { calls_per_minute: 599, recent: sent(599) }, 600],
  ])('calls a minute: %s', (_, known, expected) => {
    const after = noteAccepted({ ...full, ...known }, 1, T0);
    expect(after.calls_per_minute).toBe(expected);
    const before = known.calls_per_minute ?? 8;
    expect(after.grown_at).toBe(expected > before ? T0 : known.grown_at);
  });
});

describe('noteTooLarge', () => {
  it.each<[string, Partial<Limits>, number, number, number]>([
    ['falls to half when nothing was ever accepted', {}, 9, 4, 0],
    ['never falls below one phone', {}, 1, 1, 0],
    ['falls to the accepted size', { accepted_size: 6 }, 9, 6, 6],
    ['falls to half when the accepted size is refused now', { accepted_size: 9 }, 9, 4, 0],
    ['falls to half when a larger size was accepted before', { accepted_size: 12 }, 9, 4, 0],
  ])('batch size: %s', (_, known, size, phones_per_call, accepted_size) => {
    expect(noteTooLarge({ ...initialLimits, ...known }, size, T0)).toMatchObject({
      ...{ phones_per_call, accepted_size },
      ...{ refused_size: size, refused_size_at: T0 },
    });
  });
});
