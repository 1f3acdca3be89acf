import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../../lib/errors.ts';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import {
  jobsNotRead,
  nothingKnown,
  noteRead,
  recallInFlight,
  saveInFlight,
  takeListed,
} from '../../../../lib/run/drive/inbox/in-flight.ts';
import { record } from '../../../../lib/run/state/open-run.ts';
import { runScene } from '../../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0, terms } from '../../../support/runs.ts';

const MANY = 17;
const own = { phone_id: 'p', attempt: 1 };
const accepted: RunEvent = { type: 'accepted', at: T0, ...own, job_id: 'j', request_id: 'r' };
const lost: RunEvent = { type: 'outcome_unknown', at: T0, ...own };

function runWith(id: string, events: RunEvent[]) {
  const run = openRun(id, [plannedPhone('p'), plannedPhone('q')]);
  record(run, events);
  return run;
}

const openIds = (count: number) => new Set(Array.from({ length: count }, (_, n) => `r-${n}`));

/** A LIST of open runs of which none was read. */
const listed = (ids: string[]) => ({
  open: new Set(ids),
  unread: new Map(ids.map((id) => [id, {}])),
});

/** What a drive of epoch 7 leaves of these runs. */
async function saved(runs: ReturnType<typeof runWith>[], notRead = nothingKnown(), count = MANY) {
  const scene = runScene();
  const held = new Map(runs.map((run) => [run.runId, run]));
  const open = openIds(count);
  const unread = new Map([...open].map((id) => [id, {}]));
  await saveInFlight(scene.deps, 7, { open, runs: held, unread, notRead });
  return scene;
}

describe('what a drive leaves of the exports in flight', () => {
  it('holds the phones of running jobs and lost responses, each until it no longer counts', async () => {
    const { deps } = await saved([
      runWith('r-1', [accepted]),
      runWith('r-2', [lost]),
      runWith('r-3', []),
    ]);
    const notRead = await recallInFlight(deps, MANY, 7);
    const job = { phone_id: 'p', server_id: plannedPhone('p').server_id };
    expect(Object.fromEntries(notRead.jobs)).toEqual({
      'r-1': [{ ...job, until: T0 + 2 * terms.export_timeout }],
      'r-2': [{ ...job, until: T0 + terms.export_timeout }],
    });
    expect(jobsNotRead(notRead, T0 + terms.export_timeout)).toEqual(notRead.jobs.get('r-1'));
  });

  it('passes on what it knew of runs that it did not read, and which nobody knows', async () => {
    const job = { phone_id: 'x', server_id: 's', until: T0 + MINUTE };
    const before = { jobs: new Map([['r-9', [job]]]), unknown: new Set(['r-8']) };
    const { deps } = await saved([], { ...before, isContinued: false });
    expect(await recallInFlight(deps, MANY, 7)).toEqual({ ...before, isContinued: true });
  });

  it('counts an open run that could not be read as unknown', async () => {
    const { deps } = runScene();
    const open = openIds(MANY);
    const unread = new Map([...open].slice(2).map((id) => [id, {}]));
    const runs = new Map([['r-0', runWith('r-0', [])]]);
    await saveInFlight(deps, 7, { open, runs, unread, notRead: nothingKnown() });
    expect((await recallInFlight(deps, MANY, 7)).unknown).toEqual(new Set(['r-1']));
  });

  it.each<[string, number | undefined, number]>([
    ['of another drive', 6, MANY],
    ['after a drive that was killed', undefined, MANY],
    ['where few runs are open', 7, MANY - 1],
  ])('is not used %s', async (_, follows, open) => {
    const { deps } = await saved([runWith('r-1', [accepted])]);
    expect(await recallInFlight(deps, open, follows)).toEqual(nothingKnown());
  });

  it('is not written where few runs are open, nor when it is larger than 1 MiB', async () => {
    const few = await saved([runWith('r-1', [accepted])], nothingKnown(), MANY - 1);
    expect(await few.store.list('')).toEqual([]);
    const unknown = new Set(Array.from({ length: 20_000 }, (_, n) => `${n}-${'x'.repeat(60)}`));
    const large = await saved([], { ...nothingKnown(), unknown });
    expect(await large.store.list('')).toEqual([]);
  });

  it('stops no drive when it cannot be written or read', async () => {
    const { deps, logged } = runScene();
    const fail = () => Promise.reject(new PhonevaultError('service', 'down'));
    const failing = { ...deps, store: { ...deps.store, put: fail } };
    const known = { open: openIds(MANY), runs: new Map(), unread: new Map() };
    await saveInFlight(failing, 7, { ...known, notRead: nothingKnown() });
    expect(logged('in_flight_not_written')).toHaveLength(1);
    await deps.store.put(layout.inFlight, 'broken');
    expect(await recallInFlight(deps, MANY, 7)).toEqual(nothingKnown());
  });
});

describe('runs that are not read', () => {
  it('are unknown after a gap, until they are read or gone', () => {
    const notRead = nothingKnown();
    takeListed(notRead, listed(['a', 'b', 'c']));
    noteRead(notRead, 'a');
    takeListed(notRead, listed(['b', 'd']));
    expect(notRead.unknown).toEqual(new Set(['b', 'd']));
  });

  it('have no exports when they are new and there was no gap', () => {
    const job = { phone_id: 'x', server_id: 's', until: T0 };
    const jobs = new Map(['a', 'b', 'c'].map((id) => [id, [job]]));
    const notRead = { jobs, unknown: new Set(['a']), isContinued: true };
    takeListed(notRead, listed(['a', 'b', 'new']));
    expect(notRead).toEqual({
      ...{ jobs: new Map(['a', 'b'].map((id) => [id, [job]])), unknown: new Set(['a']) },
      isContinued: true,
    });
  });
});
