import { describe, expect, it } from 'vitest';
import type { ObjectInfo } from '../../../../lib/cloud/obs/list.ts';
import { PhonevaultError } from '../../../../lib/errors.ts';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { fold } from '../../../../lib/ledger/run/fold.ts';
import type { RunDeps } from '../../../../lib/run/deps.ts';
import { type OpenRun, record } from '../../../../lib/run/state/open-run.ts';
import {
  nextLookupAt,
  verifyArchives,
  watchUnknownOutcomes,
} from '../../../../lib/run/export/archives/verify-archives.ts';
import { type PlayClock, playClock } from '../../../../testing/play-clock.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const FOLDER = 'nightly/20260102/nightly-1/';
const keyOf = (phone: string): string => `${FOLDER}${phone}-1.tar`;
const object = (phone: string, size = 2_048): ObjectInfo => ({
  key: keyOf(phone),
  size,
  etag: `etag-${phone}`,
  lastModified: T0,
});

/** The first tries of these phones, and what is known of each. */
function runOf(
  phones: string[],
  events: (own: { phone_id: string; attempt: number }) => RunEvent[],
) {
  const run = openRun(
    'nightly-1',
    phones.map((id) => plannedPhone(id)),
  );
  const attempts = phones.map((phone_id) => ({ phone_id, attempt: 1 }));
  fold(run.state, [
    { type: 'intent', at: T0, window: 'w1', attempts },
    ...attempts.flatMap(events),
  ]);
  return run;
}

const accepted = (own: { phone_id: string; attempt: number }): RunEvent => ({
  ...{ type: 'accepted', at: T0, ...own },
  ...{ job_id: `j-${own.phone_id}`, request_id: 'r1' },
});
/** Their jobs have ended well. */
const ended = (phones: string[]): OpenRun =>
  runOf(phones, (own) => [accepted(own), { type: 'ended', at: T0, ...own, result: 'succeeded' }]);
/** Attempts whose responses were lost. */
const unknownOf = (phones: string[]): OpenRun =>
  runOf(phones, (own) => [{ type: 'outcome_unknown', at: T0, ...own }]);

/** A bucket that records lookups; `unlisted` objects are found by HEAD only. */
function bucket({
  listed = [],
  unlisted = [],
  tail = new Uint8Array(1_024),
  broken = false,
}: {
  listed?: ObjectInfo[];
  unlisted?: ObjectInfo[];
  tail?: Uint8Array | 'gone';
  broken?: boolean;
} = {}) {
  const lookups: string[] = [];
  const tell = async <T>(what: string, answer: T): Promise<T> => {
    lookups.push(what);
    if (broken) throw new PhonevaultError('unreachable', 'obs: unreachable');
    return answer;
  };
  const archives = {
    list: (name: string, prefix: string) => tell(`list ${name} ${prefix}`, { objects: listed }),
    head: (name: string, key: string) =>
      tell(
        `head ${name} ${key}`,
        [...listed, ...unlisted].find((one) => one.key === key),
      ),
    tail: (name: string, key: string, bytes: number) =>
      tell(`tail ${name} ${key} ${bytes}`, tail === 'gone' ? undefined : tail),
  } as unknown as RunDeps['archives'];
  return { archives, lookups };
}

const head = (phone: string) => `head my-phone-backups ${keyOf(phone)}`;
const list = `list my-phone-backups ${FOLDER}`;
const tail = (phone: string) => `tail my-phone-backups ${keyOf(phone)} 1024`;
const ids = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`);

describe('verifyArchives', () => {
  const own = { at: T0, phone_id: 'p', attempt: 1 };
  const verified = { type: 'verified', ...own, size: 2_048, etag: 'etag-p' };

  it.each<[string, ObjectInfo[], object]>([
    ['a present archive', [object('p')], verified],
    ['the smallest that may hold something', [object('p', 1_025)], { ...verified, size: 1_025 }],
    [
      'one that is too small',
      [object('p', 1_024)],
      { type: 'archive_rejected', ...own, reason: 'archive_too_small' },
    ],
    ['no archive, at the first lookup', [object('q')], { type: 'absent', ...own }],
  ])('judges %s by one HEAD', async (_, unlisted, expected) => {
    const run = ended(['p']);
    const { archives, lookups } = bucket({ unlisted });
    await verifyArchives({ archives, clock: playClock(T0) }, run);
    expect(lookups).toEqual([head('p')]);
    expect(run.unwritten.events).toEqual([expected]);
  });

  it('looks archives up every ten seconds while jobs run, and at once when none does', async () => {
    const [first, second, running] = ['p', 'q', 'r'];
    const run = runOf([first, second, running], (each) => [
      accepted(each),
      ...(each.phone_id === first
        ? [{ type: 'ended' as const, at: T0, ...each, result: 'succeeded' as const }]
        : []),
    ]);
    const { archives, lookups } = bucket({ unlisted: [object(first), object(second)] });
    const clock = playClock(T0);
    await verifyArchives({ archives, clock }, run);
    const end = (phone_id: string, result: 'succeeded' | 'failed'): void =>
      record(run, [{ type: 'ended', at: clock.now(), phone_id, attempt: 1, result }]);
    end(second, 'succeeded');
    clock.move(9_999);
    await verifyArchives({ archives, clock }, run);
    expect(lookups).toEqual([head(first)]);
    expect(nextLookupAt(run, clock.now())).toBe(T0 + 10_000);
    end(running, 'failed');
    await verifyArchives({ archives, clock }, run);
    expect(lookups).toEqual([head(first), head(second)]);
  });

  it('counts an archive as missing only after a second lookup two minutes later', async () => {
    const run = ended(['p']);
    fold(run.state, [{ type: 'absent', ...own }]);
    const early = bucket();
    await verifyArchives({ ...early, clock: playClock(T0 + 2 * MINUTE - 1) }, run);
    expect([early.lookups, run.unwritten.events]).toEqual([[], []]);
    const { archives, lookups } = bucket();
    const at = T0 + 2 * MINUTE;
    await verifyArchives({ archives, clock: playClock(at) }, run);
    expect(lookups).toEqual([list, head('p')]);
    expect(run.unwritten.events).toEqual([
      { type: 'archive_rejected', ...own, at, reason: 'archive_missing' },
    ]);
  });

  it('verifies an archive that arrives between two lookups', async () => {
    const run = ended(['p']);
    fold(run.state, [{ type: 'absent', ...own }]);
    const { archives, lookups } = bucket({ listed: [object('p')] });
    const at = T0 + 2 * MINUTE;
    await verifyArchives({ archives, clock: playClock(at) }, run);
    expect(lookups).toEqual([list]);
    expect(run.unwritten.events).toEqual([{ ...verified, at }]);
  });

  it('looks up to seven archives up with HEAD', async () => {
    const run = ended(ids(7));
    const { archives, lookups } = bucket({ listed: ids(7).map((id) => object(id)) });
    await verifyArchives({ archives, clock: playClock(T0) }, run);
    expect(lookups).toEqual(ids(7).map(head));
    expect(run.unwritten.events).toHaveLength(7);
  });

  it('lists the folder for eight archives or more, and sends HEAD for those that LIST lacks', async () => {
    const run = ended(ids(8));
    const { archives, lookups } = bucket({
      listed: ids(7).map((id) => object(id)),
      unlisted: [object('p7')],
    });
    await verifyArchives({ archives, clock: playClock(T0) }, run);
    expect(lookups).toEqual([list, head('p7')]);
    expect(run.unwritten.events.map((event) => event.type)).toEqual(ids(8).map(() => 'verified'));
  });

  it('looks up no archive before its job ended', async () => {
    const run = runOf(['p', 'q', 'r'], (one) => (one.phone_id === 'p' ? [accepted(one)] : []));
    fold(run.state, [{ type: 'outage_started', at: T0, to: 'archives' }]);
    const { archives, lookups } = bucket();
    await verifyArchives({ archives, clock: playClock(T0 + 1) }, run);
    expect([lookups, run.unwritten.events]).toEqual([[], []]);
  });

  it('records a failed lookup, rejects no archive, and retries after twenty seconds', async () => {
    const run = ended(['p']);
    const clock = playClock(T0);
    const broken = bucket({ broken: true });
    await expect(verifyArchives({ ...broken, clock }, run)).rejects.toThrow('unreachable');
    expect(run.unwritten.events).toEqual([{ type: 'outage_started', at: T0, to: 'archives' }]);
    expect(nextLookupAt(run, T0)).toBe(T0 + 20_000);
    const { archives, lookups } = bucket({ unlisted: [object('p')] });
    clock.move(19_999);
    await verifyArchives({ archives, clock }, run);
    expect(lookups).toEqual([]);
    clock.move(1);
    await verifyArchives({ archives, clock }, run);
    expect(run.unwritten.events.slice(1)).toEqual([
      { ...verified, at: T0 + 20_000 },
      { type: 'outage_ended', at: T0 + 20_000, to: 'archives' },
    ]);
  });
});

describe('an archive that cannot be looked up', () => {
  const refusedFor = (cloud: ReturnType<typeof bucket>, operation: 'head' | 'tail', id: string) => {
    const call = cloud.archives[operation] as (name: string, key: string, n: number) => unknown;
    const refused = (name: string, key: string, n: number) =>
      key === keyOf(id)
        ? Promise.reject(new PhonevaultError('access_denied', 'obs: 403'))
        : call(name, key, n);
    return { ...cloud.archives, [operation]: refused } as RunDeps['archives'];
  };

  it('does not keep the others from being verified', async () => {
    const run = ended(ids(5));
    const cloud = bucket({ listed: ids(5).map((id) => object(id)) });
    await verifyArchives({ archives: refusedFor(cloud, 'head', 'p2'), clock: playClock(T0) }, run);
    const verified = run.unwritten.events.filter(({ type }) => type === 'verified');
    expect(verified).toHaveLength(5);
  });

  it('stays open when LIST does not show it, and is looked up again', async () => {
    const run = ended(ids(5));
    const cloud = bucket({ unlisted: ids(5).map((id) => object(id)) });
    const archives = refusedFor(cloud, 'head', 'p2');
    const verifying = verifyArchives({ archives, clock: playClock(T0) }, run);
    await expect(verifying).rejects.toThrow('403');
    expect(run.unwritten.events.map(({ type }) => type)).toEqual([
      ...['not_done', 'verified', 'verified', 'verified', 'verified', 'outage_started'],
    ]);
    expect(nextLookupAt(run, T0)).toBe(T0 + 20_000);
  });

  it('does not delay the first lookup of a phone whose job ends later', async () => {
    const run = runOf(['p', 'q'], (own) => [accepted(own)]);
    const end = (phone_id: string, at: number) =>
      fold(run.state, [{ type: 'ended', at, phone_id, attempt: 1, result: 'succeeded' }]);
    const cloud = bucket({ unlisted: [object('p'), object('q')] });
    const archives = refusedFor(cloud, 'head', 'p');
    const clock = playClock(T0);
    end('p', T0);
    const failing = {
      ...archives,
      list: () => Promise.reject(new PhonevaultError('unreachable', '')),
    };
    await verifyArchives({ archives: failing, clock }, run).catch(() => undefined);
    clock.move(3_000);
    end('q', clock.now());
    expect(nextLookupAt(run, clock.now())).toBe(clock.now());
    await verifyArchives({ archives, clock }, run);
    expect(run.unwritten.events.at(-2)).toMatchObject({ type: 'verified', phone_id: 'q' });
    expect(nextLookupAt(run, clock.now())).toBe(T0 + 20_000);
  });

  it('does not delay the watch of another phone', async () => {
    const run = unknownOf(['p', 'q']);
    const clock = playClock(T0);
    const cloud = bucket({ unlisted: [object('p')] });
    const archives = refusedFor(cloud, 'head', 'p');
    const failing = {
      ...archives,
      list: () => Promise.reject(new PhonevaultError('unreachable', '')),
    };
    for (let pass = 0; pass < 30; pass += 1) {
      await watchUnknownOutcomes({ archives: failing, clock }, run).catch(() => undefined);
      clock.move(20_000);
    }
    expect(cloud.lookups.filter((one) => one === head('q'))).toHaveLength(30);
  });

  it('is not known to be whole when the bucket refuses to return it', async () => {
    const run = unknownOf(['p']);
    const cloud = bucket({ unlisted: [object('p')] });
    const clock = playClock(T0 + 15 * MINUTE);
    await watchUnknownOutcomes({ archives: refusedFor(cloud, 'tail', 'p'), clock }, run);
    expect(run.unwritten.events).toMatchObject([
      {
        type: 'not_done',
        step: 'read_archives',
        message: expect.stringContaining('KMS') as string,
      },
      { type: 'archive_rejected', reason: 'response_lost' },
    ]);
  });
});

describe('watchUnknownOutcomes', () => {
  const own = { phone_id: 'p', attempt: 1 };
  const watch = (run: OpenRun, { archives }: ReturnType<typeof bucket>, clock: PlayClock) =>
    watchUnknownOutcomes({ archives, clock }, run);

  it('verifies a whole archive', async () => {
    const run = unknownOf(['p']);
    const cloud = bucket({ unlisted: [object('p')] });
    await watch(run, cloud, playClock(T0 + 1));
    expect(cloud.lookups).toEqual([head('p'), tail('p')]);
    expect(run.unwritten.events).toEqual([
      { type: 'verified', at: T0 + 1, ...own, size: 2_048, etag: 'etag-p' },
    ]);
  });

  it.each([
    ['none', bucket()],
    ['one that is not whole', bucket({ unlisted: [object('p')], tail: new Uint8Array(9) })],
    ['one of an odd size', bucket({ unlisted: [object('p', 2_049)] })],
  ])('waits on where it finds %s', async (_, cloud) => {
    const run = unknownOf(['p']);
    await watch(run, cloud, playClock(T0 + 15 * MINUTE - 1));
    expect(run.unwritten.events).toEqual([]);
    expect(cloud.lookups[0]).toBe(head('p'));
  });

  it('rejects the attempt when the watch ends, after a last lookup with LIST', async () => {
    const run = unknownOf(['p']);
    const at = T0 + 15 * MINUTE;
    const cloud = bucket();
    await watch(run, cloud, playClock(at));
    expect(cloud.lookups).toEqual([list, head('p')]);
    expect(run.unwritten.events).toEqual([
      { type: 'archive_rejected', at, ...own, reason: 'response_lost' },
    ]);
  });

  it('lists the folder when a watch ends', async () => {
    const run = runOf(['p', 'q'], (one) => [
      { type: 'outcome_unknown', at: one.phone_id === 'p' ? T0 : T0 + 1, ...one },
    ]);
    const cloud = bucket();
    await watch(run, cloud, playClock(T0 + 15 * MINUTE));
    expect(cloud.lookups).toEqual([list, head('p'), head('q')]);
    expect(run.unwritten.events).toMatchObject([{ type: 'archive_rejected', phone_id: 'p' }]);
  });

  it('verifies a whole archive at the last lookup', async () => {
    const run = unknownOf(['p']);
    await watch(run, bucket({ listed: [object('p')] }), playClock(T0 + 15 * MINUTE));
    expect(run.unwritten.events).toMatchObject([{ type: 'verified' }]);
  });

  it('looks up every twenty seconds, even after a failed lookup', async () => {
    const run = unknownOf(['p']);
    const clock = playClock(T0);
    const broken = bucket({ broken: true });
    await expect(watch(run, broken, clock)).rejects.toThrow('unreachable');
    expect(run.unwritten.events).toEqual([{ type: 'outage_started', at: T0, to: 'archives' }]);
    expect(nextLookupAt(run, T0)).toBe(T0 + 20_000);
    const cloud = bucket();
    clock.move(19_999);
    await watch(run, cloud, clock);
    expect(cloud.lookups).toEqual([]);
    clock.move(1);
    await watch(run, cloud, clock);
    expect(cloud.lookups).toEqual([head('p')]);
  });

  it('looks up nothing without unknown outcomes', async () => {
    const run = ended(['p']);
    const cloud = bucket();
    await watch(run, cloud, playClock(T0));
    expect([cloud.lookups, run.unwritten.events, run.retryAt.unknownOutcomes]).toEqual([[], [], 0]);
  });
});

describe('nextLookupAt', () => {
  const absent = (run: OpenRun, phone_id: string, at: number) => {
    fold(run.state, [{ type: 'absent', at, phone_id, attempt: 1 }]);
    return run;
  };

  it('is now for a first lookup, or the time of a retry', () => {
    const run = ended(['p']);
    expect(nextLookupAt(run, T0 + 5)).toBe(T0 + 5);
    run.retryAt.lookUps.set('p', T0 + 9);
    expect(nextLookupAt(run, T0 + 5)).toBe(T0 + 9);
  });

  it('is two minutes after the first lookup of an absent archive', () => {
    expect(nextLookupAt(absent(ended(['p']), 'p', T0), T0 + 5)).toBe(T0 + 2 * MINUTE);
  });

  it('is the next lookup of unknown outcomes, or now', () => {
    const run = unknownOf(['p']);
    expect(nextLookupAt(run, T0 + 5)).toBe(T0 + 5);
    run.retryAt.unknownOutcomes = T0 + 9;
    expect(nextLookupAt(run, T0 + 5)).toBe(T0 + 9);
  });

  it('is the earliest of several', () => {
    const run = ended(['p', 'q', 'r']);
    absent(run, 'p', T0 + 2);
    absent(run, 'q', T0 + 1);
    absent(run, 'r', T0 + 3);
    expect(nextLookupAt(run, T0 + 5)).toBe(T0 + 1 + 2 * MINUTE);
  });

  it('is undefined when no archive is expected', () => {
    expect(
      nextLookupAt(
        runOf(['p'], (own) => [accepted(own)]),
        T0,
      ),
    ).toBeUndefined();
    expect(nextLookupAt(openRun('nightly-1', [plannedPhone('p')]), T0)).toBeUndefined();
  });
});
