import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { readQuarantined } from '../../../lib/ledger/state/notified.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { readOrphanedJobs } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { appendLog } from '../../../lib/ledger/run/log.ts';
import { writePlan } from '../../../lib/ledger/run/plan.ts';
import { quarantineRun } from '../../../lib/run/drive/quarantine.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const broken = new PhonevaultError('object_invalid', 'plan.json is not JSON');

const accepted = (phone_id: string): RunEvent => ({
  ...{ type: 'accepted', at: T0, phone_id, attempt: 1 },
  ...{ job_id: `j-${phone_id}`, request_id: 'r1' },
});

/** A ledger with a planned run, of which CPH exports p1. */
async function scene() {
  const made = inboxScene();
  const phones = [plannedPhone('p1'), plannedPhone('p2')];
  const { plan } = openRun(RUN, phones);
  if (plan === undefined) throw new Error('no plan');
  await writePlan(made.store, 'w', plan, phones);
  await appendLog(made.store, layout.logEntry(RUN, '1-a', 1), [accepted('p1')]);
  return made;
}

describe('quarantined', () => {
  it.each<[string, unknown, string, string]>([
    ['is broken', broken, 'object_invalid', broken.message],
    ['has a newer version', new PhonevaultError('object_newer', 'v2'), 'object_newer', 'v2'],
    ['fails with a long message', new Error('m'.repeat(301)), 'object_invalid', 'm'.repeat(300)],
    ['fails with something other than an error', 'odd', 'object_invalid', 'object_invalid'],
  ])('tells, logs and notes a run that %s', async (_, error, code, message) => {
    const { deps, store, published, lines } = inboxScene();
    await quarantineRun(deps, RUN, error);
    const said = { run_id: RUN, policy: 'nightly', reason: code, message };
    expect(published).toMatchObject([{ kind: 'missed', ...said }]);
    const fields = { run: RUN, policy: 'nightly', code, message };
    expect(lines).toEqual([['error', 'quarantined', fields]]);
    expect(await readQuarantined(store, RUN)).toMatchObject({ run_id: RUN, code, message, at: T0 });
  });

  it('quarantines a run once', async () => {
    const { deps, published, lines } = await scene();
    await quarantineRun(deps, RUN, broken);
    expect(await quarantineRun(deps, RUN, broken)).toBeUndefined();
    expect([published.length, lines.length]).toEqual([1, 1]);
  });

  it('notifies again when the topic refused the message', async () => {
    const { deps, store, topic, published } = inboxScene();
    topic.fails = new PhonevaultError('unreachable', 'no answer');
    await quarantineRun(deps, RUN, broken);
    expect(await readQuarantined(store, RUN)).toBeUndefined();
    topic.fails = undefined;
    await quarantineRun(deps, RUN, broken);
    expect(published).toHaveLength(1);
    expect(await readQuarantined(store, RUN)).toBeDefined();
  });

  it('returns only the jobs that are still running', async () => {
    const { deps, store } = await scene();
    const orphaned = await quarantineRun(deps, RUN, broken);
    expect(orphaned).toMatchObject({
      run_id: RUN,
      policy: 'nightly',
      until: T0 + 24 * 60 * MINUTE,
    });
    const jobs = [{ job_id: 'j-p1', request_id: 'r1' }];
    expect(orphaned?.attempts).toMatchObject([{ phone_id: 'p1', attempt: 1, jobs }]);
    expect(await readOrphanedJobs(store, RUN)).toEqual(orphaned);
  });

  it('returns the jobs that the readable log entries show', async () => {
    const { deps, store } = await scene();
    await store.put(layout.logEntry(RUN, '1-a', 2), 'not json');
    await appendLog(store, layout.logEntry(RUN, '1-a', 3), [accepted('p2')]);
    const orphaned = await quarantineRun(deps, RUN, broken);
    expect(orphaned?.attempts.map(({ phone_id }) => phone_id)).toEqual(['p1', 'p2']);
  });

  it('returns no jobs for a run that has orphaned jobs already', async () => {
    const { deps, store } = await scene();
    const orphaned = await quarantineRun(deps, RUN, broken);
    await store.remove([layout.quarantined(RUN)]);
    await appendLog(store, layout.logEntry(RUN, '1-a', 2), [accepted('p2')]);
    expect(await quarantineRun(deps, RUN, broken)).toBeUndefined();
    expect(await readOrphanedJobs(store, RUN)).toEqual(orphaned);
  });

  it.each([
    ['no plan', layout.plan(RUN), undefined],
    ['an unreadable plan', layout.plan(RUN), 'not json'],
    ['a plan of a newer version', layout.plan(RUN), '{"version":99}'],
    ['unreadable orphaned jobs', layout.orphanedJobs(RUN), 'not json'],
  ])('notes a run that has %s without its jobs', async (_, key, body) => {
    const { deps, store, published } = await scene();
    if (body === undefined) await store.remove([key]);
    else await store.put(key, body);
    expect(await quarantineRun(deps, RUN, broken)).toBeUndefined();
    expect(published).toHaveLength(1);
    expect(await readQuarantined(store, RUN)).toBeDefined();
  });

  it('throws when the bucket does not respond', async () => {
    const { deps, store, published, lines } = await scene();
    const away = withFailingStore(deps, 'list', undefined, layout.log(RUN));
    await expect(quarantineRun(away, RUN, broken)).rejects.toMatchObject({ code: 'unreachable' });
    expect([published, lines]).toEqual([[], []]);
    expect(await readQuarantined(store, RUN)).toBeUndefined();
  });
});
