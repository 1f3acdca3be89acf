import { describe, expect, it } from 'vitest';
import { sha256hex } from '../../../lib/ledger/store/digest.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { MAX_OBJECT_BYTES } from '../../../lib/ledger/store/parts/split.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { noMetrics } from '../../../lib/ledger/run/log/metrics.ts';
import {
  readReport,
  readReportedPhones,
  type ReportedPhone,
  writeReport,
} from '../../../lib/ledger/run/report.ts';
import { untilKilled } from '../../support/fake-stores.ts';
import { playClock } from '../../../testing/play-clock.ts';

const RUN = 'nightly-20260102t023000z';

const facts = {
  run_id: RUN,
  policy: 'nightly',
  trigger: 'timer',
  slot: '20260102T023000Z',
  outcome: 'partial',
  started_at: '2026-01-02T02:30:00.000Z',
  settled_at: '2026-01-02T03:30:00.000Z',
  counts: { selected: 1, exported: 1, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 },
  listing_complete: true,
} as const;

const phone = (n: number): ReportedPhone => ({
  phone_id: `p${n}`,
  outcome: 'exported',
  bucket: 'my-phone-backups',
  key: `nightly/20260102/${RUN}/p${n}-1.tar`,
  size: 9_000,
  etag: 'e',
  attempts: 1,
});
const phones = (count: number) => Array.from({ length: count }, (_, n) => phone(n));

/** A ledger that lies under a prefix in its bucket. */
const setUp = () => ({ ...memoryStore(playClock()), prefix: 'phonevault/' });
const EMPTY = '{"version":1,"phones":[]}';
const pageKey = (body: string, run = RUN) =>
  `${layout.reportPages(run)}${sha256hex(body).slice(0, 32)}.json`;

// What holds in every store: report-suite.ts.
describe('a report', () => {
  it('is read as it was written', async () => {
    const store = setUp();
    const written = await writeReport(store, { ...facts, metrics: noMetrics() }, phones(1));
    expect(written).toEqual({ ...facts, metrics: noMetrics(), phones: phones(1) });
    expect(await readReport(store, RUN)).toEqual(written);
  });

  it('is undefined before the run is settled', async () => {
    expect(await readReport(setUp(), RUN)).toBeUndefined();
  });

  it.each([1_000, 1_001, 2_000, 2_001])('of %i phones returns them all in order', async (count) => {
    const store = setUp();
    const report = await writeReport(store, facts, phones(count));
    expect(report.pages?.length).toBe(count === 1_000 ? undefined : Math.ceil(count / 1_000));
    expect(await readReportedPhones(store, report)).toEqual(phones(count));
  });

  it('is written after its pages', async () => {
    const store = setUp();
    const written: string[] = [];
    const put: typeof store.put = async (key, body) => {
      written.push(key);
      return store.put(key, body);
    };
    const create: typeof store.create = async (key, body) => {
      written.push(key);
      return store.create(key, body);
    };
    const { pages = [] } = await writeReport({ ...store, put, create }, facts, phones(1_001));
    expect(pages).toHaveLength(2);
    expect(written).toEqual([
      ...pages.map((key) => key.slice(store.prefix.length)),
      layout.report(RUN),
    ]);
  });

  it('is written with objects below 1 MiB, however long its keys are', async () => {
    const store = setUp();
    const keys = Array.from({ length: 20 }, (_, n) => `${'k'.repeat(1_020)}${n}`);
    const long = phones(1_000).map((one) => ({ ...one, unconfirmed_archive: keys }));
    const report = await writeReport(store, facts, long);
    expect(await readReportedPhones(store, report)).toEqual(long);
    const sizes = (await store.list('')).map(({ size }) => size);
    expect(Math.max(...sizes)).toBeLessThan(MAX_OBJECT_BYTES);
  });

  it('mixes no pages with those of a drive that was killed and knew fewer archives', async () => {
    const store = setUp();
    const keys = Array.from({ length: 5 }, (_, n) => `${'k'.repeat(1_020)}${n}`);
    const knowing = (of: (n: number) => number) =>
      phones(1_500).map((one, n) => ({ ...one, unconfirmed_archive: keys.slice(0, of(n)) }));
    const [before, after] = [knowing(() => 2), knowing((n) => n % 5)];
    const isKilled = await untilKilled(store, 2, (dying) => writeReport(dying, facts, before));
    expect(isKilled).toBe(true);
    expect(await store.list(layout.reportPages(RUN))).not.toEqual([]);
    const report = await writeReport(store, facts, after);
    expect(await readReportedPhones(store, report)).toEqual(after);
  });

  it('agrees with its pages, wherever a drive was killed that decided otherwise', async () => {
    for (let writes = 0; ; writes += 1) {
      const store = setUp();
      const failed = phones(2_001).map((one): ReportedPhone => ({ ...one, outcome: 'failed' }));
      const counts = { ...facts.counts, exported: 0, failed: 2_001 };
      const isKilled = await untilKilled(store, writes, (dying) =>
        writeReport(dying, { ...facts, counts }, failed),
      );
      const exported = { ...facts, counts: { ...facts.counts, exported: 2_001 } };
      const report = await writeReport(store, exported, phones(2_001));
      const reported = await readReportedPhones(store, report);
      const ended = isKilled ? 'exported' : 'failed';
      expect(report.counts[ended]).toBe(2_001);
      expect(new Set(reported.map(({ outcome }) => outcome))).toEqual(new Set([ended]));
      if (!isKilled) return expect(writes).toBe(4);
    }
  });

  it('is not read back when it is the first', async () => {
    const get = async () => Promise.reject(new Error('down'));
    expect(await writeReport({ ...setUp(), get }, facts, phones(1))).toMatchObject(facts);
  });

  it('is not replaced by its writer when GET does not find the one that exists', async () => {
    const gone = { ...setUp(), create: async () => 'exists' as const };
    const writing = writeReport(gone, facts, phones(1));
    await expect(writing).rejects.toMatchObject({ code: 'object_unreadable' });
  });

  it('is read without its counters when they are invalid', async () => {
    const store = setUp();
    const report = { version: 1, ...facts, metrics: { calls: 'many' }, phones: [] };
    await store.put(layout.report(RUN), JSON.stringify(report));
    expect(await readReport(store, RUN)).toEqual({ ...facts, phones: [] });
  });

  it.each<[string, object, string]>([
    ['newer', { version: 2 }, 'object_newer'],
    ['of another run', { run_id: 'weekly-20260102t023000z' }, 'object_invalid'],
    ['of an invalid policy name', { policy: '../nightly' }, 'object_invalid'],
    ['of an unknown outcome', { outcome: 'fine' }, 'object_invalid'],
    ['settled at an invalid time', { settled_at: 'yesterday' }, 'object_invalid'],
    ['without counts', { counts: undefined }, 'object_invalid'],
  ])('cannot be read when it is %s', async (_, change, code) => {
    const store = setUp();
    const report = { version: 1, ...facts, phones: [], ...change };
    await store.put(layout.report(RUN), JSON.stringify(report));
    await expect(readReport(store, RUN)).rejects.toMatchObject({ code });
  });
});

describe('the pages of a report', () => {
  const paged = (...pages: string[]) => ({
    ...facts,
    phones: [phone(0)],
    pages,
  });

  it('add their phones after those in the report itself', async () => {
    const store = setUp();
    const body = JSON.stringify({ version: 1, phones: [phone(1), phone(2)] });
    await store.put(pageKey(body), body);
    const report = paged(`phonevault/${pageKey(body)}`);
    expect(await readReportedPhones(store, report)).toEqual(phones(3));
    expect(report.phones).toEqual([phone(0)]);
  });

  it('are not left out in silence when they are deleted', async () => {
    const reading = readReportedPhones(setUp(), paged(`phonevault/${pageKey(EMPTY)}`));
    await expect(reading).rejects.toMatchObject({ code: 'object_unreadable' });
  });

  it.each([
    ['{"version":2,"phones":[]}', 'object_newer'],
    ['{"version":1}', 'object_invalid'],
    ['', 'object_invalid'],
    ['{"version":1,"phones":[] }', 'object_invalid'],
  ])('cannot be read when they hold %j', async (body, code) => {
    const store = setUp();
    await store.put(pageKey(EMPTY), body);
    const reading = readReportedPhones(store, paged(`phonevault/${pageKey(EMPTY)}`));
    await expect(reading).rejects.toMatchObject({ code });
  });

  it.each([
    'phonevault/policies/nightly.yaml',
    `phonevault/${layout.report(RUN)}`,
    `phonevault/runs/../report/0000.json`,
    `phonevault/${pageKey(EMPTY)}.bak`,
    `elsewhere_/${pageKey(EMPTY)}`,
    pageKey(EMPTY),
  ])('are not read from %s', async (odd) => {
    const store = setUp();
    const get = async () => Promise.reject(new Error('read'));
    await expect(readReportedPhones({ ...store, get }, paged(odd))).rejects.toMatchObject({
      code: 'object_invalid',
      message: `${layout.report(RUN)} names a page that is not a page of this run`,
    });
  });
});

it.each(['weekly-20260102t023000z', '..', ''])('rejects a report of run %j', async (run_id) => {
  const store = setUp();
  const body = JSON.stringify({ version: 1, ...facts, run_id, phones: [] });
  await store.put(layout.report(RUN), body);
  await expect(readReport(store, RUN)).rejects.toMatchObject({ code: 'object_invalid' });
});

it('rejects the page of another run', async () => {
  const store = setUp();
  const report = await writeReport(store, facts, []);
  const key = pageKey(EMPTY, 'weekly-20260102t023000z');
  await store.put(key, EMPTY);
  await expect(
    readReportedPhones(store, { ...report, pages: [`${store.prefix}${key}`] }),
  ).rejects.toMatchObject({ code: 'object_invalid' });
});
