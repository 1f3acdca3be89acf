import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPhones, type PhoneBackup, summarize } from '../../../lib/run/freshness/summarize.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const DAY = 24 * 60 * MINUTE;

const phone = (id: number | string, own: Partial<PhoneBackup> = {}): PhoneBackup => ({
  ...{ phone_id: `p${id}`, phone_name: `game-${id}`, outcome: 'exported' },
  ...own,
});

describe('summarize and countPhones', () => {
  it('count what all archives would give, at any time', () => {
    const backup = fc.record({
      verified_at: fc.option(fc.integer({ min: T0, max: T0 + 1_000 }), { nil: undefined }),
      outcome: fc.constantFrom('exported', 'failed', 'timed_out', 'skipped', 'cancelled'),
      unknown: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(backup), fc.integer({ min: T0 - 1, max: T0 + 1_001 }), (all, limit) => {
        const phones = all.map((own, id) => phone(id, own as Partial<PhoneBackup>));
        const counted = phones.filter(({ outcome }) => outcome !== 'skipped');
        const known = counted.filter((one) => !one.unknown || one.verified_at !== undefined);
        const dated = known.flatMap(({ verified_at }) => verified_at ?? []);
        expect(countPhones(summarize('n-1', phones), limit)).toEqual({
          counted: known.length,
          fresh: dated.filter((time) => time >= limit).length,
          late: dated.filter((time) => time < limit).length,
          never: known.length - dated.length,
          not_exportable: phones.length - counted.length,
          unknown: counted.length - known.length,
        });
      }),
    );
  });

  it('never count a phone as late too early when there are very many different times', () => {
    const times = Array.from({ length: 6_000 }, (_, n) => T0 + n * 7_919);
    const found = summarize(
      'n-1',
      times.map((verified_at, id) => phone(id, { verified_at })),
    );
    expect(found.verified.length).toBeLessThanOrEqual(2_000);
    for (const limit of [T0, T0 + MINUTE, T0 + 5 * 60 * MINUTE, T0 + DAY]) {
      const late = (until: number) => times.filter((time) => time < until).length;
      expect(countPhones(found, limit).late).toBeLessThanOrEqual(late(limit));
      expect(countPhones(found, limit).late).toBeGreaterThanOrEqual(late(limit - MINUTE));
    }
  });

  it('keep a summary small for any times', () => {
    const phones = Array.from({ length: 20_000 }, (_, id) =>
      phone(String(id).padStart(32, '0'), { verified_at: T0 - (id * 365 * DAY) / 20_000 }),
    );
    expect(JSON.stringify(summarize('n-1', phones)).length).toBeLessThan(100_000);
  });

  it('name the 50 oldest phones that count, those without an archive first', () => {
    const phones = Array.from({ length: 60 }, (_, id) => phone(id, { verified_at: T0 - id }));
    const never = phone('never', { outcome: 'failed', reason: 'job_failed', code: 'CPS.0103' });
    const stopped = phone('stopped', { outcome: 'skipped', reason: 'stopped' });
    const { oldest } = summarize('n-1', [...phones, never, stopped]);
    expect(oldest).toHaveLength(50);
    expect(oldest.slice(0, 2)).toEqual([never, phones[59]]);
  });
});
