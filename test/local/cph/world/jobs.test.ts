import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../../local/cph/world/fleet.ts';
import { createJobs, type Job } from '../../../../local/cph/world/jobs.ts';
import { defaultTimings } from '../../../../local/cph/world/settings.ts';
import { createRandom } from '../../../../local/simulation/random.ts';
import { createTime } from '../../../../local/simulation/time.ts';
import { createTimeline } from '../../../../local/simulation/timeline.ts';
import { manualClock } from '../../support/clock.ts';

/** Jobs of 10 s on one server with two slots. */
function fixture(options: { onePerPhone?: boolean; jobHidden?: number; perAccount?: number } = {}) {
  const clock = manualClock(0);
  const timeline = createTimeline(createTime(clock));
  const jobs = createJobs({
    timeline,
    timings: { ...defaultTimings, jobHidden: options.jobHidden ?? 0, jobKept: 1_000 },
    random: createRandom(1, 'jobs'),
    limits: { exportsPerServer: 2, exportsPerAccount: options.perAccount ?? 99 },
    onePerPhone: () => options.onePerPhone ?? false,
  });
  const submit = (
    phoneId: string,
    kind: Job['kind'] = 'export',
    run?: () => void,
    serverId = 's1',
  ): Job =>
    jobs.submit(kind, { id: phoneId, serverId } as Phone, 'r1', {
      duration: 10_000,
      run: run ?? ((job) => jobs.finish(job)),
    });
  const pass = async (ms: number) => {
    clock.move(ms);
    await timeline.advance();
  };
  return { jobs, submit, pass };
}

describe('jobs', () => {
  it('share the slots of their server; the others wait with status 1', async () => {
    const { submit, pass } = fixture();
    const all = ['a', 'b', 'c'].map((id) => submit(id));
    const restart = submit('d', 'restart');
    expect([...all, restart].map(({ running }) => running)).toEqual([true, true, false, true]);
    await pass(10_000);
    expect(all.map(({ status, end }) => [status, end])).toEqual([
      [2, 10_000],
      [2, 10_000],
      [1, undefined],
    ]);
    await pass(10_000);
    expect(all[2]).toMatchObject({ status: 2, begin: 0, end: 20_000 });
  });

  it('of one phone run one after the other, by option', () => {
    for (const onePerPhone of [true, false]) {
      const { submit } = fixture({ onePerPhone });
      submit('a');
      expect(submit('a').running).toBe(!onePerPhone);
      expect(submit('b').running).toBe(onePerPhone);
    }
  });

  it('end once: a failure frees the slot, a later success changes nothing', async () => {
    const { jobs, submit, pass } = fixture();
    const [first, , third] = ['a', 'b', 'c'].map((id) => submit(id));
    jobs.finish(first!, 'CPS.0005');
    expect([first?.status, first?.code, third?.running]).toEqual([-1, 'CPS.0005', true]);
    await pass(10_000);
    expect(first?.status).toBe(-1);
    expect(jobs.activeOf('a')).toEqual([]);
  });

  it('fail with CPS.0003 if their work throws', async () => {
    const { submit, pass } = fixture();
    const job = submit('a', 'export', () => {
      throw new Error('disk');
    });
    await pass(10_000);
    expect(job).toMatchObject({ status: -1, code: 'CPS.0003' });
  });

  it('of a request become visible together, and are forgotten some time after their end', async () => {
    const { jobs, submit, pass } = fixture({ jobHidden: 5_000 });
    jobs.openRequest('r1');
    const [first, second] = [submit('a'), submit('b')];
    expect(first.visibleAt).toBe(second.visibleAt);
    expect(first.visibleAt).toBeLessThanOrEqual(5_000);
    await pass(10_999);
    expect(jobs.byRequest.get('r1')).toHaveLength(2);
    await pass(1);
    expect([jobs.byRequest.size, jobs.byId.size]).toEqual([0, 0]);
  });
});

it('shares the slots of the account between servers', async () => {
  const { submit, pass } = fixture({ perAccount: 1 });
  const jobs = ['s1', 's2', 's3'].map((server) => submit(server, 'export', undefined, server));
  const running = () => jobs.map((job) => job.running);
  expect(running()).toEqual([true, false, false]);
  await pass(10_000);
  expect(running()).toEqual([false, true, false]);
  await pass(10_000);
  expect(running()).toEqual([false, false, true]);
});
