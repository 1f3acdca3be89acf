import { describe, expect, it } from 'vitest';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { countdown, nameOf, readName } from '../../../../lib/ledger/state/run-index/name.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';
import { report } from './indexed-runs.ts';

describe('nameOf', () => {
  it('sorts newer runs first', () => {
    const names = [2, 10, 1, 0].map((minute) => nameOf(report(minute)));
    expect(names.toSorted()).toEqual([10, 2, 1, 0].map((minute) => nameOf(report(minute))));
  });

  it.each([
    ['1969-12-31T23:59:59.999Z', '9999999999999'],
    ['1970-01-01T00:00:00.001Z', '9999999999998'],
    ['2286-11-20T17:46:39.999Z', '0000000000000'],
    ['9999-12-31T23:59:59.999Z', '0000000000000'],
  ])('keeps a fixed length for a run settled at %s', (settled_at, left) => {
    const failed = report(1, { settled_at, outcome: 'failed' });
    expect(nameOf(failed)).toBe(`${left}.nightly.failed.nightly-1`);
  });
});

it('countdown goes by whole milliseconds', () => {
  expect(countdown(1.9)).toBe(countdown(1));
});

describe('readName', () => {
  it('returns the run that a name describes', () => {
    const name = nameOf(report(3, { outcome: 'partial' }));
    expect(readName(layout.indexedRun(name))).toEqual({
      ...{ name, runId: 'nightly-3', policy: 'nightly', outcome: 'partial' },
      settledAt: T0 + 3 * MINUTE,
    });
  });

  it.each([
    '123456789012.nightly.completed.nightly-1',
    '12345678901234.nightly.completed.nightly-1',
    'x1234567890123.nightly.completed.nightly-1',
    '123456789012x.nightly.completed.nightly-1',
    '1234567890123.Nightly.completed.nightly-1',
    '1234567890123..completed.nightly-1',
    '1234567890123.nightly.done.nightly-1',
    '1234567890123.nightly.completed2.nightly-1',
    '1234567890123.nightly.completed.Nightly-1',
    '1234567890123.nightly.completed.nightly_1',
    '1234567890123.nightly.completed.',
    '1234567890123.nightly.completed',
    '1234567890123.nightly.completed.nightly-1.bak',
    '1234567890123.nightly.completed.nightly-1.json',
  ])('does not take %s.json for a run', (name) => {
    expect(readName(layout.indexedRun(name))).toBeUndefined();
  });

  it.each(['', '.json-2', '.json.bak'])(
    'does not take a key that ends in "%s" for a run',
    (end) => {
      expect(readName(`${layout.runIndex}${nameOf(report(1))}${end}`)).toBeUndefined();
    },
  );

  it('does not take a key of another folder for a run', () => {
    expect(readName(`state/rung/${nameOf(report(1))}.json`)).toBeUndefined();
  });
});
