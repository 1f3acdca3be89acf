import { describe, expect, it } from 'vitest';
import type { Job } from '../../../../lib/cloud/cph/job.ts';
import { initialLimits } from '../../../../lib/ledger/state/limits.ts';
import type { RunDeps } from '../../../../lib/run/deps.ts';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { jobsToPoll, pollCalls } from '../../../../lib/run/export/jobs/poll-calls.ts';
import { pollJobs } from '../../../../lib/run/export/jobs/poll-jobs.ts';
import { createReadBudget } from '../../../../lib/run/reads/read-budget.ts';
import { type OpenRun, record } from '../../../../lib/run/state/open-run.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { MINUTE, openRun, plannedPhone, T0, terms } from '../../../support/runs.ts';

const log = { info: () => undefined, warn: () => undefined };
const reads = createReadBudget({ clock: playClock(T0), log });

/** Polls all jobs of a run. */
function pollAll(deps: Parameters<typeof pollJobs>[0], run: OpenRun): Promise<void> {
  const polled = jobsToPoll([run], deps.clock.now());
  return pollJobs(deps, polled, pollCalls(polled, deps.clock.now()));
}

/** Polls a run whose jobs have all ended. Returns the export time that is learned from them. */
async function learned(jobs: Partial<Job>[], known?: number): Promise<number | undefined> {
  const run = openRun(
    'nightly-1',
    jobs.map((_, n) => plannedPhone(`p${n}`)),
  );
  const listed = jobs.map((job, n) => ({
    job_id: `j${n}`,
    phone_id: `p${n}`,
    state: 'succeeded',
    ...job,
  }));
  record(
    run,
    jobs.map((_, n) => ({
      type: 'accepted' as const,
      at: T0,
      phone_id: `p${n}`,
      attempt: 1,
      job_id: `j${n}`,
      request_id: 'r1',
    })),
  );
  const cph = { listJobs: async () => listed } as unknown as RunDeps['cph'];
  const learned = {
    limits: { ...initialLimits, ...(known === undefined ? {} : { export_ms: known }) },
  };
  await pollAll({ cph, clock: playClock(T0 + MINUTE), learned, until: Infinity, reads }, run);
  await pollAll({ cph, clock: playClock(T0 + 2 * MINUTE), learned, until: Infinity, reads }, run);
  return learned.limits.export_ms;
}

describe('many export calls', () => {
  it('are polled until the time is up, and all of them over several drives', async () => {
    const ids = Array.from({ length: 2_000 }, (_, n) => `p${n}`);
    const run = openRun(
      'nightly-1',
      ids.map((id) => plannedPhone(id)),
    );
    record(
      run,
      ids.map((phone_id) => ({
        ...{ type: 'accepted', at: T0, phone_id, attempt: 1 },
        ...{ job_id: `j-${phone_id}`, request_id: `r-${phone_id}` },
      })),
    );
    const clock = playClock(T0);
    const polled = new Set<string>();
    let calls = 0;
    const listJobs = async (requests: string[]): Promise<Job[]> => {
      calls += 1;
      clock.move(1_000);
      for (const id of requests) polled.add(id);
      return requests.map((id) => ({ job_id: `j-${id.slice(2)}`, state: 'running' }));
    };
    const cph = { listJobs } as unknown as RunDeps['cph'];
    let drives = 0;
    for (; polled.size < 2_000 && drives < 20; drives += 1) {
      const until = clock.now() + 20_000;
      await pollAll({ cph, clock, learned: { limits: initialLimits }, until, reads }, run);
      clock.move(40_000);
    }
    expect(calls).toBe(20 * drives);
    expect(polled.size).toBe(2_000);
  });
});

const took = (ms: number): Partial<Job> => ({ took: ms });

describe('the learned export time', () => {
  it.each<[string, Partial<Job>[], number | undefined, number | undefined]>([
    ['begins with the first export', [took(40_000)], undefined, 40_000],
    ['moves slowly towards the next', [took(100_000)], 50_000, 55_000],
    ['takes each into account, once', [took(60_000), took(60_000)], 50_000, 51_900],
    ['learns nothing from a failed export', [{ ...took(9_000), state: 'failed' }], 50_000, 50_000],
    ['learns nothing where the time is missing', [{}], undefined, undefined],
    ['learns nothing from no time at all', [took(0)], undefined, undefined],
  ])('of the typical time: %s', async (_, jobs, known, expected) => {
    expect(await learned(jobs, known)).toBe(expected);
  });
});

const intent = (ids: string[]): RunEvent => ({
  type: 'intent',
  at: T0,
  window: 'w1',
  attempts: ids.map((phone_id) => ({ phone_id, attempt: 1 })),
});
const accepted = (phone_id: string, request_id: string, job_id = `j-${phone_id}`): RunEvent => ({
  ...{ type: 'accepted', at: T0, phone_id, attempt: 1 },
  ...{ job_id, request_id },
});
const unknown = (phone_id: string, request_id?: string): RunEvent => ({
  ...{ type: 'outcome_unknown', at: T0, phone_id, attempt: 1 },
  ...(request_id === undefined ? {} : { request_id }),
});

/** Polls once, `after` ms after T0, a cloud with these jobs by request. Returns the calls and the recorded events. */
async function lookup(run: OpenRun, jobs: Record<string, Partial<Job>[]>, after = MINUTE) {
  const calls: string[][] = [];
  const cph = {
    listJobs: async (ids: string[]) => {
      calls.push(ids);
      return ids.flatMap((id) => (jobs[id] ?? []).map((job) => ({ state: 'running', ...job })));
    },
  } as unknown as RunDeps['cph'];
  const before = run.unwritten.events.length;
  const learned = { limits: initialLimits };
  await pollAll({ cph, clock: playClock(T0 + after), learned, until: Infinity, reads }, run);
  return { calls, events: run.unwritten.events.slice(before) };
}

const runOf = (ids: string[], events: RunEvent[]): OpenRun => {
  const run = openRun(
    'nightly-1',
    ids.map((id) => plannedPhone(id)),
  );
  record(run, [intent(ids), ...events]);
  return run;
};

describe('what a poll records', () => {
  const own = { phone_id: 'p', attempt: 1 };
  const at = T0 + MINUTE;

  it.each<[string, Partial<Job>, object[]]>([
    ['a running job', { state: 'running' }, []],
    ['one of a state that nobody knows', { state: 'unknown' }, []],
    [
      'one that ended well',
      { state: 'succeeded' },
      [{ type: 'ended', at, ...own, result: 'succeeded' }],
    ],
    ['one that failed', { state: 'failed' }, [{ type: 'ended', at, ...own, result: 'failed' }]],
    [
      'one that failed with a reason, however long',
      { state: 'failed', code: 'C'.repeat(99), message: 'm'.repeat(999) },
      [
        {
          ...{ type: 'ended', at, ...own, result: 'failed' },
          ...{ code: 'C'.repeat(64), message: 'm'.repeat(200) },
        },
      ],
    ],
    [
      'how long it took',
      { state: 'succeeded', ...took(0) },
      [{ type: 'ended', at, ...own, result: 'succeeded', took: 0 }],
    ],
  ])('%s', async (_, job, expected) => {
    const run = runOf(['p'], [accepted('p', 'r1')]);
    const { events } = await lookup(run, { r1: [{ job_id: 'j-p', phone_id: 'p', ...job }] });
    expect(events).toEqual(expected);
  });

  it('of two jobs of one try, the one that ended well counts', async () => {
    const run = runOf(['p'], [accepted('p', 'r1', 'a'), accepted('p', 'r1', 'b')]);
    const jobs = ['a', 'b'].map((job_id) => ({
      job_id,
      phone_id: 'p',
      state: job_id === 'a' ? ('failed' as const) : ('succeeded' as const),
    }));
    const { calls, events } = await lookup(run, { r1: jobs });
    expect(calls).toEqual([['r1']]);
    expect(events).toMatchObject([{ result: 'succeeded' }]);
  });

  it('takes no job of another for its own', async () => {
    const run = runOf(['p'], [accepted('p', 'r1')]);
    const { events } = await lookup(run, {
      r1: [{ job_id: 'other', phone_id: 'p', state: 'succeeded' }],
    });
    expect(events).toEqual([{ type: 'unlisted', at, ...own }]);
  });

  it('believes that a job is lost two minutes after it was first missed', async () => {
    const run = runOf(['p'], [accepted('p', 'r1')]);
    expect((await lookup(run, {})).events).toEqual([{ type: 'unlisted', at, ...own }]);
    expect((await lookup(run, {}, 3 * MINUTE - 1)).events).toEqual([]);
    expect((await lookup(run, {}, 3 * MINUTE)).events).toEqual([
      { type: 'ended', at: T0 + 3 * MINUTE, ...own, result: 'lost' },
    ]);
  });

  it('restarts the wait for a lost job when it is listed again', async () => {
    const run = runOf(['p'], [accepted('p', 'r1')]);
    const listed = { r1: [{ job_id: 'j-p', phone_id: 'p' }] };
    await lookup(run, {});
    expect((await lookup(run, listed, 2 * MINUTE)).events).toEqual([
      { type: 'listed', at: T0 + 2 * MINUTE, ...own },
    ]);
    expect((await lookup(run, listed, 2.5 * MINUTE)).events).toEqual([]);
    expect((await lookup(run, {}, 3 * MINUTE)).events).toMatchObject([{ type: 'unlisted' }]);
    expect((await lookup(run, {}, 4 * MINUTE)).events).toEqual([]);
  });

  it('times a job out that still runs when its time is up, and no other', async () => {
    const run = runOf(['p'], [accepted('p', 'r1')]);
    const over = terms.export_timeout;
    const running = { r1: [{ job_id: 'j-p', phone_id: 'p' }] };
    expect((await lookup(run, running, over - 1)).events).toEqual([]);
    expect((await lookup(run, running, over)).events).toEqual([
      {
        ...{ type: 'outcome', at: T0 + over, phone_id: 'p' },
        ...{ outcome: 'timed_out', reason: 'export_timeout' },
      },
    ]);
    const ended = runOf(['p'], [accepted('p', 'r1')]);
    const done = { r1: [{ job_id: 'j-p', phone_id: 'p', state: 'succeeded' as const }] };
    expect((await lookup(ended, done, over)).events).toMatchObject([{ result: 'succeeded' }]);
  });
});

describe('pollJobs', () => {
  it('polls up to 20 requests in one call, each request once', async () => {
    const ids = Array.from({ length: 41 }, (_, n) => `p${n}`);
    const run = runOf(
      ids,
      ids.map((id) => accepted(id, `r-${id}`)),
    );
    const { calls } = await lookup(run, {});
    expect(calls.map((call) => call.length)).toEqual([20, 20, 1]);
    expect(new Set(calls.flat()).size).toBe(41);
  });

  it('makes no call without accepted jobs', async () => {
    const run = runOf(['p', 'q'], [unknown('p'), unknown('q', '')]);
    expect((await lookup(run, {})).calls).toEqual([]);
    expect(jobsToPoll([openRun('nightly-1', [plannedPhone('p')])], T0).size).toBe(0);
  });

  it('a call that left a phone out alone, and takes the job that was left out', async () => {
    const run = runOf(
      ['p', 'q', 'o'],
      [accepted('p', 'r1'), unknown('q', 'r1'), accepted('o', 'r2')],
    );
    const { calls, events } = await lookup(run, {
      r1: [
        { job_id: 'j-p', phone_id: 'p' },
        { job_id: 'j-q', phone_id: 'q' },
      ],
      r2: [{ job_id: 'j-o', phone_id: 'o' }],
    });
    expect(calls).toEqual([['r1'], ['r2']]);
    expect(events).toEqual([
      {
        ...{ type: 'accepted', at: T0 + MINUTE, phone_id: 'q', attempt: 1 },
        ...{ job_id: 'j-q', request_id: 'r1' },
      },
    ]);
  });

  it('takes no earlier job of the same phone for the one left out', async () => {
    const run = runOf(['p', 'q'], [accepted('p', 'r1'), accepted('q', 'r1')]);
    const ended = { type: 'ended', at: T0, phone_id: 'p', attempt: 1, result: 'failed' } as const;
    const second = { ...unknown('p', 'r2'), attempt: 2 } as RunEvent;
    record(run, [{ ...ended, code: 'CPS.0054' }, second]);
    const listed = { job_id: 'j-p', phone_id: 'p', state: 'failed' as const, code: 'CPS.0054' };
    const { events } = await lookup(run, {
      r1: [listed, { job_id: 'j-q', phone_id: 'q' }],
      r2: [listed],
    });
    expect(events).toEqual([]);
  });

  it('takes no job for the one left out that is known already, or is none', async () => {
    const run = runOf(['p', 'q'], [accepted('p', 'r1'), unknown('q', 'r1')]);
    const { events } = await lookup(run, { r1: [{ job_id: 'j-p', phone_id: 'p' }] });
    expect(events).toEqual([]);
  });
});
