import { describe, expect, it } from 'vitest';
import type { ObjectInfo } from '../../../lib/cloud/obs/list.ts';
import { type ErrorCode, PhonevaultError } from '../../../lib/errors.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import {
  findArchives,
  type FoundArchives,
  verifyLostArchives,
} from '../../../lib/run/settle/found-archives.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { phoneSteps } from '../../../lib/run/state/steps/phone-steps.ts';
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

type Fails = { list?: Error; head?: Error };

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
  };
  const quiet = () => undefined;
  const warn = (event: string, fields: object) => void warnings.push([event, fields]);
  const log = { info: quiet, warn, error: quiet };
  const deps = { clock, store, archives, log } as unknown as RunDeps;
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

  it('looks up the archives of attempts that were just refused by HEAD, at most a hundred', async () => {
    const { deps, calls } = scene({ unlisted: [object('p1-1')] });
    const ids = Array.from({ length: 101 }, (_, n) => `p${n}`);
    const events = ids.flatMap((id) => [intent(id), refused(id, 'CPS.0011')]);
    const all = await findArchives(deps, runOf(ids, events));
    expect([...all]).toEqual([['p1', [entry(1, 'p1-1')]]]);
    expect(calls).toEqual([list, ...ids.slice(0, 100).map((id) => head(`${id}-1`))]);
  });

  it('does not look up the archives of attempts that were refused two minutes ago', async () => {
    const { deps, calls, clock } = scene();
    const run = runOf(['p'], [intent('p'), refused('p', 'CPS.0011')]);
    clock.move(2 * MINUTE);
    await findArchives(deps, run);
    expect(calls).toEqual([list]);
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
    'gives the folder up at once when it may not be listed: %s',
    async (code) => {
      const list = new PhonevaultError(code, 'closed');
      const { deps } = scene({ fails: { list } });
      const run = runOf(['p'], []);
      expect((await findArchives(deps, run)).size).toBe(0);
      expect(run.unwritten.events).toMatchObject([
        { type: 'not_done', step: 'find_archives', code, final: true },
      ]);
    },
  );

  it('returns what LIST shows when a HEAD is refused', async () => {
    const fails = { head: new PhonevaultError('access_denied', 'closed') };
    const { deps } = scene({ listed: [object('q-1')], fails });
    const run = runOf(['p'], [accepted('p'), ended('p', 'failed')]);
    expect([...(await findArchives(deps, run)).keys()]).toEqual(['q']);
    expect(run.unwritten.events).toMatchObject([{ step: 'find_failed_archives', final: true }]);
  });

  it.each([
    ['a LIST', { list: new PhonevaultError('unreachable', 'no answer') }],
    ['a HEAD', { head: new PhonevaultError('unreachable', 'no answer') }],
  ])('throws any other error of %s, for half an hour at most', async (_, fails) => {
    const { deps, clock } = scene({ fails });
    const run = runOf(['p'], [accepted('p'), ended('p', 'failed')]);
    await expect(findArchives(deps, run)).rejects.toThrow('no answer');
    expect(run.unwritten.events).toMatchObject([{ type: 'not_done', code: 'unreachable' }]);
    clock.move(30 * MINUTE);
    expect((await findArchives(deps, run)).size).toBe(0);
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
