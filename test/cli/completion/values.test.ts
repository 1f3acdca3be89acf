import { expect, it } from 'vitest';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withRuns } from '../support/with-runs.ts';

async function world() {
  const XDG_CACHE_HOME = await mkdtemp(join(tmpdir(), 'phonevault-test-'));
  const { cli, settled, open } = await withRuns({ env: { XDG_CACHE_HOME } });
  const values = async (kind: string, prefix = ''): Promise<string[]> => {
    const { code, out, err } = await cli.run('completion', '--values', kind, '--prefix', prefix);
    expect([code, err]).toEqual([0, '']);
    return out.split('\n').filter((line) => line !== '');
  };
  return { cli, values, settled, open };
}

it('lists policies, runs and phones that begin with what was typed', async () => {
  const { values, settled, open } = await world();
  expect(await values('policies')).toEqual(['nightly']);
  expect(await values('runs', 'nightly-')).toEqual([open, settled]);
  expect(await values('runs', 'weekly')).toEqual([]);
  const phones = await values('phones', 'game-000');
  expect(phones.length).toBeGreaterThan(0);
  expect(phones.every((name) => name.startsWith('game-000'))).toBe(true);
});

it('leaves out names that a shell would expand', async () => {
  const { cli, values } = await world();
  await cli.night.putPolicy('name: x\n');
  const { store } = cli.night.invocation().deps;
  await store.put('policies/$(touch here).yaml', '');
  expect(await values('policies')).toEqual(['nightly']);
});

it('asks nothing again soon, and not for minutes after a refusal', async () => {
  const { cli, values } = await world();
  const { send } = cli.io;
  let calls = 0;
  cli.io.send = (request) => {
    calls += 1;
    return send(request);
  };
  await values('policies');
  const before = calls;
  expect(await values('policies')).toEqual(['nightly']);
  expect(calls).toBe(before);

  cli.io.env.HUAWEICLOUD_SDK_SK = 'wrong';
  expect(await values('runs')).toEqual([]);
  const refused = calls;
  expect(await values('phones')).toEqual([]);
  expect(calls).toBe(refused);
  cli.night.clock.move(11 * 60_000);
  await values('phones');
  expect(calls).toBeGreaterThan(refused);
});
