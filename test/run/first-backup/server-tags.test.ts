import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import type { FirstBackupPolicy } from '../../../lib/run/first-backup/policies.ts';
import { readServerTags } from '../../../lib/run/first-backup/server-tags.ts';
import { taggedServers } from '../../../lib/run/reads/tagged-servers.ts';
import { phone } from '../../support/fleet.ts';
import { runScene } from '../../support/run-scene.ts';
import { T0 } from '../../support/runs.ts';

const policyOf = (name: string, tags?: FirstBackupPolicy['tags']): FirstBackupPolicy => ({
  ...{ name, since: 0, lastRequested: {}, ...(tags === undefined ? {} : { tags }) },
  selects: ({ phone_name }) => phone_name.startsWith('game-'),
});
const PROD = { env: ['prod'], zone: [] };

/** CPH with the servers of each value of the tag `env`. An error is thrown. */
function scene(servers: Record<string, string[] | Error> = { prod: ['s1'] }) {
  const calls: string[] = [];
  const { deps, lines } = runScene({
    serversByTags: async ({ env: [value = ''] = [] }) => {
      calls.push(value);
      const found = servers[value] ?? [];
      if (found instanceof Error) throw found;
      return found;
    },
  });
  const read = (
    policies: FirstBackupPolicy[],
    phones = [phone('p1')],
    { until = Infinity, since = 0 } = {},
  ) => readServerTags(deps, policies, phones, { until, since });
  return { calls, lines, read, deps };
}

const on = (policy: FirstBackupPolicy | undefined) =>
  ['s1', 's2'].map((server_id) => policy?.selects(phone('p1', { server_id })));

describe('readServerTags', () => {
  it('lets a policy select only phones on servers with its tags', async () => {
    const { read } = scene();
    const [tagged, plain] = await read([policyOf('tagged', PROD), policyOf('plain')]);
    expect([on(tagged), on(plain)]).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  it('makes one call for policies with the same tags, in whatever order they are written', async () => {
    const { read, calls } = scene();
    const same = [PROD, { zone: [], env: ['prod'] }, PROD];
    const policies = same.map((tags, n) => policyOf(`p${n}`, tags));
    const found = await read([...policies, policyOf('test', { env: ['test'] })]);
    expect(found.map(on)).toEqual([...same.map(() => [true, false]), [false, false]]);
    expect(calls).toEqual(['prod', 'test']);
  });

  it.each([
    ['no phone waits', []],
    ['its other conditions exclude all phones', [phone('p1', { phone_name: 'shop' })]],
  ])('makes no call for a policy when %s', async (_, phones) => {
    const { read, calls } = scene();
    await read([policyOf('tagged', PROD)], phones);
    expect(calls).toEqual([]);
  });

  it.each([
    ['are refused', { test: new PhonevaultError('access_denied', 'no right') }, Infinity],
    ['are not read in time', {}, T0],
  ])('marks a policy whose tags %s, and no other', async (_, servers, until) => {
    const { read, lines } = scene({ prod: ['s1'], ...servers });
    const policies = [policyOf('odd', { env: ['test'] }), policyOf('plain')];
    const found = await read(policies, undefined, { until });
    expect(found.map(({ tagsUnknown }) => tagsUnknown)).toEqual([true, undefined]);
    const fields = { policy: 'odd', code: 'access_denied', message: 'no right' };
    expect(lines).toEqual(until === T0 ? [] : [['warn', 'first_backups_delayed', fields]]);
  });

  it('uses what a run has read of the same tags, but not from before its newest phone was created', async () => {
    const { read, calls, deps } = scene();
    await taggedServers(deps, PROD, T0);
    for (const [since, made] of [
      [0, 1],
      [T0, 1],
      [T0 + 1, 2],
    ] as const) {
      expect(on((await read([policyOf('tagged', PROD)], undefined, { since }))[0])).toEqual([
        true,
        false,
      ]);
      expect(calls).toHaveLength(made);
    }
  });

  it('throws what every call would meet', async () => {
    const { read } = scene({ test: new PhonevaultError('credentials_refused', 'no') });
    await expect(read([policyOf('odd', { env: ['test'] })])).rejects.toThrow('no');
  });
});
