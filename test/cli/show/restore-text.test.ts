import { describe, expect, it } from 'vitest';
import { restoreText } from '../../../cli/show/restore-text.ts';
import type { PlannedRestore, RestorePreview } from '../../../lib/run/query/schemas/restore.ts';
import { restoreSource } from '../../support/restores.ts';
import { T0 } from '../../support/runs.ts';
import { fakeIo } from '../support/fake-io.ts';

const { io } = fakeIo();

function planned(id: string, changes: Partial<PlannedRestore> = {}): PlannedRestore {
  const { verified_at, ...source } = restoreSource(id);
  return {
    ...{ phone_id: id, phone_name: `game-${id}`, server_id: 's1', plan: 'restore' },
    source: { ...source, verified_at: new Date(verified_at).toISOString() },
    ...changes,
  };
}

function preview(phones: PlannedRestore[], changes: Partial<RestorePreview> = {}): RestorePreview {
  const count = (plan: string) => phones.filter((phone) => phone.plan === plan).length;
  return {
    as_of: new Date(T0).toISOString(),
    counts: {
      ...{ selected: phones.length, restore: count('restore'), wait: count('wait') },
      ...{ skip: count('skip'), fail: count('fail') },
    },
    ...{ safety_export: true, restart: true, reset_first: false, phones },
    ...changes,
  };
}

/** The lines that say what a restore does beside its table. */
const effects = (changes: Partial<RestorePreview>, phones = [planned('p1')]) =>
  restoreText(io, preview(phones, changes))
    .split('\n')
    .filter((line) => line.startsWith('- '));

describe('restoreText', () => {
  it('has a row for each phone, with its archive or why it gets none', () => {
    const failed: PlannedRestore = {
      ...{ phone_id: 'p2', phone_name: '', server_id: 's1', plan: 'fail', reason: 'no_archive' },
    };
    const text = restoreText(io, preview([planned('p1'), failed]));
    expect(text).toMatch(/^Restores 1 phone of 2\n/);
    expect(text).toMatch(
      /^game-p1 +restore +game-p1 \(nightly\) +2026-01-02 02:30 +1 h ago +9\.0 KB$/m,
    );
    expect(text).toMatch(/^p2 +fail: .*archive.* \(no_archive\) *$/m);
  });

  it('counts phones that are waited for as ready', () => {
    const phones = [planned('p1'), planned('p2', { plan: 'wait', reason: 'starting' })];
    expect(restoreText(io, preview(phones))).toMatch(/^Restores 2 phones of 2\n/);
  });

  it('shows the first 50 phones, and how many more there are', () => {
    const phones = Array.from({ length: 53 }, (_, n) => planned(`p${n}`));
    const text = restoreText(io, preview(phones));
    expect(text).toContain('\n… and 3 more\n');
    expect(text.match(/^game-p/gm)).toHaveLength(50);
  });

  it.each<[keyof RestorePreview]>([['safety_export'], ['restart'], ['reset_first']])(
    'says what %s changes',
    (option) => {
      const [on, off] = [effects({ [option]: true }), effects({ [option]: false })];
      expect(on).toHaveLength(off.length);
      expect(on.filter((line) => !off.includes(line))).toHaveLength(1);
    },
  );

  it('warns of other owners only when a phone gets the archive of another', () => {
    const other = planned('p1', { source: planned('p2').source });
    expect(effects({}, [other])).toHaveLength(effects({}).length + 1);
  });

  it('names no effects when nothing is restored', () => {
    expect(effects({}, [planned('p1', { plan: 'skip', reason: 'stopped' })])).toEqual([]);
  });

  it('says only why a restore cannot start', () => {
    const failure = { code: 'max_phones', message: 'too many phones' };
    const text = restoreText(io, preview([planned('p1')], { failure }));
    expect(text).toBe('cannot restore: too many phones (max_phones)');
  });

  it('shows control characters in names instead of sending them to the terminal', () => {
    const text = restoreText(io, preview([planned('p1', { phone_name: 'a\u001b[2Jb' })]));
    expect(text).not.toContain('\u001b');
  });
});
