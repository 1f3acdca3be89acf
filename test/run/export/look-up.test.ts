import { describe, expect, it } from 'vitest';
import type { ObjectInfo } from '../../../lib/cloud/obs/list.ts';
import { type ErrorCode, LeaseLost, ServiceError } from '../../../lib/errors.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import { lookUpEach } from '../../../lib/run/export/look-up.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

const WHERE = { bucket: 'backups', folder: 'nightly/' };
const ids = (count: number) => Array.from({ length: count }, (_, n) => `nightly/p${n}-1.tar`);
const object = (key: string, size = 2_048): ObjectInfo => ({
  ...{ key, size, etag: 'e', lastModified: T0 },
});
const failure = (operation: string, code: ErrorCode, status?: number) =>
  new ServiceError(code, `obs ${operation}: ${status ?? 'no response'}`, {
    ...{ service: 'obs', operation, status, carriedOut: 'no' },
  });

type Fault = '403' | '500' | 'hang';
const errorOf = (operation: string, fault: Fault) =>
  fault === '403'
    ? failure(operation, 'access_denied', 403)
    : fault === '500'
      ? failure(operation, 'service', 500)
      : failure(operation, 'unreachable');

/** A bucket of archives. `head` and `list` say which calls fail; `listed` replaces what LIST shows. */
function bucket({
  there = ids(5).map((key) => object(key)),
  listed = there,
  head = {},
  list = [],
}: {
  there?: ObjectInfo[];
  listed?: ObjectInfo[];
  head?: Record<string, Fault>;
  list?: (Fault | undefined)[];
} = {}) {
  const calls: string[] = [];
  const archives = {
    head: async (_: string, key: string) => {
      calls.push(`head ${key}`);
      const fault = head[key] ?? head['*'];
      if (fault !== undefined) throw errorOf('HeadObject', fault);
      return there.find((one) => one.key === key);
    },
    list: async (_: string, folder: string, { startAfter = '', max = 0 } = {}) => {
      const fault = list[calls.filter((call) => call.startsWith('list')).length] ?? undefined;
      calls.push(`list ${folder}`);
      if (fault !== undefined) throw errorOf('ListObjectsV2', fault);
      return { objects: listed.filter(({ key }) => key > startAfter).slice(0, max) };
    },
  } as unknown as RunDeps['archives'];
  const run = openRun('nightly-1', [plannedPhone('p')]);
  const look = async (keys = ids(5), isLastLookup = false) => {
    const wanted = keys.map((key) => ({ key, isLastLookup }));
    const found = await lookUpEach({ archives, clock: playClock(T0) }, run, WHERE, wanted);
    return found.map(({ finding }) =>
      finding === 'absent' ? 'absent' : 'code' in finding ? finding.code : finding.size,
    );
  };
  const notified = () =>
    run.unwritten.events.flatMap((event) =>
      event.type === 'not_done' ? [[event.step, event.message]] : [],
    );
  return { calls, look, notified };
}

const [first = ''] = ids(1);
const without = (key: string) =>
  ids(5)
    .filter((one) => one !== key)
    .map((one) => object(one));
const REST = [1, 2, 3, 4].map(() => 2_048);

describe('lookUpEach', () => {
  it.each<Fault>(['403', '500', 'hang'])(
    'believes LIST for one archive whose HEAD fails, and each of the others by its HEAD: %s',
    async (fault) => {
      const { look, calls } = bucket({ head: { [first]: fault } });
      expect(await look()).toEqual([2_048, ...REST]);
      expect(calls.filter((call) => call.startsWith('list'))).toHaveLength(1);
    },
  );

  it.each<[Fault, string]>([
    ['403', 'access_denied'],
    ['500', 'service'],
    ['hang', 'unreachable'],
  ])(
    'does not know an archive that LIST lacks when its HEAD alone fails: %s',
    async (fault, code) => {
      const { look } = bucket({ head: { [first]: fault }, listed: without(first) });
      expect(await look()).toEqual([code, ...REST]);
    },
  );

  it('lets LIST decide where every HEAD is refused, and names the missing right', async () => {
    for (const isLast of [false, true]) {
      const { look, notified } = bucket({ head: { '*': '403' }, listed: without(first) });
      expect(await look(ids(5), isLast)).toEqual(['absent', ...REST]);
      expect(notified()).toEqual([
        ['head_archives', expect.stringMatching(/^bucket backups: .*403.*obs:object:GetObject/)],
      ]);
    }
  });

  it.each<Fault>(['500', 'hang'])(
    'knows no absent archive where every HEAD fails otherwise: %s',
    async (fault) => {
      const { look, notified } = bucket({ head: { '*': fault }, listed: without(first) });
      expect(await look(ids(5), true)).toEqual([expect.any(String), ...REST]);
      expect(notified()).toEqual([]);
    },
  );

  it('finds each archive by HEAD where LIST is refused, and names the missing right', async () => {
    const keys = ids(8);
    const { look, notified } = bucket({ there: keys.map((key) => object(key)), list: ['403'] });
    expect(await look(keys)).toEqual(keys.map(() => 2_048));
    expect(notified()).toEqual([
      ['list_archives', expect.stringMatching(/^bucket backups: .*403.*obs:bucket:ListBucket/)],
    ]);
  });

  it('believes no archive absent for good where LIST fails', async () => {
    const { look } = bucket({ there: without(first), list: ['403'] });
    expect(await look(ids(5), true)).toEqual(['access_denied', ...REST]);
  });

  it('knows nothing where LIST and HEAD are refused, and names both rights', async () => {
    const { look, notified } = bucket({ head: { '*': '403' }, list: ['403'] });
    expect(await look()).toEqual(ids(5).map(() => 'access_denied'));
    expect(notified().map(([step]) => step)).toEqual(['head_archives', 'list_archives']);
    await look();
    expect(notified()).toHaveLength(2);
  });

  it('asks HEAD for an archive that LIST shows too small', async () => {
    const listed = [object(first, 0)];
    const there = [object(first)];
    expect(await bucket({ there, listed }).look([first], true)).toEqual([2_048]);
    const refused = bucket({ there, listed, head: { '*': '403' } });
    expect(await refused.look([first], true)).toEqual([0]);
  });

  it('believes the pages of LIST before one that fails', async () => {
    const keys = Array.from({ length: 1_500 }, (_, n) => `nightly/p${10_000 + n}-1.tar`);
    const there = keys.map((key) => object(key));
    const { look, calls } = bucket({ there, list: [undefined, '500'], head: { '*': '403' } });
    const found = await look(keys);
    expect(found.slice(0, 1_000)).toEqual(keys.slice(0, 1_000).map(() => 2_048));
    expect(new Set(found.slice(1_000))).toEqual(new Set(['access_denied']));
    expect(calls.filter((call) => call.startsWith('head'))).toHaveLength(500);
  });

  it('throws what stops the drive', async () => {
    const run = openRun('nightly-1', [plannedPhone('p')]);
    const head = () => Promise.reject(new LeaseLost('another drive'));
    const deps = { archives: { head } as unknown as RunDeps['archives'], clock: playClock(T0) };
    const looking = lookUpEach(deps, run, WHERE, [{ key: first, isLastLookup: false }]);
    await expect(looking).rejects.toThrow('another drive');
  });
});
