import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateRun } from '../../../lib/run/plan/estimate.ts';
import { MINUTE } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;

/** The server of each phone, with the phones spread evenly over the servers. */
const spread = (phones: number, servers: number): string[] =>
  Array.from({ length: phones }, (_, n) => `s${n % servers}`);

const learned = { phones_per_call: 10, calls_per_minute: 8 };
const terms = { max_in_flight_per_server: 4, deadline: 2 * HOUR };

describe('estimateRun', () => {
  it.each([
    ['no phones', spread(0, 1), 5 * MINUTE, 0, 'export'],
    ['one phone', spread(1, 1), 5 * MINUTE, 5 * MINUTE, 'export'],
    ['as many calls as fit into a minute', spread(80, 80), 5 * MINUTE, 5 * MINUTE, 'export'],
    ['one phone more than fits into a minute', spread(81, 81), 5 * MINUTE, 6 * MINUTE, 'calls'],
    ['a large fleet', spread(8_000, 2_000), 5 * MINUTE, 104 * MINUTE, 'calls'],
    [
      'one phone more than max_in_flight_per_server',
      spread(5, 1),
      5 * MINUTE,
      10 * MINUTE,
      'servers',
    ],
    [
      'the fullest of uneven servers',
      [...spread(4, 4), ...spread(9, 1)],
      MINUTE,
      3 * MINUTE,
      'servers',
    ],
    ['no measured export', spread(400, 1), undefined, 4 * MINUTE, 'calls'],
  ])(
    'returns the time of the slowest of calls, servers and one export: %s',
    (_, servers, export_ms, ms, limited_by) => {
      const limits = { ...learned, ...(export_ms === undefined ? {} : { export_ms }) };
      const estimate = estimateRun(servers, limits, terms);
      expect(estimate).toEqual({
        ms,
        export_ms: export_ms ?? null,
        limited_by,
        deadline_ms: 2 * HOUR,
        meets_deadline: true,
      });
    },
  );

  it.each([
    [4 * MINUTE, 5, false],
    [5 * MINUTE, 5, false],
    [5 * MINUTE + 1, 5, true],
  ])(
    'meets the deadline only when it ends before: a deadline of %i ms',
    (deadline, minutes, meets) => {
      const limits = { ...learned, export_ms: minutes * MINUTE };
      expect(estimateRun(['s1'], limits, { ...terms, deadline }).meets_deadline).toBe(meets);
    },
  );

  it('never decreases when phones are added', () => {
    const servers = fc.array(fc.constantFrom('s1', 's2', 's3'), { maxLength: 200 });
    const limits = fc.record({
      phones_per_call: fc.integer({ min: 1, max: 50 }),
      calls_per_minute: fc.integer({ min: 1, max: 20 }),
      export_ms: fc.integer({ min: 1, max: HOUR }),
    });
    fc.assert(
      fc.property(servers, limits, fc.constantFrom('s1', 's4'), (all, rate, more) => {
        const { ms } = estimateRun(all, rate, terms);
        expect(estimateRun([...all, more], rate, terms).ms).toBeGreaterThanOrEqual(ms);
      }),
    );
  });
});
