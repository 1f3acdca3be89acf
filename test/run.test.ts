import { describe, expect, it } from 'vitest';
import { hasCode } from '../lib/errors.ts';
import type { ReportedPhone } from '../lib/ledger/run/report.ts';
import { layout } from '../lib/ledger/store/layout.ts';
import { drive, driveWindow } from '../lib/run/drive/drive.ts';
import type { FgContext } from '../lib/runtime/context.ts';
import { type Night, night, NIGHTLY } from '../testing/night.ts';
import { useLightS3 } from '../testing/cloud/light-s3.ts';

useLightS3();

const MINUTE = 60_000;
const EXPORTS = { service: 'cph', operation: 'batch-storage' } as const;

async function small(text = NIGHTLY): Promise<Night> {
  const world = await night({ phones: 6, servers: 3, seed: 3 });
  await world.putPolicy(text);
  return world;
}

const total = (counts: Record<string, number> = {}): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
const byPhone = (phones: ReportedPhone[]) => new Map(phones.map((one) => [one.phone_id, one]));

async function messages({ cloud }: Night) {
  return (await cloud.control.messages()).map((message) => {
    const structure = JSON.parse(message.message_structure ?? '{}') as { https?: string };
    return JSON.parse(structure.https ?? '{}') as Record<string, unknown>;
  });
}

describe('a run over the embedded cloud', () => {
  it('turns a policy into verified archives and one notification, and counts its calls', async () => {
    const world = await night({ phones: 30, servers: 3 });
    await world.putPolicy(NIGHTLY);
    const { report, phones } = await world.settle(await world.requestRun());
    expect(report.counts.selected).toBe(30);
    expect(report.counts.exported).toBeGreaterThan(20);
    for (const phone of phones.filter(({ outcome }) => outcome === 'exported')) {
      const stat = await world.cloud.backend.stat(phone.bucket ?? '', phone.key ?? '');
      expect(stat).toMatchObject({ etag: phone.etag, size: phone.size });
    }
    expect(await messages(world)).toMatchObject([{ kind: 'settled', outcome: report.outcome }]);
    for (const [operation, made] of Object.entries(world.cloud.control.calls().cph ?? {})) {
      const counted = report.metrics?.calls.cph?.[operation];
      expect([operation, total(counted)]).toEqual([operation, total(made)]);
    }
    expect(report.metrics?.function_ms).toBeGreaterThan(0);
  });

  it('reports each injected fault as the outcome of its phone', async () => {
    const world = await night({ phones: 60, servers: 6, seed: 11 });
    const { control } = world.cloud;
    await world.putPolicy(NIGHTLY);
    const all = await control.phones();
    const running = all.filter(({ status }) => status === 2).map(({ phone_id }) => phone_id);
    const [refused, failed, missing] = [0, 5, 10].map((from) => running.slice(from, from + 5));
    const [once = ''] = running.slice(15);
    control.addFault({ ...EXPORTS, kind: 'item_error', code: 'CPS.0053', phones: refused ?? [] });
    control.addFault({ ...EXPORTS, kind: 'job_failed', code: 'CPS.0054', phones: failed ?? [] });
    control.addFault({ ...EXPORTS, kind: 'missing_object', phones: missing ?? [] });
    const passing = { kind: 'job_failed', code: 'CPS.0042', times: 1 } as const;
    control.addFault({ ...EXPORTS, ...passing, phones: [once] });

    const { report, phones } = await world.settle(await world.requestRun());

    const outcomes = byPhone(phones);
    const each = (ids: string[] = []) => ids.map((id) => outcomes.get(id));
    const failure = (fields: object) =>
      [1, 2, 3, 4, 5].map(() => ({ outcome: 'failed', ...fields }));
    expect(each(refused)).toMatchObject(failure({ code: 'CPS.0053', attempts: 1 }));
    expect(each(failed)).toMatchObject(failure({ code: 'CPS.0054', attempts: 2 }));
    expect(each(missing)).toMatchObject(failure({ reason: 'archive_missing' }));
    expect(outcomes.get(once)).toMatchObject({ outcome: 'exported', attempts: 2 });
    expect(outcomes.get(once)?.key).toMatch(/-2\.tar$/);
    const skipped = all.filter(({ status }) => ![2, 3].includes(status)).length;
    expect(report.outcome).toBe('partial');
    expect(report.counts).toMatchObject({ exported: 60 - skipped - 15, failed: 15, skipped });
    expect(await messages(world)).toHaveLength(1);
  });

  it('finds the archives of a lost response and exports nothing twice', async () => {
    const world = await small();
    world.cloud.control.addFault({ ...EXPORTS, kind: 'drop_answer', times: 1 });
    const { report, phones } = await world.settle(await world.requestRun());
    expect(report.counts.exported).toBe(6);
    expect(phones.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('exports a phone that two policies select once at a time', async () => {
    const world = await small();
    await world.putPolicy(NIGHTLY.replace('name: nightly', 'name: second'), 'second');
    const runIds = [await world.requestRun('nightly'), await world.requestRun('second')];
    for (const runId of runIds) {
      const { report, phones } = await world.settle(runId);
      expect(report.counts.exported).toBe(6);
      expect(phones.every(({ attempts }) => attempts === 1)).toBe(true);
    }
    const jobs = [...world.cloud.world.jobs.byId.values()];
    for (const { phoneId, begin } of jobs) {
      const before = jobs.filter((job) => job.phoneId === phoneId && job.begin < begin);
      for (const { end = Infinity } of before) expect(end).toBeLessThanOrEqual(begin);
    }
  });

  it.each([
    ['policy_gone', undefined],
    ['policy_invalid', NIGHTLY.replace('select: { name: "*" }', 'select: {}')],
    ['bucket_missing', NIGHTLY.replace('phonevault-demo', 'no-such-bucket')],
    ['too_many_phones', NIGHTLY.replace('name: "*"', 'name: "*", max_phones: 5')],
  ])('fails with %s before it exports anything', async (reason, text) => {
    const world = await small();
    const runId = await world.requestRun();
    if (text !== undefined) await world.putPolicy(text);
    else await world.invocation().deps.store.remove([layout.policy('nightly')]);
    const { report } = await world.settle(runId);
    expect(report).toMatchObject({ outcome: 'failed', reason, phones: [] });
    expect(await messages(world)).toMatchObject([{ kind: 'settled', reason }]);
    expect(world.exports).toEqual([]);
  });

  it('settles although the request of another run cannot be read', async () => {
    const world = await small();
    const runId = await world.requestRun();
    const other = 'other-20260101t183000z';
    await world.invocation().deps.store.put(layout.request(other), '{"version":2}');
    expect((await world.settle(runId)).report.outcome).toBe('completed');
    expect(await messages(world)).toMatchObject([
      { kind: 'unreadable', run_id: other, reason: 'object_newer' },
      { kind: 'settled', run_id: runId },
    ]);
  });
});

describe('credentials', () => {
  /** One drive with another context; the error it ends in, if it does. */
  async function driveAs(world: Night, context: Partial<FgContext>): Promise<unknown> {
    const { deps, timeLeft, holder } = world.invocation(context);
    const window = driveWindow(deps.clock.now(), timeLeft());
    return drive(deps, { ...window, holder }).catch((error: unknown) => error);
  }

  it('that the context lacks name the missing agency', async () => {
    const world = await small();
    await world.requestRun();
    const empty = () => '';
    const error = await driveAs(world, {
      ...{ getToken: empty, getSecurityToken: empty },
      ...{ getSecurityAccessKey: empty, getSecuritySecretKey: empty },
    });
    expect(hasCode(error, 'credentials_missing') && error.hint).toContain('agency');
  });

  it('whose token is refused sign with their keys', async () => {
    const world = await small();
    const runId = await world.requestRun();
    for (let minute = 0; minute < 5; minute += 1) {
      await driveAs(world, { getToken: () => 'MIIexpired' });
      world.clock.move(MINUTE);
    }
    const report = await world.invocation().deps.store.get(layout.report(runId));
    expect(report?.body).toContain('"outcome":"completed"');
  });

  it('that are all refused stop the drive, leave the run open and notify on the third drive', async () => {
    const world = await small();
    const runId = await world.requestRun();
    // The keys still open the bucket; CPH accepts neither the token nor a signature.
    const fault = { service: 'cph', kind: 'error', status: 401, code: 'APIGW.0301' } as const;
    world.cloud.control.addFault(fault);
    for (let tick = 1; tick <= 3; tick += 1) {
      expect(hasCode(await driveAs(world, {}), 'credentials_refused')).toBe(true);
      expect(await messages(world)).toHaveLength(tick < 3 ? 0 : 1);
      world.clock.move(2 * MINUTE);
    }
    // Five refused signatures in a row would lock the keys.
    expect(await driveAs(world, {})).toMatchObject({ kind: 'credentials_refused' });
    world.clock.move(5 * MINUTE);
    expect(hasCode(await driveAs(world, {}), 'credentials_refused')).toBe(true);
    expect(await messages(world)).toMatchObject([{ kind: 'credentials' }]);
    world.cloud.control.clearFaults();
    expect((await world.settle(runId)).report.outcome).toBe('completed');
  });
});
