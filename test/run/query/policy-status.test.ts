import { describe, expect, it } from 'vitest';
import { writeCursors } from '../../../lib/ledger/state/cursors.ts';
import { recordDrill } from '../../../lib/ledger/state/drills.ts';
import { writeFreshness } from '../../../lib/ledger/state/freshness.ts';
import { recordSettled } from '../../../lib/ledger/state/history.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { timerRunId } from '../../../lib/policy/keys/run-id.ts';
import { stamp } from '../../../lib/policy/keys/stamp.ts';
import { currentFreshness } from '../../../lib/run/freshness/record.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { policyStatuses } from '../../../lib/run/query/policy-status.ts';
import { policyStatusSchema } from '../../../lib/run/query/schemas/policy.ts';
import { playClock } from '../../../testing/play-clock.ts';
import {
  faultNames,
  problemWith,
  recordReads,
  withObjectFault,
} from '../../support/fake-stores.ts';
import { storeRun } from '../../support/full-run.ts';
import { MINUTE } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 02:30 in Shanghai on 3 January. */
const SLOT = Date.UTC(2026, 0, 2, 18, 30);
const NOW = SLOT + 6 * HOUR;
const ledger = { bucket: 'ledger', prefix: 'phonevault/' };
const iso = (ms: number): string => new Date(ms).toISOString();

const policy = (name: string, extra = ''): string => `name: ${name}
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai }
select: { name: "game-*" }
export: { include: [/data/data], bucket: my-phone-backups }
${extra}
`;
const unscheduled = (name: string): string => policy(name).replace(/^schedule.*\n/m, '');

function setUp() {
  const clock = playClock(NOW);
  const store = memoryStore(clock);
  const put = (name: string, text = policy(name)) => store.put(layout.policy(name), text);
  const statuses = async (now = NOW) =>
    policyStatusSchema
      .array()
      .parse(await policyStatuses({ store: recordReads(store), ledger }, now));
  const status = async (now = NOW) => (await statuses(now))[0];
  const ran = (outcome: 'completed' | 'failed', settledAt: number, name = 'nightly') =>
    recordSettled(store, name, {
      run_id: timerRunId(name, settledAt),
      outcome,
      settled_at: settledAt,
    });
  const request = async (name: string, slot: number): Promise<string> => {
    const run_id = timerRunId(name, slot);
    const request = { run_id, policy: name, trigger: 'timer', slot: stamp(slot) };
    await putRequest(store, request as Parameters<typeof putRequest>[1]);
    return run_id;
  };
  return { store, put, statuses, status, ran, request };
}

/** Has schedule know the policy as active, with slots that count from a time. */
async function storeCursor(store: Store, counts_from: number): Promise<void> {
  const schedule = { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 2 * HOUR };
  const freshness = {
    ...{ counts_from, deadline: 2 * HOUR, objective: { phones: 90 } },
    language: 'en' as const,
  };
  const cursor = { etag: 'e', active: true, schedule, handled_until: counts_from, freshness };
  await writeCursors(store, { nightly: cursor });
}

describe('policyStatuses', () => {
  it('is empty without policies', async () => {
    expect(await setUp().statuses()).toEqual([]);
  });

  it('knows a drill that a person started, also where no timer of schedule runs', async () => {
    const { put, status, store } = setUp();
    const drill = 'drill: { schedule: { cron: "0 0 6 * * *", timezone: UTC }, target: [t1] }';
    await put('nightly', policy('nightly', drill));
    expect((await status())?.drill?.state).toBe('pending');
    const ended = { started_at: NOW - HOUR, settled_at: NOW, verdict: 'failed' as const };
    await recordDrill(store, 'nightly', { run_id: 'restore-1', ...ended });
    expect((await status())?.drill).toMatchObject({
      ...{ state: 'failed', last: { run_id: 'restore-1' } },
    });
  });

  it('returns schedule, next slot and last runs of an active policy', async () => {
    const { put, status, ran, request } = setUp();
    await put('nightly', policy('nightly', 'on_provisioned: true'));
    await ran('completed', SLOT - DAY + HOUR);
    await ran('failed', SLOT + HOUR);
    const open = await request('nightly', NOW);

    expect(await status()).toEqual({
      policy: 'nightly',
      state: 'active',
      schedule: { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai' },
      objective: { max_age_seconds: null, phones_percent: 90 },
      late_before: null,
      phones: null,
      on_provisioned: true,
      next_slot: iso(SLOT + DAY),
      freshness: 'fresh',
      last_run: {
        run_id: timerRunId('nightly', SLOT + HOUR),
        outcome: 'failed',
        settled_at: iso(SLOT + HOUR),
      },
      last_good_run: {
        run_id: timerRunId('nightly', SLOT - DAY + HOUR),
        settled_at: iso(SLOT - DAY + HOUR),
      },
      open_runs: [open],
    });
  });

  it('returns each policy with its own runs, by name', async () => {
    const { store, put, statuses, request } = setUp();
    for (const name of ['b', 'a', 'a-20260102t183000z']) await put(name);
    const ofB = await request('b', SLOT);
    const ofA = await request('a', SLOT);
    const settled = await request('a', SLOT - DAY);
    await store.put(layout.report(settled), '{}');

    expect((await statuses()).map((one) => [one.policy, one.open_runs])).toEqual([
      ['a', [ofA]],
      ['a-20260102t183000z', []],
      ['b', [ofB]],
    ]);
  });

  it('shows files that are ignored because of their name', async () => {
    const { store, put, statuses } = setUp();
    await put('nightly');
    for (const file of ['weekly.yml', 'Big.yaml', 'README.md', 'drafts/x.yaml']) {
      await store.put(`policies/${file}`, policy('weekly'));
    }
    expect((await statuses()).map((one) => [one.policy, one.state])).toEqual([
      ['Big.yaml', 'invalid'],
      ['nightly', 'active'],
      ['weekly.yml', 'invalid'],
    ]);
  });

  it('is stale when two slots went by without a completed run, and fresh again after one', async () => {
    const { put, status, ran } = setUp();
    await put('nightly');
    expect((await status())?.freshness).toBe('never');
    await ran('completed', SLOT - 2 * DAY + HOUR);
    await ran('failed', SLOT - DAY + HOUR);
    expect((await status())?.freshness).toBe('stale');
    await ran('completed', SLOT + HOUR);
    expect((await status())?.freshness).toBe('fresh');
  });

  it('ignores slots of a pause, and those before schedule read the policy', async () => {
    const { store, put, status, ran } = setUp();
    await ran('completed', SLOT - 9 * DAY);
    await put('nightly', policy('nightly', `paused_until: ${iso(SLOT - HOUR)}`));
    expect((await status())?.freshness).toBe('fresh');

    await put('nightly');
    expect((await status())?.freshness).toBe('stale');
    await storeCursor(store, SLOT - HOUR);
    expect((await status())?.freshness).toBe('fresh');
  });

  describe('of a policy with phones', () => {
    const failed = { outcome: 'failed', verified_at: SLOT - 9 * DAY } as const;
    const ten = (late: number) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`p${n}`, n < late ? failed : {}]));
    const settled = SLOT + HOUR;

    async function withRun(late: number) {
      const scene = setUp();
      await scene.put('nightly', policy('nightly', 'objective: { phones: 80% }'));
      await scene.ran('failed', settled);
      await storeRun(scene.store, 'nightly-1', { phones: ten(late), settledAt: settled });
      return scene;
    }

    it.each([
      [2, 'fresh'],
      [3, 'stale'],
    ])('counts them against the objective: %i late is %s', async (late, freshness) => {
      const { store, status } = await withRun(late);
      const known = await currentFreshness(store, 'nightly', undefined, NOW);
      if (known !== undefined) await writeFreshness(store, known, 'nightly');
      await storeCursor(store, SLOT - 9 * DAY);
      expect(await status()).toMatchObject({
        ...{ freshness, late_before: iso(SLOT - DAY) },
        objective: { max_age_seconds: null, phones_percent: 80 },
        phones: { counted: 10, fresh: 10 - late, late, never: 0, not_exportable: 0, unknown: 0 },
      });
    });

    it('counts them from the archives while the summary is lost', async () => {
      const { store, status } = await withRun(1);
      await store.put(layout.freshness('nightly'), 'not json');
      await storeCursor(store, SLOT - 9 * DAY);
      expect(await status()).toMatchObject({ freshness: 'fresh', phones: { fresh: 9, late: 1 } });
    });
  });

  it('counts a policy that never ran as stale from the upload of its file, without a cursor', async () => {
    const { put, status } = setUp();
    await put('nightly');
    expect((await status(NOW + DAY))?.freshness).toBe('never');
    expect((await status(NOW + 2 * DAY))?.freshness).toBe('stale');
  });

  it('does not count a run of some phones as a good run', async () => {
    const { store, put, status, ran } = setUp();
    await put('nightly');
    await ran('completed', SLOT - 2 * DAY);
    const narrowed = { run_id: 'nightly-x', outcome: 'completed', settled_at: NOW } as const;
    await recordSettled(store, 'nightly', narrowed, { whole: false });
    expect(await status()).toMatchObject({
      freshness: 'stale',
      last_run: { run_id: 'nightly-x' },
      last_good_run: { settled_at: iso(SLOT - 2 * DAY) },
    });
  });

  it.each(faultNames)('marks a policy whose file has %s, among the others', async (fault) => {
    const { store, put, ran } = setUp();
    for (const name of ['a', 'b']) await put(name);
    await ran('completed', SLOT, 'a');
    const key = layout.policy('a');
    const broken = recordReads(withObjectFault(store, key, fault));
    const statuses = await policyStatuses({ store: broken, ledger }, NOW);
    // The text of a policy has no version: any text is read, and invalid.
    const isRead = fault === 'a wrong body' || fault === 'a newer version';
    const state = isRead ? 'invalid' : 'unreadable';
    expect(policyStatusSchema.array().parse(statuses)).toMatchObject([
      {
        ...{ policy: 'a', state, next_slot: null, last_run: { outcome: 'completed' } },
        ...(isRead ? {} : { freshness: 'unknown', unreadable: [problemWith(key, fault)] }),
      },
      { policy: 'b', state: 'active', freshness: 'never' },
    ]);
    expect(statuses[1]).not.toHaveProperty('unreadable');
  });

  it.each(faultNames.filter((fault) => fault !== 'listed but not found'))(
    'does not know how fresh a policy is whose history has %s',
    async (fault) => {
      const { store, put, ran } = setUp();
      await put('nightly');
      await put('later', unscheduled('later'));
      await ran('completed', SLOT);
      const key = layout.history('nightly');
      const broken = withObjectFault(store, key, fault);
      const [later, nightly] = await policyStatuses({ store: broken, ledger }, NOW);
      expect(nightly).toMatchObject({
        ...{ state: 'active', next_slot: iso(SLOT + DAY), freshness: 'unknown', last_run: null },
        unreadable: [problemWith(key, fault)],
      });
      expect(later).toMatchObject({ state: 'unscheduled', freshness: 'unscheduled' });
    },
  );

  it('ignores unreadable cursors', async () => {
    const { store, put, status } = setUp();
    await put('nightly');
    await store.put(layout.cursors, 'not json');
    expect(await status()).toMatchObject({ state: 'active', freshness: 'never', last_run: null });
  });

  it('reads each policy, its history and its freshness once, several at a time, and lists open runs once', async () => {
    const { store, put } = setUp();
    for (let index = 0; index < 40; index += 1) await put(`p${index}`);
    const watched = recordReads(store);

    await policyStatuses({ store: watched, ledger }, NOW);

    expect(watched.reads.filter((read) => read === `list ${layout.open}`)).toHaveLength(1);
    expect(new Set(watched.reads).size).toBe(watched.reads.length);
    expect(watched.reads).toHaveLength(3 + 3 * 40);
    expect(watched.maxInFlight()).toBeGreaterThan(8);
    expect(watched.maxInFlight()).toBeLessThanOrEqual(24);
  });
});
