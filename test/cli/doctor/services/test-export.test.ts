import { describe, expect, it } from 'vitest';
import { testExport, type TestExportDeps } from '../../../../cli/doctor/services/test-export.ts';
import type { Job } from '../../../../lib/cloud/cph/job.ts';
import { PhonevaultError } from '../../../../lib/errors.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { refusal } from '../../../support/run-scene.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

const test = { phoneId: 'p1', path: '/data/x', bucket: 'b', key: 'k/p1.tar' };
const job = (state: Job['state'], code?: string): Job => ({
  ...{ job_id: 'j1', phone_id: 'p1', state },
  ...(code === undefined ? {} : { code }),
});
const accepted = { request_id: 'r1', jobs: [job('running')] };

type Script = {
  submit?: () => Promise<unknown>;
  /** What each poll of the job returns or throws; the last one again and again. */
  polls?: (Job | Error)[];
  /** From how many ms on the archive is there. */
  archiveAfter?: number;
  size?: number;
  interrupt?: AbortController;
};

function scene({ submit, polls = [job('running')], archiveAfter = Infinity, ...more }: Script) {
  const clock = playClock(T0);
  const sent: unknown[] = [];
  let polled = 0;
  const interrupt = more.interrupt ?? new AbortController();
  const deps = {
    clock: { now: clock.now, sleep: (ms) => clock.sleep(ms) },
    cph: {
      batchStorage: async (infos) => (sent.push(...infos), submit ? submit() : accepted),
      listJobs: async () => {
        const next = polls[Math.min(polled, polls.length - 1)];
        polled += 1;
        if (next instanceof Error) throw next;
        return next === undefined ? [] : [next];
      },
    },
    obs: {
      head: async () =>
        clock.now() - T0 < archiveAfter ? undefined : { size: more.size ?? 2_048 },
    },
    interrupted: interrupt.signal,
  } as TestExportDeps;
  const run = async (limitMs = 20 * MINUTE) => testExport(deps, test, T0 + limitMs);
  return { run, sent, seconds: () => (clock.now() - T0) / 1_000 };
}

describe('testExport', () => {
  it('exports one path, and passes when the archive is there', async () => {
    const { run, sent, seconds } = scene({
      polls: [job('running'), job('succeeded')],
      archiveAfter: 8_000,
    });
    expect(await run()).toMatchObject({ outcome: 'ok' });
    expect(sent).toEqual([
      { phone_id: 'p1', include_files: ['/data/x'], bucket_name: 'b', object_path: 'k/p1.tar' },
    ]);
    expect(seconds()).toBe(9);
  });

  it.each([{}, { size: 0, archiveAfter: 0 }])(
    'fails when the job succeeds and no archive with content appears in 2 minutes',
    async (archive) => {
      const { run, seconds } = scene({ polls: [job('succeeded')], ...archive });
      expect(await run()).toMatchObject({ outcome: 'failed' });
      expect(seconds()).toBe(3 + 120);
    },
  );

  it.each([
    ['the job', { polls: [job('failed', 'CPS.0103')] }],
    ['the call', { submit: async () => ({ jobs: [{ phone_id: 'p1', code: 'CPS.0103' }] }) }],
  ])('fails with the code and the agency as the fix when CPH refuses %s', async (_, script) => {
    const verdict = await scene(script).run();
    expect(verdict).toMatchObject({ outcome: 'failed' });
    expect(verdict.message).toContain('CPS.0103');
    expect(verdict.fix).toContain('cph-agency.json');
  });

  it('is unknown when the phone has no such path, and asks for another', async () => {
    const verdict = await scene({ polls: [job('failed', 'CPS.0199')] }).run();
    expect(verdict).toMatchObject({ outcome: 'unknown' });
    expect(verdict.fix).toContain('--path');
  });

  it('goes on polling after a temporary failure, and throws any other', async () => {
    const lost = new PhonevaultError('unreachable', 'no response', { retryable: true });
    const passes = scene({ polls: [lost, job('succeeded')], archiveAfter: 0 });
    expect(await passes.run()).toMatchObject({ outcome: 'ok' });
    const denied = new PhonevaultError('access_denied', 'no');
    await expect(scene({ polls: [denied] }).run()).rejects.toBe(denied);
  });

  it.each([
    ['fails', 'service', false],
    ['throws', 'access_denied', true],
  ] as const)('%s when the call was refused with the code %s', async (_, code, isThrown) => {
    const error = refusal({ code });
    const run = scene({ submit: () => Promise.reject(error) }).run();
    if (isThrown) await expect(run).rejects.toBe(error);
    else expect(await run).toMatchObject({ outcome: 'failed', message: error.message });
  });

  it('looks for the archive for 5 minutes after a lost response', async () => {
    const submit = () => Promise.reject(refusal({ carriedOut: 'unknown' }));
    expect(await scene({ submit, archiveAfter: 5 * MINUTE }).run()).toMatchObject({
      outcome: 'ok',
    });
    const absent = scene({ submit });
    const verdict = await absent.run();
    expect(verdict).toMatchObject({ outcome: 'unknown' });
    expect(verdict.fix).toContain('obs://b/k/p1.tar');
    expect(absent.seconds()).toBe(300);
  });

  it('is unknown when the job still runs at the time limit, and names the archive', async () => {
    const verdict = await scene({}).run(MINUTE);
    expect(verdict).toMatchObject({ outcome: 'unknown' });
    expect(verdict.fix).toContain('obs://b/k/p1.tar');
  });

  it('ends at once when it is interrupted', async () => {
    const interrupt = new AbortController();
    interrupt.abort();
    const { run, seconds } = scene({ interrupt });
    expect(await run()).toMatchObject({ outcome: 'unknown' });
    expect(seconds()).toBe(0);
  });
});
