import { describe, expect, it } from 'vitest';
import { initialLimits, type Limits } from '../../../lib/ledger/state/limits.ts';
import {
  keepAccepted,
  noteAccepted,
  noteTooLarge,
  otherSizes,
} from '../../../lib/run/export/rate-limit.ts';
import { noteThrottled } from '../../../lib/run/reads/learn-rate.ts';
import { callsAllowed, nextCallAt, noteSent } from '../../../lib/run/reads/pace.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

/** A service with hidden limits. Returns its result of each call. */
function service(limit: { size: number; perMinute: number }) {
  const calls: number[] = [];
  return (size: number, now: number): 'ok' | 'too_many' | 'throttled' => {
    while ((calls[0] ?? now) <= now - MINUTE) calls.shift();
    const recent = calls.length;
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
    // It tries more now and then, and loses little by it.
    expect(counts.throttled).toBeLessThanOrEqual(65);
    expect(counts.ok / 120).toBeGreaterThan(hidden.perMinute * 0.9);
  });

  it('finds every limit from 5 phones a call on with at most log2 of it refusals', () => {
    for (let size = 5; size <= 200; size += 1) {
      const { limits, counts } = run(initialLimits, { size, perMinute: 60 }, 10);
      expect(counts.too_many).toBeLessThanOrEqual(Math.log2(size));
      expect(limits.phones_per_call).toBe(size);
      const again = run(limits, { size, perMinute: 60 }, 10);
      expect(again.counts.too_many).toBe(0);
    }
  });

  it('follows limits that change within two minutes', () => {
    const { limits } = run(initialLimits, { size: 50, perMinute: 60 }, 10);
    const fallen = run(limits, { size: 20, perMinute: 10 }, 2).limits;
    expect(fallen.calls_per_minute).toBeLessThanOrEqual(11);
    expect(fallen.phones_per_call).toBeLessThanOrEqual(20);
  });

  it('sends nothing for a second after a 429, and keeps the rate', () => {
    const limits = noteThrottled(noteSent(initialLimits, T0), T0);
    expect([callsAllowed(limits, T0 + 999), callsAllowed(limits, T0 + 1_000)]).toEqual([0, 7]);
    expect(nextCallAt(limits, T0)).toBe(T0 + 1_000);
    expect(limits.calls_per_minute).toBe(8);
  });

  it('returns to the accepted size when a batch is too large', () => {
    const grown = noteAccepted({ ...initialLimits, phones_per_call: 12 }, 12, T0);
    expect(grown.phones_per_call).toBe(24);
    expect(noteTooLarge(grown, 24, T0).phones_per_call).toBe(12);
    expect(noteTooLarge({ ...initialLimits, phones_per_call: 1 }, 1, T0).phones_per_call).toBe(1);
  });
});

const WEEK = 7 * 24 * 60 * MINUTE;

describe('noteAccepted', () => {
  it('remembers the largest accepted batch', () => {
    const first = noteAccepted(initialLimits, 7, T0);
    expect(first.accepted_size).toBe(7);
    expect(noteAccepted(first, 3, T0).accepted_size).toBe(7);
  });

  it.each([
    ['stays after a batch that was not full', 9, {}, 10],
    ['doubles after a full batch', 10, {}, 20],
    ['grows by one after a doubled size was refused', 10, { refused_size: 20 }, 11],
    ['grows by a third of the way to a refused size', 10, { refused_size: 16 }, 12],
    ['stays when too many sizes were refused', 10, { refused_size: 16, refused_sizes: 3 }, 10],
    [
      'keeps to the accepted size on a later night',
      10,
      { refused_size: 16, refused_size_at: T0 - 7 * 60 * MINUTE },
      10,
    ],
    ['stays just below a refused size', 10, { refused_size: 11 }, 10],
    [
      'respects a size that was refused a week ago',
      10,
      { refused_size: 11, refused_size_at: T0 - WEEK },
      10,
    ],
    [
      'tries a size again that was refused more than a week ago',
      10,
      { refused_size: 11, refused_size_at: T0 - WEEK - 1 },
      11,
    ],
    ['doubles at most to 200', 120, { phones_per_call: 120 }, 200],
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

describe('keepAccepted', () => {
  const HOUR = 60 * MINUTE;
  const searching = { ...initialLimits, phones_per_call: 54, accepted_size: 42, refused_size: 80 };

  it.each([
    [
      'goes on with a size to try some hours after a refusal',
      { refused_size_at: T0 - 6 * HOUR },
      54,
    ],
    ['gives up a size to try on a later night', { refused_size_at: T0 - 7 * HOUR }, 42],
    ['keeps a size to try when none was refused', {}, 54],
  ])('%s', (_, known, size) => {
    expect(keepAccepted({ ...searching, ...known }, T0).phones_per_call).toBe(size);
  });
});
