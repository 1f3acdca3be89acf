import { describe, expect, it } from 'vitest';
import { appendLog } from '../../../../lib/ledger/run/log/log.ts';
import { readOrphanedJobs } from '../../../../lib/ledger/run/orphaned-jobs.ts';
import type { Report } from '../../../../lib/ledger/run/report.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { invalidObject } from '../../../../lib/ledger/store/object-error.ts';
import { restRun } from '../../../../lib/run/drive/inbox/rest-run.ts';
import { accepted, driveScene, intent, RUN } from '../../../support/drive-scene.ts';
import { withFailingStore } from '../../../support/fake-stores.ts';
import { MINUTE, plannedPhone, T0 } from '../../../support/runs.ts';

const broken = invalidObject(layout.request(RUN), 'is not JSON');

/** A planned run of which CPH exports a phone. */
async function scene() {
  const made = driveScene();
  await made.request(RUN, [plannedPhone('p'), plannedPhone('q')]);
  await appendLog(made.store, layout.logEntry(RUN, '1-a', 1), [intent, accepted]);
  const rest = (deps = made.deps) => restRun(deps, made.work, { runId: RUN }, broken);
  return { ...made, rest };
}

describe('restRun', () => {
  it('logs and records the object', async () => {
    const { deps, rest, lines } = await scene();
    await rest();
    const { key, message } = broken;
    expect(lines).toEqual([
      [
        'error',
        'object_unreadable',
        { key, run: RUN, policy: 'nightly', code: broken.code, message },
      ],
    ]);
    expect(deps.unreadable.objects.get(key)).toMatchObject({ run_id: RUN, since: T0, attempts: 1 });
  });

  it('keeps the phones busy that its jobs export, and no others', async () => {
    const { work, store, rest } = await scene();
    await rest();
    expect(work.orphaned).toMatchObject([{ run_id: RUN, until: T0 + 24 * 60 * MINUTE }]);
    const jobs = [{ job_id: 'j-p', request_id: 'r-p' }];
    expect(work.orphaned[0]?.attempts).toMatchObject([{ phone_id: 'p', attempt: 1, jobs }]);
    expect(await readOrphanedJobs(store, RUN)).toEqual(work.orphaned[0]);
  });

  it('knows them as far as the log can be read', async () => {
    const { store, work, rest } = await scene();
    await store.put(layout.logEntry(RUN, '1-a', 2), 'not json');
    const late = { ...accepted, phone_id: 'q' };
    await appendLog(store, layout.logEntry(RUN, '1-a', 3), [late]);
    await rest();
    expect(work.orphaned[0]?.attempts.map(({ phone_id }) => phone_id)).toEqual(['p', 'q']);
  });

  it('knows them from what an earlier drive has read', async () => {
    const { work, load, store } = await scene();
    const known = await load(RUN);
    await store.put(layout.plan(RUN), 'not json');
    await restRun((await scene()).deps, work, { runId: RUN, known }, broken);
    expect(work.orphaned[0]?.attempts).toMatchObject([{ phone_id: 'p' }]);
  });

  it('records them once', async () => {
    const { work, rest } = await scene();
    await rest();
    await rest();
    expect(work.orphaned).toHaveLength(1);
  });

  it('keeps them busy in this drive, and is read again, when that cannot be stored', async () => {
    const { deps, work, rest } = await scene();
    await rest(withFailingStore(deps, 'put', undefined, 'open/late/'));
    expect(work.orphaned[0]?.attempts).toMatchObject([{ phone_id: 'p' }]);
    expect(deps.unreadable.objects.get(broken.key)).toMatchObject({ retry_at: T0, attempts: 1 });
  });

  it('keeps no phone busy for a run that has its report', async () => {
    const { deps, work, load } = await scene();
    const known = { ...(await load(RUN)), report: {} as Report };
    await restRun(deps, work, { runId: RUN, known }, broken);
    expect(work.orphaned).toEqual([]);
  });

  it.each([
    ['no plan', undefined],
    ['a plan that cannot be read', 'not json'],
    ['a plan that is newer', '{"version":99}'],
  ])('keeps none busy where the run has %s', async (_, body) => {
    const { store, work, rest } = await scene();
    if (body === undefined) await store.remove([layout.plan(RUN)]);
    else await store.put(layout.plan(RUN), body);
    await rest();
    expect(work.orphaned).toEqual([]);
  });

  it('keeps none busy where the bucket does not return its log', async () => {
    const { deps, work, rest } = await scene();
    await rest(withFailingStore(deps, 'get', undefined, layout.log(RUN)));
    expect(work.orphaned).toEqual([]);
  });
});
