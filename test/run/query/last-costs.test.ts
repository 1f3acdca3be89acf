import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { addCall, noMetrics } from '../../../lib/ledger/run/log/metrics.ts';
import type { Report, ReportedPhone } from '../../../lib/ledger/run/report.ts';
import { indexRun } from '../../../lib/ledger/state/run-index/entry.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { lastCosts } from '../../../lib/run/query/last-costs.ts';
import { problemOf } from '../../../lib/run/query/unreadable.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { faultNames, problemWith, withObjectFault } from '../../support/fake-stores.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { exportedPhone, putReport } from '../../support/reports.ts';

const store = () => memoryStore(playClock(T0));

const phones = (count: number): ReportedPhone[] =>
  Array.from({ length: count }, (_, n) => exportedPhone(`p${n}`));
const failed: ReportedPhone = { phone_id: 'px', outcome: 'failed', reason: 'refused', attempts: 1 };

/** A settled run with its place in the index; `at` in minutes. */
async function ran(ledger: Store, at: number, of: ReportedPhone[], changes: Partial<Report> = {}) {
  const settled_at = new Date(T0 + at * MINUTE).toISOString();
  await indexRun(ledger, await putReport(ledger, `nightly-${at}`, of, { settled_at, ...changes }));
}

const costs = async (ledger: Store) => {
  const found = await lastCosts(ledger, 'nightly');
  expect(found.unreadable).toEqual([]);
  return found.costs;
};

describe('lastCosts', () => {
  it('returns the cost of the last run, with every attempt of a call', async () => {
    const metrics = { ...noMetrics(), function_ms: 4_200, retries: 3 };
    addCall(metrics, { service: 'cph', operation: 'list-phones', result: 'ok' }, 2);
    addCall(metrics, { service: 'cph', operation: 'batch-storage', result: 'throttled' }, 3);
    addCall(metrics, { service: 'cph', operation: 'batch-storage', result: 'ok' }, 4);
    addCall(metrics, { service: 'obs', operation: 'HeadObject', result: 'failed' }, 5);
    const ledger = store();
    await ran(ledger, 1, [...phones(2), failed], { metrics });
    await ran(ledger, 2, phones(1), { policy: 'other' });
    expect(await costs(ledger)).toEqual({
      ...{ run_id: 'nightly-1', exported: 2, archive_bytes: 200 },
      ...{ function_ms: 4_200, calls: { cph: 9, obs: 5 } },
    });
  });

  it('leaves out what was not counted', async () => {
    const ledger = store();
    await ran(ledger, 1, phones(1));
    expect(await costs(ledger)).toEqual({
      ...{ run_id: 'nightly-1', exported: 1, archive_bytes: 100 },
    });
  });

  it('adds up all pages of a large report', async () => {
    const ledger = store();
    await ran(ledger, 1, phones(1_001));
    expect(await costs(ledger)).toMatchObject({
      ...{ exported: 1_001, archive_bytes: 100_100 },
    });
  });

  it('passes over runs of new phones and those before a restore', async () => {
    const ledger = store();
    await ran(ledger, 1, phones(3));
    await ran(ledger, 2, phones(1), { trigger: 'restore' });
    await ran(ledger, 3, phones(1), { trigger: 'provisioned' });
    expect(await costs(ledger)).toMatchObject({ run_id: 'nightly-1', exported: 3 });
  });

  it('uses the newest of the last ten runs that exported anything', async () => {
    const ledger = store();
    await ran(ledger, 1, phones(1));
    await ran(ledger, 2, phones(2));
    for (let at = 3; at < 12; at += 1) await ran(ledger, at, [failed]);
    expect(await costs(ledger)).toMatchObject({ run_id: 'nightly-2' });
    await ran(ledger, 12, [failed]);
    expect(await costs(ledger)).toBeUndefined();
  });

  it('returns undefined without a run, or without its report', async () => {
    const ledger = store();
    expect(await costs(ledger)).toBeUndefined();
    await ran(ledger, 1, phones(1));
    await ledger.remove([layout.report('nightly-1')]);
    expect(await costs(ledger)).toBeUndefined();
  });

  it.each(
    ['index', 'report', 'page'].flatMap((kind) =>
      faultNames.map((fault) => [kind, fault] as const),
    ),
  )('passes over the last run when its %s has %s, and names the object', async (kind, fault) => {
    const ledger = store();
    await ran(ledger, 1, phones(1));
    await ran(ledger, 2, phones(1_001));
    const [entry] = await ledger.list(layout.runIndex, { max: 1 });
    const [page] = await ledger.list(layout.reportPages('nightly-2'), { max: 1 });
    const keys = { report: layout.report('nightly-2'), page: page?.key };
    const key = { index: entry?.key, ...keys }[kind] ?? '';
    const found = await lastCosts(withObjectFault(ledger, key, fault), 'nightly');
    expect(found.costs).toMatchObject({ run_id: 'nightly-1' });
    expect(found.unreadable.map(problemOf)).toEqual([problemWith(key, fault)]);
  });
});
