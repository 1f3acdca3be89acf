import { describe, expect, it } from 'vitest';
import { readLog } from '../../../lib/ledger/run/log/log.ts';
import { requestRestore } from '../../../lib/run/request/request-restore.ts';
import type { Night } from '../../../testing/night.ts';
import { api } from '../../http/support/api.ts';
import { idOf } from '../../http/support/runs.ts';
import { ALL_DATA, backedUp, filesOf, request } from './backed-up.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

type Span = { runId: string; from: number; to: number };

/** Returns when each run worked on a phone: a restore until its restart has ended, each export by itself. */
async function spansOf(scene: Night, phone: string): Promise<Span[]> {
  const { store } = scene.invocation().deps;
  const runs = new Set((await store.list('runs/')).map(({ key }) => key.split('/')[1]!));
  const spans: Span[] = [];
  for (const runId of runs) {
    const events = await readLog(store, runId);
    const sent = events.flatMap((event) =>
      event.type === 'accepted' && event.phone_id === phone ? [event.at] : [],
    );
    const ended = events.flatMap((event) =>
      event.type === 'ended' && event.phone_id === phone ? [event.at] : [],
    );
    if (sent.length > 0) spans.push({ runId, from: Math.min(...sent), to: Math.max(...ended) });
  }
  return spans.sort((a, b) => a.from - b.from);
}

/** Two runs never work on a phone at the same time. */
async function expectInTurn(scene: Night, phone: string, runs: number): Promise<void> {
  const spans = await spansOf(scene, phone);
  expect(spans).toHaveLength(runs);
  for (const [index, { from }] of spans.slice(1).entries()) {
    expect(from).toBeGreaterThanOrEqual(spans[index]!.to);
  }
}

describe('restores of one phone at once', () => {
  it('take place one after the other when two callers and a person request them', async () => {
    const made = await api({ phones: 2, servers: 1 });
    await made.putPolicy(ALL_DATA);
    await made.settle(await made.requestRun());
    const phone = (await made.cloud.control.phones()).find(({ status }) => status === 2)!.phone_id;
    const before = await filesOf(made, phone);
    await made.cloud.control.wipe(phone, '/data/data');
    const post = (key: string) =>
      made.call('POST', '/v1/restores', { key, body: { phones: [phone] } });
    const order = { targets: [{ phone }], safety_export: true, restart: true };
    const { deps } = made.invocation();
    const requested = await Promise.all([
      post('a').then(idOf),
      post('b').then(idOf),
      requestRestore(deps, { token: 'c', trigger: 'manual', order }).then(({ runId }) => runId),
    ]);

    for (const runId of requested) {
      const { phones } = await made.settle(runId, 30);
      expect(phones).toMatchObject([{ phone_id: phone, outcome: 'restored' }]);
    }
    // The night, and each restore with its export.
    await expectInTurn(made, phone, 7);
    expect(await filesOf(made, phone)).toEqual(before);
  });

  it('export the phone after the restore before, so that the way back leads there', async () => {
    const scene = await backedUp({ phones: 2, servers: 1 });
    const phone = scene.fleet[0]!.phone_id;
    const before = await filesOf(scene, phone);
    await scene.cloud.control.wipe(phone, '/data');
    const targets = [{ phone }];
    const first = await request(scene, { targets, safety_export: false }, 'a');
    const second = await request(scene, { targets }, 'b');
    await scene.settle(first, 30);
    const saved = (await scene.settle(second, 30)).phones[0]!.saved!;

    const [begun] = (await spansOf(scene, phone)).filter(({ runId }) => runId === first);
    const exported = (await spansOf(scene, phone)).find(({ runId }) => saved.includes(runId));
    expect(exported?.from).toBeGreaterThanOrEqual(begun!.to);
    await scene.cloud.control.wipe(phone, '/data');
    await scene.settle(await request(scene, { run: exported!.runId }, 'c'), 30);
    expect(await filesOf(scene, phone)).toEqual(before);
  });

  it('wait for the export of a nightly run, which waits for a restore that has begun', async () => {
    const scene = await backedUp({ phones: 2, servers: 1 });
    const phone = scene.fleet[0]!.phone_id;
    const before = await filesOf(scene, phone);
    scene.clock.move(24 * 60 * 60_000);
    const sent = scene.exports.length;
    const second = await scene.requestRun();
    for (let call = 20; scene.exports.length === sent; call += 2) {
      await scene.driveKilled(call, 'after');
      scene.clock.move(2 * 60_000);
    }
    const targets = [{ phone }];
    const restores = [
      await request(scene, { targets, safety_export: false }, 'a'),
      await request(scene, { targets }, 'b'),
    ];

    expect((await scene.settle(second, 30)).report.counts).toMatchObject({ failed: 0 });
    for (const runId of restores) {
      expect((await scene.settle(runId, 30)).phones).toMatchObject([{ outcome: 'restored' }]);
    }
    await expectInTurn(scene, phone, 5);
    expect(await filesOf(scene, phone)).toEqual(before);
  });
});

describe('two drives that overlap on a restore', () => {
  it.each([8, 24, 40, 60])(
    'restore each phone and notify once when one is held at call %i for minutes',
    async (call) => {
      const scene = await backedUp({ phones: 3, servers: 1 });
      const before = await Promise.all(scene.fleet.map((one) => filesOf(scene, one.phone_id)));
      for (const { phone_id } of scene.fleet) await scene.cloud.control.wipe(phone_id, '/data');
      const notified = (await scene.cloud.control.messages()).length;
      const targets = scene.fleet.map(({ phone_id }) => ({ phone: phone_id }));
      const runId = await request(scene, { targets });

      const held = await scene.driveHeld(call);
      scene.clock.move(2 * 60_000);
      await scene.minute();
      await held?.release();
      const { report, phones } = await scene.settle(runId, 60);

      expect(report).toMatchObject({ outcome: 'completed' });
      expect(phones.map(({ outcome }) => outcome)).toEqual(targets.map(() => 'restored'));
      expect((await scene.cloud.control.messages()).length).toBe(notified + 1);
      expect(await Promise.all(scene.fleet.map((one) => filesOf(scene, one.phone_id)))).toEqual(
        before,
      );
    },
  );
});
