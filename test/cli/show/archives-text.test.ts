import { expect, it } from 'vitest';
import { archivesText } from '../../../cli/show/archives-text.ts';
import type { ArchiveView } from '../../../lib/run/query/schemas/archive.ts';
import { T0 } from '../../support/runs.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { fakeIo } from '../support/fake-io.ts';

const HOUR = 3_600_000;
const { io } = fakeIo({ clock: playClock(T0) });

const archive = (changes: Partial<ArchiveView> = {}): ArchiveView => ({
  ...{ phone_id: 'p1', phone_name: 'game-0001', policy: 'nightly', run_id: 'nightly-1' },
  ...{ trigger: 'timer', bucket: 'b', key: 'k.tar', size: 2_100_000_000, etag: 'e' },
  ...{ verified_at: new Date(T0 - 9 * HOUR).toISOString(), include: [], exclude: [] },
  ...changes,
});

/** The cells of the only row. */
const row = (changes: Partial<ArchiveView>): string[] =>
  (archivesText(io, [archive(changes)]).split('\n')[1] ?? '').split(/ {2,}/);

it('an archive is shown with its age, size and place', () => {
  expect(row({ image_version: 'AOSP 10.0' })).toEqual([
    ...['game-0001', 'nightly', '9 h ago', '2.1 GB', 'AOSP 10.0', '-', 'obs://b/k.tar'],
  ]);
});

it('a phone without a name is shown by its id', () => {
  expect(row({ phone_name: '' })[0]).toBe('p1');
});

it.each([
  [{ trigger: 'manual' }, 'manual'],
  [{ trigger: 'restore', suspect: true }, 'suspect, restore'],
  [{ trigger: 'http', pinned: true }, 'pinned'],
  [{ trashed_at: '2026-01-01T00:00:00.000Z' }, 'trash'],
] as const)('what is special about an archive is a flag: %j', (changes, flags) => {
  expect(row(changes)[5]).toBe(flags);
});
