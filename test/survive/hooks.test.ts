import { describe, expect, it } from 'vitest';
import { countOf, hooked, stoppedApps } from '../support/hooked.ts';

const MINUTE = 60_000;

describe('a run of a policy with hooks', () => {
  it('stops the app of each phone while it is exported, and starts it again', async () => {
    const scene = await hooked();
    const { report, phones } = await scene.settle(await scene.requestRun());
    expect(report).toMatchObject({ outcome: 'completed' });
    expect(report).not.toHaveProperty('failed_hooks');
    expect(phones.every(({ outcome }) => outcome === 'exported')).toBe(true);
    expect(scene.stoppedAtExport).toHaveLength(phones.length);
    expect(scene.stoppedAtExport.every((isStopped) => isStopped)).toBe(true);
    expect(stoppedApps(scene)).toBe(0);
    // The keys of archives do not count the commands.
    expect(phones.map(({ key }) => key?.slice(-6))).toEqual(phones.map(() => '-1.tar'));
  });

  it('has no more phones with a stopped app than a server may export at a time', async () => {
    const scene = await hooked({ phones: 10, servers: 1, max: 2 });
    const runId = await scene.requestRun();
    let most = 0;
    for (let minute = 0; minute < 40; minute += 1) {
      await scene.minute();
      most = Math.max(most, stoppedApps(scene));
    }
    const { report } = await scene.settle(runId);
    expect(report.outcome).toBe('completed');
    expect(most).toBeLessThanOrEqual(2);
    expect(scene.mostStopped()).toBe(2);
  });

  it('exports nothing of a phone whose command before fails, and starts its app', async () => {
    const scene = await hooked({ before: ['am force-stop com.example.game', 'no-such-command'] });
    const { report, phones } = await scene.settle(await scene.requestRun());
    expect(report).toMatchObject({ outcome: 'failed', failed_hooks: phones.length });
    expect(phones[0]).toMatchObject({ outcome: 'failed', reason: 'hook_failed' });
    expect(phones[0]?.failed_hooks).toMatchObject([{ hook: 'before', command: 'no-such-command' }]);
    expect(scene.exports).toHaveLength(0);
    expect(stoppedApps(scene)).toBe(0);
  });

  it('exports all the same where the policy says so, and tells it even in quiet policies', async () => {
    const scene = await hooked({
      ...{ before: ['no-such-command'], on_error: 'continue', notify: 'problems' },
    });
    const { report, phones } = await scene.settle(await scene.requestRun());
    expect(report).toMatchObject({ outcome: 'completed', failed_hooks: phones.length });
    const [message] = await scene.cloud.control.messages();
    expect(JSON.stringify(message)).toContain('no-such-command');
  });

  it('starts the app again when the export fails', async () => {
    const scene = await hooked();
    scene.cloud.control.addFault({
      ...{ service: 'cph', operation: 'batch-storage', kind: 'job_failed', code: 'CPS.0168' },
      rate: 1,
    });
    const { report } = await scene.settle(await scene.requestRun());
    expect(report.outcome).toBe('failed');
    expect(stoppedApps(scene)).toBe(0);
  });

  it.each([
    ['are not allowed', { kind: 'error' as const, status: 403, code: 'APIGW.0302' }],
    ['are busy for ever', { kind: 'error' as const, status: 400, code: 'CPS.0042' }],
    ['get no answer', { kind: 'drop_answer' as const }],
  ])('ends, and says so, when commands %s', async (_what, fault) => {
    const scene = await hooked({ on_error: 'continue' });
    scene.cloud.control.addFault({ service: 'cph', operation: 'commands', ...fault });
    const { report, phones } = await scene.settle(await scene.requestRun(), 60);
    expect(report).toMatchObject({ outcome: 'completed', failed_hooks: phones.length });
    const took = Date.parse(report.settled_at) - Date.parse(report.started_at);
    expect(took).toBeLessThan(40 * MINUTE);
  });

  it('fails a phone whose commands never end after their timeout, and exports the others', async () => {
    const scene = await hooked();
    const [first] = await scene.cloud.control.phones();
    const phone = first?.phone_id ?? '';
    scene.cloud.control.addFault({
      ...{ service: 'cph', operation: 'commands', kind: 'never_ends', phones: [phone] },
    });
    const { report, phones } = await scene.settle(await scene.requestRun(), 60);
    expect(report).toMatchObject({ outcome: 'partial', failed_hooks: 1, counts: { failed: 1 } });
    const failed = phones.find(({ phone_id }) => phone_id === phone);
    expect(failed).toMatchObject({ reason: 'hook_failed' });
    expect(failed?.failed_hooks?.map(({ hook, result }) => [hook, result])).toEqual([
      ...[
        ['before', 'no_answer'],
        ['after', 'no_answer'],
      ],
    ]);
  });

  it('sends one call for phones that run the same command', async () => {
    const scene = await hooked({ phones: 6, servers: 2 });
    const { phones } = await scene.settle(await scene.requestRun());
    expect(countOf(scene)).toBeLessThan(3 * phones.length);
  });
});
