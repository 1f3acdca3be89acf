import { describe, expect, it } from 'vitest';
import type { ReportedPhone } from '../../lib/ledger/run/report.ts';
import { night, NIGHTLY } from '../../testing/night.ts';

const byPhone = (phones: ReportedPhone[]) => new Map(phones.map((p) => [p.phone_id, p]));

describe('a night with faults', () => {
  it('reports exactly what was injected', async () => {
    const world = await night({ phones: 300, servers: 6, seed: 11 });
    const { cloud, putPolicy, ask, settle } = world;
    await putPolicy(NIGHTLY);
    const all = await cloud.control.phones();
    const running = all.filter((phone) => phone.status === 2).map((phone) => phone.phone_id);
    const refused = running.slice(0, 15);
    const failed = running.slice(15, 30);
    const missing = running.slice(30, 36);
    const once = running.slice(36, 42);
    const fault = { service: 'cph', operation: 'batch-storage' };
    cloud.control.addFault({ ...fault, kind: 'item_error', code: 'CPS.0053', phones: refused });
    cloud.control.addFault({ ...fault, kind: 'job_failed', code: 'CPS.0054', phones: failed });
    cloud.control.addFault({ ...fault, kind: 'missing_object', phones: missing });
    for (const phone of once) {
      cloud.control.addFault({
        ...fault,
        kind: 'job_failed',
        code: 'CPS.0042',
        phones: [phone],
        times: 1,
      });
    }

    const { report, phones } = await settle(await ask());

    const outcomes = byPhone(phones);
    for (const id of refused) {
      expect(outcomes.get(id)).toMatchObject({ outcome: 'failed', code: 'CPS.0053', attempts: 1 });
    }
    for (const id of failed) {
      expect(outcomes.get(id)).toMatchObject({ outcome: 'failed', code: 'CPS.0054', attempts: 2 });
    }
    for (const id of missing) {
      expect(outcomes.get(id)).toMatchObject({ outcome: 'failed', reason: 'archive_missing' });
    }
    for (const id of once) {
      expect(outcomes.get(id)).toMatchObject({ outcome: 'exported', attempts: 2 });
      expect(outcomes.get(id)?.key).toMatch(/-2\.tar$/);
    }
    const unwell = all.filter((phone) => ![2, 3].includes(phone.status));
    for (const { phone_id } of unwell) expect(outcomes.get(phone_id)?.outcome).toBe('skipped');
    expect(report.outcome).toBe('partial');
    expect(report.counts).toEqual({
      selected: 300,
      exported: 300 - unwell.length - 36,
      failed: 36,
      skipped: unwell.length,
      timed_out: 0,
      cancelled: 0,
    });
    expect(await cloud.control.messages()).toHaveLength(1);
  });

  it('finds the archives of a lost answer and exports nothing twice', async () => {
    const { cloud, putPolicy, ask, settle } = await night({ phones: 12, servers: 3, seed: 3 });
    await putPolicy(NIGHTLY);
    cloud.control.addFault({
      service: 'cph',
      operation: 'batch-storage',
      kind: 'drop_answer',
      times: 1,
    });

    const { report, phones } = await settle(await ask());

    expect(report.counts.exported).toBe(12);
    expect(phones.filter((phone) => phone.attempts !== 1)).toEqual([]);
    expect(phones.every((phone) => phone.key?.endsWith('-1.tar'))).toBe(true);
  });

  it('tries again under a new key when an answer was lost and nothing came', async () => {
    const { cloud, putPolicy, ask, settle } = await night({ phones: 12, servers: 3, seed: 3 });
    await putPolicy(NIGHTLY);
    const fault = { service: 'cph', operation: 'batch-storage' };
    cloud.control.addFault({ ...fault, kind: 'error', status: 504, code: 'APIGW.0201', times: 1 });

    const { report, phones } = await settle(await ask());

    expect(report.counts.exported).toBe(12);
    expect(phones.some((phone) => phone.key?.endsWith('-2.tar'))).toBe(true);
  });

  it.each(['hang', 'garbage'] as const)('gets through a call that ends in %s', async (kind) => {
    const { cloud, putPolicy, ask, settle } = await night({ phones: 12, servers: 3, seed: 3 });
    await putPolicy(NIGHTLY);
    for (const operation of ['batch-storage', 'list-jobs', 'list-phones']) {
      cloud.control.addFault({ service: 'cph', operation, kind, times: 2 });
    }
    const { report } = await settle(await ask());
    expect(report.counts.exported).toBe(12);
  });

  it('times out a job that never ends, follows it on, and keeps its phone for itself', async () => {
    const world = await night({ phones: 12, servers: 3, seed: 3 });
    const { cloud, putPolicy, ask, settle, invocation } = world;
    await putPolicy(`${NIGHTLY}export_timeout: 30m\n`);
    const [stuck] = await cloud.control.phones();
    const id = stuck?.phone_id ?? '';
    cloud.control.addFault({
      service: 'cph',
      operation: 'batch-storage',
      kind: 'never_ends',
      phones: [id],
    });
    const { phones } = await settle(await ask());
    expect(byPhone(phones).get(id)).toMatchObject({
      outcome: 'timed_out',
      reason: 'export_timeout',
    });
    const open = await invocation().deps.store.list('open/');
    expect(open.map((object) => object.key)).toEqual([
      expect.stringMatching(/^open\/late\/nightly-/),
    ]);
  });

  it('is not stopped by a topic that fails, and tells it later', async () => {
    const { cloud, putPolicy, ask, settle } = await night({ phones: 6, servers: 3, seed: 3 });
    await putPolicy(NIGHTLY);
    cloud.control.addFault({
      service: 'smn',
      kind: 'error',
      status: 500,
      code: 'SMN.0018',
      times: 9,
    });
    const { report } = await settle(await ask());
    expect(report.outcome).toBe('completed');
    expect(await cloud.control.messages()).toHaveLength(1);
  });

  it('learns the limits and is throttled a few times only', async () => {
    const limits = { storageInfosPerCall: 7, writesPerMinute: 5, readsPerMinute: 60 };
    const { cloud, putPolicy, ask, settle } = await night({ phones: 300, servers: 30, limits });
    await putPolicy(NIGHTLY);
    const { report } = await settle(await ask());
    expect(report.counts.exported).toBeGreaterThan(280);
    const calls = cloud.control.calls().cph?.['batch-storage'];
    expect(calls?.ok).toBeLessThan(60);
    expect(calls?.refused).toBeLessThan(8);
  });

  it('exports a phone that two policies want once at a time', async () => {
    const { cloud, putPolicy, ask, settle } = await night({ phones: 6, servers: 1, seed: 3 });
    await putPolicy(NIGHTLY);
    await putPolicy(NIGHTLY.replace('name: nightly', 'name: second'), 'second');
    const first = await ask('nightly');
    const second = await ask('second');
    const one = await settle(first);
    const two = await settle(second);
    expect(one.report.counts.exported).toBe(6);
    expect(two.report.counts.exported).toBe(6);
    expect([...one.phones, ...two.phones].every((phone) => phone.attempts === 1)).toBe(true);
    expect(await cloud.control.messages()).toHaveLength(2);
  });
});
