import { describe, expect, it } from 'vitest';
import type { ObjectInfo } from '../../../lib/cloud/obs/list.ts';
import { type ErrorCode, LeaseLost, PhonevaultError } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { appendLog, readLog } from '../../../lib/ledger/run/log.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { createWriter, type DriveDeps, type RunDeps } from '../../../lib/run/deps.ts';
import {
  deleteSuperseded,
  findArchives,
  type FoundArchives,
  verifyLostArchives,
} from '../../../lib/run/settle/found-archives.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { phoneSteps } from '../../../lib/run/state/phone-steps.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const FOLDER = 'nightly/20260102/nightly-1/';
const object = (name: string, size = 2_048): ObjectInfo => ({
  key: `${FOLDER}${name}.tar`,
  size,
  etag: `etag-${name}`,
  lastModified: T0,
});
const entry = (attempt: number, name: string) => ({ attempt, object: object(name) });

type Fails = { list?: Error; head?: Error; remove?: Error };

/** A ledger and a bucket that records its calls; only HEAD shows `unlisted` objects. */
function scene({
  listed = [],
  unlisted = [],
  tail = new Uint8Array(1_024),
  fails = {},
}: { listed?: ObjectInfo[]; unlisted?: ObjectInfo[]; tail?: Uint8Array; fails?: Fails } = {}) {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  const calls: string[] = [];
  const warnings: unknown[] = [];
  let heads = 0;
  let mostHeads = 0;
  const respond = async <T>(what: string, answer: T, failure?: Error): Promise<T> => {
    calls.push(what);
    if (failure !== undefined) throw failure;
    return answer;
  };
  const archives = {
    list: (bucket: string, prefix: string) =>
      respond(`list ${bucket} ${prefix}`, { objects: listed }, fails.list),
    head: async (bucket: string, key: string) => {
      mostHeads = Math.max(mostHeads, (heads += 1));
      await Promise.resolve();
      heads -= 1;
      const found = unlisted.find((one) => one.key === key);
      return respond(`head ${bucket} ${key}`, found, fails.head);
    },
    tail: (bucket: string, key: string) => respond(`tail ${bucket} ${key}`, tail),
    remove: (bucket: string, keys: string[]) =>
      respond(`remove ${bucket} ${keys.join(' ')}`, undefined, fails.remove),
  };
  const quiet = () => undefined;
  const warn = (event: string, fields: object) => void warnings.push([event, fields]);
  const log = { info: quiet, warn, error: quiet };
  const deps = { clock, store, archives, log } as unknown as DriveDeps;
  return { clock, store, deps, calls, warnings, mostHeads: () => mostHeads };
}

const own = (phone_id: string, attempt = 1) => ({ phone_id, attempt });
const intent = (phone_id: string, attempt = 1): RunEvent => ({
  ...{ type: 'intent', at: T0, window: `w${attempt}` },
  attempts: [own(phone_id, attempt)],
});
const accepted = (phone_id: string, attempt = 1, at = T0): RunEvent => ({
  ...{ type: 'accepted', at, ...own(phone_id, attempt) },
  ...{ job_id: `j-${phone_id}-${attempt}`, request_id: 'r1' },
});
const ended = (
  phone_id: string,
  result: 'failed' | 'succeeded' | 'lost',
  attempt = 1,
  at = T0,
): RunEvent => ({ type: 'ended', at, ...own(phone_id, attempt), result });
const verified = (phone_id: string, attempt = 1): RunEvent => ({
  ...{ type: 'verified', at: T0, ...own(phone_id, attempt) },
  ...{ size: 2_048, etag: 'e' },
});
const refused = (phone_id: string, code: string, attempt = 1): RunEvent => ({
  ...{ type: 'refused', at: T0, ...own(phone_id, attempt), code },
});
const lost = (phone_id: string, attempt = 1): RunEvent[] => [
  { type: 'outcome_unknown', at: T0, ...own(phone_id, attempt) },
  { type: 'archive_rejected', at: T0, ...own(phone_id, attempt), reason: 'response_lost' },
];
const over = (phone_id: string): RunEvent => ({
  ...{ type: 'outcome', at: T0, phone_id },
  ...{ outcome: 'timed_out', reason: 'deadline' },
});

function runOf(phones: string[], events: RunEvent[]): OpenRun {
  const run = openRun(
    'nightly-1',
    phones.map((id) => plannedPhone(id)),
  );
  fold(run.state, events);
  return run;
}

const found = (...entries: [string, { attempt: number; object: ObjectInfo }[]][]): FoundArchives =>
  new Map(entries);
const list = `list my-phone-backups ${FOLDER}`;
const head = (name: string) => `head my-phone-backups ${FOLDER}${name}.tar`;

describe('findArchives', () => {
  it('returns the archives in the folder by phone', async () => {
    const { deps, calls } = scene({ listed: ['p-1', 'p-2', 'q-1'].map((name) => object(name)) });
    const all = await findArchives(deps, runOf(['p', 'q'], []));
    expect([...all]).toEqual([
      ['p', [entry(1, 'p-1'), entry(2, 'p-2')]],
      ['q', [entry(1, 'q-1')]],
    ]);
    expect(calls).toEqual([list]);
  });

  it('ignores objects without the name of an archive', async () => {
    const names = ['p-0', 'p', 'sub/p-1', 'notes.txt'];
    const { deps } = scene({ listed: names.map((name) => object(name)) });
    expect((await findArchives(deps, runOf(['p'], []))).size).toBe(0);
  });

  it('makes no call for a run without terms or phones', async () => {
    const { deps, calls } = scene({ listed: [object('p-1')] });
    const failed = runOf(['p'], []);
    if (failed.plan !== undefined) delete failed.plan.terms;
    const runs = [{ ...runOf(['p'], []), plan: undefined }, failed, runOf([], [])];
    for (const run of runs) expect((await findArchives(deps, run)).size).toBe(0);
    expect(calls).toEqual([]);
  });

  it('looks up the archives of jobs that have just failed by HEAD', async () => {
    const { deps, calls } = scene({ listed: [object('q-1')], unlisted: [object('p-1')] });
    const run = runOf(
      ['p', 'q', 'r'],
      ['p', 'q', 'r'].flatMap((id) => [accepted(id), ended(id, 'failed')]),
    );
    const all = await findArchives(deps, run);
    expect(calls).toEqual([list, head('p-1'), head('r-1')]);
    expect([...all]).toEqual([
      ['q', [entry(1, 'q-1')]],
      ['p', [entry(1, 'p-1')]],
    ]);
  });

  it.each<[string, RunEvent[]]>([
    ['is running', []],
    ['succeeded', [ended('p', 'succeeded')]],
    ['was lost', [ended('p', 'lost')]],
    [
      'failed and whose archive was deleted',
      [ended('p', 'failed'), { type: 'superseded_deleted', at: T0, ...own('p'), key: 'any' }],
    ],
  ])('looks up no archive by HEAD of a job that %s', async (_, events) => {
    const { deps, calls } = scene();
    await findArchives(deps, runOf(['p'], [accepted('p'), ...events]));
    expect(calls).toEqual([list]);
  });

  it('relies on LIST two minutes after a failure', async () => {
    const { deps, clock, calls } = scene();
    const run = runOf(['p'], [accepted('p'), ended('p', 'failed')]);
    clock.move(2 * MINUTE - 1);
    await findArchives(deps, run);
    clock.move(1);
    await findArchives(deps, run);
    expect(calls).toEqual([list, head('p-1'), list]);
  });

  it('makes at most eight HEADs at once', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `p${n}`);
    const { deps, mostHeads } = scene();
    await findArchives(
      deps,
      runOf(
        ids,
        ids.flatMap((id) => [accepted(id), ended(id, 'failed')]),
      ),
    );
    expect(mostHeads()).toBe(8);
  });

  it.each<ErrorCode>(['access_denied', 'bucket_missing'])(
    'returns nothing and logs it when the folder cannot be read: %s',
    async (code) => {
      const list = new PhonevaultError(code, 'closed');
      const { deps, warnings } = scene({ fails: { list } });
      expect((await findArchives(deps, runOf(['p'], []))).size).toBe(0);
      const fields = { run: 'nightly-1', policy: 'nightly', bucket: 'my-phone-backups', code };
      expect(warnings).toEqual([['folder_unreadable', fields]]);
    },
  );

  it('returns nothing when access is denied between LIST and HEAD', async () => {
    const fails = { head: new PhonevaultError('access_denied', 'closed') };
    const { deps, warnings } = scene({ listed: [object('q-1')], fails });
    const run = runOf(['p'], [accepted('p'), ended('p', 'failed')]);
    expect((await findArchives(deps, run)).size).toBe(0);
    expect(warnings).toHaveLength(1);
  });

  it.each([
    ['a LIST', { list: new PhonevaultError('unreachable', 'no answer') }],
    ['a HEAD', { head: new PhonevaultError('unreachable', 'no answer') }],
  ])('throws any other error of %s', async (_, fails) => {
    const { deps, warnings } = scene({ fails });
    const run = runOf(['p'], [accepted('p'), ended('p', 'failed')]);
    await expect(findArchives(deps, run)).rejects.toThrow('no answer');
    expect(warnings).toEqual([]);
  });
});

describe('verifyLostArchives', () => {
  const verifyLost = async (run: OpenRun, all: FoundArchives, { deps, calls } = scene()) => {
    await verifyLostArchives(deps, run, phoneSteps(run, T0), all);
    return calls;
  };
  const verifiedEvent = { ...verified('p'), etag: 'etag-p-1' };

  it.each<[string, RunEvent[]]>([
    ['was lost', [intent('p'), ...lost('p'), over('p')]],
    ['has not arrived', [intent('p'), over('p')]],
    ['said that CPH was busy', [intent('p'), refused('p', 'CPS.0042'), over('p')]],
  ])('counts a complete archive as the backup when the response %s', async (_, events) => {
    const run = runOf(['p'], events);
    const calls = await verifyLost(run, found(['p', [entry(1, 'p-1')]]));
    expect(calls).toEqual([`tail my-phone-backups ${FOLDER}p-1.tar`]);
    expect(run.unwritten.events).toEqual([verifiedEvent]);
    expect(phoneSteps(run, T0)).toMatchObject([{ step: { kind: 'done', outcome: 'exported' } }]);
  });

  it.each<[string, RunEvent[], ReturnType<typeof entry>[]]>([
    [
      'is of a job that failed',
      [accepted('p'), ended('p', 'failed'), over('p')],
      [entry(1, 'p-1')],
    ],
    ['is of a refused attempt', [refused('p', 'CPS.0005')], [entry(1, 'p-1')]],
    ['is of an attempt that the log does not have', [...lost('p'), over('p')], [entry(7, 'p-7')]],
    ['is of a phone that has not ended', lost('p'), [entry(1, 'p-1')]],
    ['is one beside a verified one', [...lost('p', 2), verified('p')], [entry(2, 'p-2')]],
    ['does not exist', [...lost('p'), over('p')], []],
  ])('verifies no archive that %s', async (_, events, entries) => {
    const run = runOf(['p'], events);
    const calls = await verifyLost(run, found(['p', entries]));
    expect([calls, run.unwritten.events]).toEqual([[], []]);
  });

  it('verifies nothing for a phone without an archive in the folder', async () => {
    const run = runOf(['p'], [...lost('p'), over('p')]);
    expect(await verifyLost(run, found(['q', [entry(1, 'q-1')]]))).toEqual([]);
  });

  it('skips an incomplete archive, and verifies the next one', async () => {
    const run = runOf(['p'], [...lost('p'), ...lost('p', 2), over('p')]);
    const incomplete = { attempt: 1, object: object('p-1', 2_047) };
    await verifyLost(run, found(['p', [incomplete, entry(2, 'p-2')]]));
    expect(run.unwritten.events).toEqual([{ ...verified('p', 2), etag: 'etag-p-2' }]);
  });

  it('verifies the archives of phones after one that has a verified archive', async () => {
    const run = runOf(['q', 'p'], [verified('q'), ...lost('p'), over('p')]);
    await verifyLost(run, found(['q', [entry(1, 'q-1')]], ['p', [entry(1, 'p-1')]]));
    expect(run.unwritten.events).toEqual([verifiedEvent]);
  });
});

describe('deleteSuperseded', () => {
  const deleteAll = (run: OpenRun, all: FoundArchives, { deps } = scene(), name = '1-a') =>
    deleteSuperseded({ ...deps, writer: createWriter(name) }, run, phoneSteps(run, T0), all);
  const deleted = (name: string, attempt: number) => ({
    ...{ type: 'superseded_deleted', at: T0, ...own('p', attempt) },
    key: `${FOLDER}${name}.tar`,
  });
  const remove = (...names: string[]) =>
    `remove my-phone-backups ${names.map((name) => `${FOLDER}${name}.tar`).join(' ')}`;
  const three = found(['p', [entry(1, 'p-1'), entry(2, 'p-2'), entry(3, 'p-3')]]);

  it('records superseded archives in the log, then deletes them', async () => {
    const cloud = scene();
    const run = runOf(['p'], [...lost('p'), verified('p', 2)]);
    await deleteAll(run, three, cloud);
    expect(cloud.calls).toEqual([remove('p-1', 'p-3')]);
    expect(await readLog(cloud.store, 'nightly-1')).toEqual([deleted('p-1', 1), deleted('p-3', 3)]);
    expect(run.state.phones.get('p')?.attempts.get(1)?.deleted).toBe(true);
  });

  it('keeps an archive that a running job may still write', async () => {
    const cloud = scene();
    const run = runOf(['p'], [accepted('p'), verified('p', 2), accepted('p', 3)]);
    fold(run.state, [ended('p', 'failed', 3)]);
    await deleteAll(run, three, cloud);
    expect(cloud.calls).toEqual([remove('p-3')]);
  });

  it.each<[string, RunEvent[], FoundArchives]>([
    ['of a phone without a verified archive', [...lost('p'), over('p')], three],
    ['of a phone that has not ended', lost('p'), three],
    ['when there is only the verified archive', [verified('p')], found(['p', [entry(1, 'p-1')]])],
    ['when there is no archive', [verified('p')], found()],
  ])('deletes nothing %s', async (_, events, all) => {
    const cloud = scene();
    const run = runOf(['p'], events);
    await deleteAll(run, all, cloud);
    expect(cloud.calls).toEqual([]);
    expect(await readLog(cloud.store, 'nightly-1')).toEqual([]);
  });

  it('deletes and records nothing when another drive has written to the run', async () => {
    const cloud = scene();
    await appendLog(cloud.store, layout.logEntry('nightly-1', '2-b', 1), [verified('p', 3)]);
    const run = runOf(['p'], [verified('p', 2)]);
    await expect(deleteAll(run, three, cloud)).rejects.toThrow(LeaseLost);
    expect([cloud.calls, run.unwritten.events]).toEqual([[], []]);
    expect(await readLog(cloud.store, 'nightly-1')).toEqual([verified('p', 3)]);
  });

  it('throws LeaseLost for another drive even when there is nothing to delete', async () => {
    const cloud = scene();
    await appendLog(cloud.store, layout.logEntry('nightly-1', '2-b', 1), [verified('p')]);
    await expect(deleteAll(runOf(['p'], []), found(), cloud)).rejects.toThrow(LeaseLost);
  });

  it('deletes nothing when another drive writes while the deletion is recorded', async () => {
    const cloud = scene();
    const put: RunDeps['store']['put'] = async (key, body) => {
      await cloud.store.put(key, body);
      await appendLog(cloud.store, layout.logEntry('nightly-1', '2-b', 1), [verified('p', 3)]);
    };
    const deps = { ...cloud.deps, store: { ...cloud.store, put } };
    const run = runOf(['p'], [verified('p', 2)]);
    await expect(deleteAll(run, three, { ...cloud, deps })).rejects.toThrow(LeaseLost);
    expect(cloud.calls).toEqual([]);
  });

  it('deletes nothing when the deletion cannot be recorded', async () => {
    const cloud = scene();
    const put = () => Promise.reject(new Error('unreachable'));
    const deps = { ...cloud.deps, store: { ...cloud.store, put } };
    const run = runOf(['p'], [verified('p', 2)]);
    await expect(deleteAll(run, three, { ...cloud, deps })).rejects.toThrow('unreachable');
    expect(cloud.calls).toEqual([]);
    expect(run.unwritten.events).toHaveLength(2);
  });

  it('throws when the bucket refuses the deletion, which is recorded already', async () => {
    const cloud = scene({ fails: { remove: new Error('denied') } });
    await expect(deleteAll(runOf(['p'], [verified('p', 2)]), three, cloud)).rejects.toThrow(
      'denied',
    );
    expect(await readLog(cloud.store, 'nightly-1')).toHaveLength(2);
  });
});
