import { describe, expect, it } from 'vitest';
import { LeaseLost, PhonevaultError } from '../../../lib/errors.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import { appendLog, readLog } from '../../../lib/ledger/run/log/log.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { createWriter, type RunDeps } from '../../../lib/run/deps.ts';
import {
  deletedKeys,
  deleteSuperseded,
  leftoversOf,
} from '../../../lib/run/settle/delete-superseded.ts';
import type { FoundArchives } from '../../../lib/run/settle/found-archives.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { phoneSteps } from '../../../lib/run/state/steps/phone-steps.ts';
import { runScene } from '../../support/run-scene.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

const FOLDER = 'nightly/20260102/nightly-1/';
const keyOf = (name: string) => `${FOLDER}${name}.tar`;
const entry = (attempt: number, name: string) => ({
  ...{ attempt },
  object: { key: keyOf(name), size: 2_048, etag: 'e', lastModified: T0 },
});
const own = (attempt: number) => ({ phone_id: 'p', attempt });

const verified = (attempt: number): RunEvent => ({
  ...{ type: 'verified', at: T0, ...own(attempt), size: 2_048, etag: 'e' },
});
const accepted = (attempt: number): RunEvent => ({
  ...{ type: 'accepted', at: T0, ...own(attempt), job_id: `j${attempt}`, request_id: 'r' },
});
const over: RunEvent = {
  ...{ type: 'outcome', at: T0, phone_id: 'p', outcome: 'timed_out', reason: 'deadline' },
};
const intent = (name: string, attempt: number): RunEvent => ({
  ...{ type: 'delete_intent', at: T0, ...own(attempt), key: keyOf(name) },
});
const deleted = (name: string, attempt: number): RunEvent => ({
  ...{ type: 'superseded_deleted', at: T0, key: keyOf(name), ...own(attempt) },
});
const refused = (name: string, code: string): RunEvent => ({
  ...{ type: 'delete_refused', at: T0, key: keyOf(name), code },
});

const three: FoundArchives = new Map([['p', [entry(1, 'p-1'), entry(2, 'p-2'), entry(3, 'p-3')]]]);
const nothing: FoundArchives = new Map();

function runOf(events: RunEvent[]): OpenRun {
  const run = openRun('nightly-1', [plannedPhone('p')]);
  fold(run.state, events);
  return run;
}

/** A bucket that refuses the keys in `refuses` with these codes, and fails as a whole with `fails`. */
function scene(refuses: Record<string, string> = {}) {
  const made = runScene();
  const calls: string[] = [];
  const bucket = { fails: undefined as Error | undefined };
  const purge: RunDeps['archives']['purge'] = async (name, keys) => {
    calls.push(`${name} ${keys.join(' ')}`);
    if (bucket.fails !== undefined) throw bucket.fails;
    const refused = keys.flatMap((key) => {
      const code = refuses[key];
      return code === undefined ? [] : [{ key, code }];
    });
    return { refused, versioning: 'off' };
  };
  const deps = { ...made.deps, archives: { ...made.deps.archives, purge } };
  const act = (run: OpenRun, found = three, own = deps) =>
    deleteSuperseded({ ...own, writer: createWriter('1-a') }, run, phoneSteps(run, T0), found);
  const log = () => readLog(made.store, 'nightly-1');
  return { ...made, deps, calls, bucket, act, log };
}

const asked = (...names: string[]) => `my-phone-backups ${names.map(keyOf).join(' ')}`;

describe('deleteSuperseded', () => {
  it('records what it will delete, deletes it, and records what was deleted', async () => {
    const { act, calls, log } = scene();
    const run = runOf([verified(2)]);
    await act(run);
    expect(calls).toEqual([asked('p-1', 'p-3')]);
    expect(await log()).toEqual([
      ...[intent('p-1', 1), intent('p-3', 3)],
      ...[deleted('p-1', 1), deleted('p-3', 3)],
    ]);
    expect(run.state.phones.get('p')?.attempts.get(1)?.deleted).toBe(true);
  });

  it('records what the bucket refused to delete, and counts only the rest as deleted', async () => {
    const { act, log } = scene({ [keyOf('p-3')]: 'AccessDenied' });
    const run = runOf([verified(2)]);
    await act(run);
    expect((await log()).slice(2)).toEqual([deleted('p-1', 1), refused('p-3', 'AccessDenied')]);
    expect(deletedKeys(run.state)).toEqual([keyOf('p-1')]);
    expect(leftoversOf(run, [], nothing)).toEqual([{ key: keyOf('p-3'), code: 'AccessDenied' }]);
  });

  it('leaves all superseded archives when deleting was given up', () => {
    const run = runOf([
      verified(2),
      intent('p-1', 1),
      {
        ...{ type: 'not_done', at: T0, step: 'delete_archives', code: 'access_denied' },
        ...{ message: 'the log cannot be written', final: true },
      },
    ]);
    expect(leftoversOf(run, phoneSteps(run, T0), three)).toEqual(
      ['p-1', 'p-3'].map((name) => ({ key: keyOf(name), code: 'access_denied' })),
    );
  });

  it('keeps an archive that a running job may still write', async () => {
    const { act, calls } = scene();
    const ended: RunEvent = { type: 'ended', at: T0, ...own(3), result: 'failed' };
    await act(runOf([accepted(1), verified(2), accepted(3), ended]));
    expect(calls).toEqual([asked('p-3')]);
  });

  it.each<[string, RunEvent[], FoundArchives]>([
    ['of a phone without a verified archive', [over], three],
    ['of a phone that has not ended', [accepted(1)], three],
    ['when there is only the verified archive', [verified(1)], new Map([['p', [entry(1, 'p-1')]]])],
    ['when there is no archive', [verified(1)], nothing],
  ])('deletes nothing %s', async (_, events, found) => {
    const { act, calls, log } = scene();
    await act(runOf(events), found);
    expect([calls, await log()]).toEqual([[], []]);
  });

  it('deletes again what a killed drive meant to delete, also when it is gone', async () => {
    const { act, calls, log } = scene();
    const run = runOf([verified(2), intent('p-1', 1)]);
    await act(run, nothing);
    expect(calls).toEqual([asked('p-1')]);
    expect(await log()).toEqual([deleted('p-1', 1)]);
  });

  it('deletes nothing twice, and asks no bucket again that refused', async () => {
    const { act, calls } = scene();
    await act(runOf([verified(2), deleted('p-1', 1), refused('p-3', 'AccessDenied')]));
    expect(calls).toEqual([]);
  });

  it('keeps both archives when two drives each meant to delete what the other kept', async () => {
    const { act, calls } = scene();
    const both = [intent('p-1', 1), intent('p-2', 2)];
    await act(runOf([verified(1), verified(2), ...both, over]));
    expect(calls).toEqual([]);
  });

  it('keeps the verified archive when an earlier drive meant to delete it', async () => {
    const { act, calls } = scene();
    await act(runOf([verified(1), verified(2), intent('p-2', 2)]), nothing);
    expect(calls).toEqual([asked('p-2')]);
  });
});

describe('deleteSuperseded beside another drive', () => {
  const foreign = layout.logEntry('nightly-1', '2-b', 1);

  it('deletes and records nothing when another drive has written to the run', async () => {
    const { act, calls, store, log } = scene();
    await appendLog(store, foreign, [verified(3)]);
    const run = runOf([verified(2)]);
    await expect(act(run)).rejects.toThrow(LeaseLost);
    expect([calls, run.unwritten.events]).toEqual([[], []]);
    expect(await log()).toEqual([verified(3)]);
  });

  it('throws LeaseLost for another drive even when there is nothing to delete', async () => {
    const { act, store } = scene();
    await appendLog(store, foreign, [verified(1)]);
    await expect(act(runOf([]), nothing)).rejects.toThrow(LeaseLost);
  });

  it('deletes nothing when another drive writes while the intent is recorded', async () => {
    const { act, calls, deps, store } = scene();
    const put: RunDeps['store']['put'] = async (key, body) => {
      await store.put(key, body);
      await appendLog(store, foreign, [verified(3)]);
    };
    const racing = { ...deps, store: { ...store, put } };
    await expect(act(runOf([verified(2)]), three, racing)).rejects.toThrow(LeaseLost);
    expect(calls).toEqual([]);
  });

  it('deletes nothing when the intent cannot be recorded', async () => {
    const { act, calls, deps, store } = scene();
    const put = () => Promise.reject(new Error('unreachable'));
    const run = runOf([verified(2)]);
    await expect(act(run, three, { ...deps, store: { ...store, put } })).rejects.toThrow(
      'unreachable',
    );
    expect(calls).toEqual([]);
    expect(run.unwritten.events).toHaveLength(2);
  });
});

describe('deleteSuperseded of a bucket whose deletes fail as a whole', () => {
  it('throws at first, and the archives become leftovers with the third failure', async () => {
    const { act, bucket, clock, land, calls } = scene();
    bucket.fails = new PhonevaultError('unreachable', 'no answer', { retryable: true });
    land(keyOf('p-1'));
    land(keyOf('p-3'));
    const run = runOf([verified(2)]);
    for (let failures = 0; failures < 2; failures += 1) {
      await expect(act(run)).rejects.toThrow('no answer');
      clock.move(20_000);
    }
    await act(run);
    expect(calls).toHaveLength(3);
    expect(leftoversOf(run, [], nothing)).toEqual(
      ['p-1', 'p-3'].map((name) => ({ key: keyOf(name), code: 'unreachable' })),
    );
    expect(deletedKeys(run.state)).toEqual([]);
  });
});
