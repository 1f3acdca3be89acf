import { expect, it } from 'vitest';
import type { Obs } from '../../../lib/cloud/obs/obs.ts';
import { awaitThaws, nextThawAt } from '../../../lib/run/restore/await-thaws.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { restoredPhone, restoreRun, restoreSource } from '../../support/restores.ts';
import { refusal } from '../../support/run-scene.ts';
import { T0 } from '../../support/runs.ts';

type Head = Awaited<ReturnType<Obs['head']>>;

const { size, etag } = restoreSource('p1');
const archive = { key: 'k', size, etag, lastModified: T0 } as NonNullable<Head>;

/** Two phones that are restored from one cold archive, and a third from another. */
function scene(head: () => Head, restore: () => void = () => undefined) {
  const source = restoreSource('p1');
  const phones = [
    restoredPhone('p1', { source, cold: true }),
    restoredPhone('p2', { source, cold: true }),
    restoredPhone('p3', { cold: true }),
  ];
  const run = restoreRun(phones);
  const clock = playClock(T0);
  const calls: string[] = [];
  const archives = {
    head: async (_bucket: string, key: string) => (calls.push(`head ${key.slice(-8)}`), head()),
    restoreObject: async (_bucket: string, key: string) => {
      calls.push(`restore ${key.slice(-8)}`);
      restore();
    },
  } as unknown as Obs;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return { run, clock, calls, wait: () => awaitThaws({ archives, clock, log }, run) };
}

it('looks at an archive once for all of its phones', async () => {
  const { run, calls, wait } = scene(() => archive);
  await wait();
  expect(calls).toEqual(['head p1-1.tar', 'head p3-1.tar']);
  expect(run.unwritten.events).toEqual(
    ['p1', 'p2', 'p3'].map((phone_id) => ({ type: 'thawed', at: T0, phone_id })),
  );
  expect(nextThawAt(run, T0)).toBeUndefined();
});

it.each<[string, Head, (() => void) | undefined, string, string | undefined]>([
  ['is gone', undefined, undefined, 'archive_missing', undefined],
  ['has another size', { ...archive, size: size + 1 }, undefined, 'archive_changed', undefined],
  ['has other content', { ...archive, etag: 'f' }, undefined, 'archive_changed', undefined],
  [
    'may not be made readable',
    { ...archive, cold: true },
    () => {
      throw refusal({ status: 403, code: 'access_denied', serviceCode: 'AccessDenied' });
    },
    'thaw_refused',
    'AccessDenied',
  ],
])('fails the phones of an archive that %s', async (_, head, restore, reason, code) => {
  const { run, wait } = scene(() => head, restore);
  await wait();
  expect(run.unwritten.events.filter(({ type }) => type === 'outcome')).toEqual(
    ['p1', 'p2', 'p3'].map((phone_id) => ({
      ...{ type: 'outcome', at: T0, phone_id, outcome: 'failed', reason },
      ...(code === undefined ? {} : { code }),
    })),
  );
});

it('asks for a cold archive once, and looks again after its time', async () => {
  let head: Head = { ...archive, cold: true };
  const { run, clock, calls, wait } = scene(() => head);
  await wait();
  expect(calls.filter((call) => call.startsWith('restore'))).toHaveLength(2);
  head = { ...archive, cold: true, thawing: true };
  await wait();
  expect(calls).toHaveLength(4);
  clock.move(20_000);
  await wait();
  expect(calls.filter((call) => call.startsWith('restore'))).toHaveLength(2);
  expect(calls).toHaveLength(6);
  expect(run.unwritten.events).toEqual([]);
});

it('stops at a bucket that throttles, and tries again a minute later', async () => {
  const { run, wait } = scene(() => {
    throw refusal({ status: 503, code: 'throttled' });
  });
  await expect(wait()).rejects.toMatchObject({ code: 'throttled' });
  expect(run.unwritten.events).toEqual([]);
  expect(nextThawAt(run, T0)).toBe(T0 + 60_000);
});
