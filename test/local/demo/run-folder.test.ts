import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRunFolder } from '../../../local/demo/run-folder.ts';

let ledger = '';
beforeEach(async () => {
  ledger = await mkdtemp(join(tmpdir(), 'run-folder-'));
});
afterEach(() => rm(ledger, { recursive: true }));

async function put(key: string, value: unknown): Promise<void> {
  await mkdir(dirname(join(ledger, key)), { recursive: true });
  await writeFile(join(ledger, key), JSON.stringify(value));
}

async function putPlan(): Promise<void> {
  const verdict = { outcome: 'skipped', reason: 'stopped' };
  await put('runs/r1/plan/w-0000.json', {
    phones: [{ phone_id: 'a' }, { phone_id: 'b' }, { phone_id: 'c', verdict }],
  });
  await put('runs/r1/plan.json', { parts: ['runs/r1/plan/w-0000.json'] });
}

describe('a run seen from outside', () => {
  it('has no tally before it is planned', async () => {
    expect(await openRunFolder(ledger, 'r1').tally()).toBeUndefined();
  });

  it('counts phones that the plan has ended already', async () => {
    await putPlan();
    expect(await openRunFolder(ledger, 'r1').tally()).toMatchObject({
      total: 3,
      waiting: 2,
      ended: 1,
    });
  });

  it('follows the log as it grows', async () => {
    await putPlan();
    const run = openRunFolder(ledger, 'r1');
    await put('runs/r1/log/1-w-00001.json', {
      events: [{ type: 'intent', tries: [{ phone_id: 'a' }, { phone_id: 'b' }] }],
    });
    expect(await run.tally()).toMatchObject({ exporting: 2 });
    await put('runs/r1/log/1-w-00002.json', { events: [{ type: 'verified', phone_id: 'a' }] });
    expect(await run.tally()).toMatchObject({ exporting: 1, verified: 1 });
  });

  it('is settled when there is a report and the request is gone', async () => {
    const run = openRunFolder(ledger, 'r1');
    await put('open/r1.json', {});
    await put('runs/r1/report.json', {
      run_id: 'r1',
      policy: 'nightly',
      outcome: 'completed',
      phones: [{ phone_id: 'a', outcome: 'exported', attempts: 1 }],
    });
    expect(await run.settled()).toBeUndefined();
    await rm(join(ledger, 'open/r1.json'));
    expect(await run.settled()).toMatchObject({ outcome: 'completed' });
  });

  it('names the file that it cannot make sense of', async () => {
    await put('runs/r1/plan.json', { parts: 'none' });
    await expect(openRunFolder(ledger, 'r1').tally()).rejects.toThrow(
      /plan\.json is not as expected/,
    );
  });
});
