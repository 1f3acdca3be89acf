import parse from 'parse-prometheus-text-format';
import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../../lib/ledger/catalogue/add.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { metricsText } from '../../../../lib/run/query/metrics/metrics.ts';
import { recountArchives } from '../../../../lib/run/totals/record.ts';
import { NIGHTLY, night } from '../../../../testing/night.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { archiveOf } from '../../../support/archives.ts';
import { faultNames, recordReads, withObjectFault } from '../../../support/fake-stores.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

const ledger = { bucket: 'ledger', prefix: 'phonevault/' };

type Series = { labels?: Record<string, string>; value?: string };

/** Returns the value of a series; undefined where there is none. */
function valueIn(text: string, name: string, labels: Record<string, string>): number | undefined {
  const family = parse(text).find((one) => one.name === `phonevault_${name}`);
  const found = (family?.metrics as Series[] | undefined)?.find((series) =>
    Object.entries(labels).every(([label, value]) => series.labels?.[label] === value),
  );
  return found?.value === undefined ? undefined : Number(found.value);
}

/** Six phones, of which one fails, after one run. */
async function oneNight() {
  const played = await night({ phones: 6, servers: 2 });
  await played.putPolicy(NIGHTLY);
  const [phone] = await played.cloud.control.phones();
  played.cloud.control.addFault({
    ...{ service: 'cph', operation: 'batch-storage', kind: 'job_failed', code: 'CPS.0107' },
    phones: [phone?.phone_id ?? ''],
  });
  await played.tick();
  const runId = await played.requestRun();
  const settled = await played.settle(runId);
  const { deps } = played.invocation();
  const text = () => metricsText(played.invocation().deps, '1.2.3', played.clock.now());
  return { played, settled, deps, text };
}

/** For tests that change nothing. */
let shared: ReturnType<typeof oneNight> | undefined;
const sharedNight = () => (shared ??= oneNight());

describe('metricsText', () => {
  it('has what the page of facts of a policy has after a night', async () => {
    const { settled, text, played } = await sharedNight();
    const found = await text();
    const of = (name: string, labels = {}) =>
      valueIn(found, `policy_${name}`, { policy: 'nightly', ...labels });
    const { report, phones } = settled;
    const bytes = phones.reduce((sum, { size = 0 }) => sum + size, 0);
    expect(valueIn(found, 'build_info', { version: '1.2.3' })).toBe(1);
    expect(of('state', { state: 'active' })).toBe(1);
    expect(of('state', { state: 'invalid' })).toBe(0);
    expect(of('phones', { state: 'fresh' })).toBe(5);
    expect(of('phones', { state: 'never' })).toBe(1);
    expect(of('last_run_outcome', { outcome: 'partial' })).toBe(1);
    expect(of('last_run_outcome', { outcome: 'completed' })).toBe(0);
    expect(of('last_success_timestamp_seconds')).toBeUndefined();
    expect(of('last_run_timestamp_seconds')).toBe(Date.parse(report.settled_at) / 1_000);
    expect(of('last_run_duration_seconds')).toBe(
      (Date.parse(report.settled_at) - Date.parse(report.started_at)) / 1_000,
    );
    expect(of('objective_seconds')).toBe(2 * 86_400);
    expect(of('objective_phones_ratio')).toBe(0.9);
    expect(of('next_slot_timestamp_seconds')).toBeGreaterThan(played.clock.now() / 1_000);
    expect(of('archives')).toBe(5);
    expect(of('archive_bytes')).toBe(bytes);
    expect(of('runs_total', { outcome: 'partial' })).toBe(1);
    expect(of('phone_outcomes_total', { outcome: 'exported' })).toBe(5);
    expect(of('failures_total', { code: 'CPS.0107' })).toBe(1);
    expect(of('exported_bytes_total')).toBe(bytes);
    const call = { service: 'cph', operation: 'batch-storage', result: 'ok' };
    expect(valueIn(found, 'calls_total', call)).toBeGreaterThan(0);
    expect(valueIn(found, 'limit', { name: 'phones_per_call' })).toBeGreaterThanOrEqual(10);
    expect(valueIn(found, 'unreadable_objects', {})).toBe(0);
  });

  it('is empty of policies before there is any', async () => {
    const text = await metricsText({ store: memoryStore(playClock(T0)), ledger }, '1', T0);
    expect(text).not.toContain('policy="');
    expect(valueIn(text, 'limit', { name: 'calls_per_minute' })).toBe(8);
  });

  it('has no series twice, and a head for each', async () => {
    const { text, played } = await oneNight();
    await played.putPolicy('name: broken\n', 'broken');
    await played.putPolicy(NIGHTLY.replace('nightly', 'weekly'), 'weekly');
    const lines = (await text()).trimEnd().split('\n');
    const series = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(' ')[0]);
    expect(new Set(series).size).toBe(series.length);
    for (const one of series) {
      const name = one?.split('{')[0]?.replace(/_(sum|count)$/, '');
      expect(lines.filter((line) => line.startsWith(`# TYPE ${name} `))).toHaveLength(1);
    }
  });

  it('names no phone and no key', async () => {
    const { text, played } = await sharedNight();
    const found = await text();
    for (const { phone_id, phone_name } of await played.cloud.control.phones()) {
      expect(found).not.toContain(phone_id);
      expect(found).not.toContain(phone_name);
    }
  });

  it('keeps its counters when the policy is gone', async () => {
    const { text, deps } = await oneNight();
    const before = valueIn(await text(), 'calls_total', { service: 'cph' });
    await deps.store.remove([layout.policy('nightly')]);
    const after = await text();
    expect(valueIn(after, 'calls_total', { service: 'cph' })).toBe(before);
    expect(valueIn(after, 'policy_runs_total', { policy: 'nightly' })).toBe(1);
    expect(valueIn(after, 'policy_phones', { policy: 'nightly' })).toBeUndefined();
  });

  it('reads a few objects a policy, however many archives the catalogue has', async () => {
    const clock = playClock(T0);
    const store = memoryStore(clock);
    await store.put(layout.policy('nightly'), NIGHTLY);
    const archives = Array.from({ length: 3_000 }, (_, n) => archiveOf(`p${n}`, T0 + n));
    await addArchives(store, archives, 10_000);
    expect((await store.list(layout.catalogue)).length).toBeGreaterThan(16);
    const reads = recordReads(store);
    const early = await metricsText({ store: reads, ledger }, '1', T0);
    expect(valueIn(early, 'policy_archives', { policy: 'nightly' })).toBeUndefined();
    expect(reads.reads.length).toBeLessThan(20);

    for (let n = 0; n < 9; n += 1) await recountArchives({ store, clock }, 'nightly');
    const counted = recordReads(store);
    const text = await metricsText({ store: counted, ledger }, '1', T0);
    expect(valueIn(text, 'policy_archives', { policy: 'nightly' })).toBe(3_000);
    expect(counted.reads.filter((read) => read.startsWith(`get ${layout.catalogue}`))).toEqual([]);
    expect(counted.reads.length).toBeLessThan(20);
  });

  it.each(faultNames)('goes on without a summary that is %s', async (fault) => {
    const { deps, played } = await sharedNight();
    for (const key of [layout.totals('nightly'), layout.freshness('nightly'), layout.limits]) {
      const store = withObjectFault(deps.store, key, fault);
      const text = await metricsText({ ...deps, store }, '1', played.clock.now());
      expect(valueIn(text, 'policy_state', { policy: 'nightly', state: 'active' })).toBe(1);
    }
  });

  it('says that a policy became stale', async () => {
    const { text, played } = await oneNight();
    played.clock.move(4 * 24 * 60 * MINUTE);
    const stale = { policy: 'nightly', state: 'stale' };
    expect(valueIn(await text(), 'policy_freshness', stale)).toBe(1);
    expect(valueIn(await text(), 'policy_phones', { state: 'late' })).toBe(5);
  });
});
