import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../../lib/ledger/catalogue/add.ts';
import type { Archive } from '../../../../lib/ledger/catalogue/archive.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { chooseDrill } from '../../../../lib/run/plan/restore/choose-drill.ts';
import { archiveOf } from '../../../support/archives.ts';
import { fleet, phone } from '../../../support/fleet.ts';
import { runScene } from '../../../support/run-scene.ts';
import { T0 } from '../../../support/runs.ts';

const policyText = (drill: string, select = '{ name: "game-*" }') => `
name: nightly
select: ${select}
export: { include: [/data/data], bucket: my-phone-backups }
${drill}`;

const drillOf = (rest: string) =>
  `drill: { schedule: { cron: "0 0 6 * * *", timezone: UTC }, ${rest} }`;

type Facts = {
  drill?: string;
  select?: string;
  archives?: Archive[];
  phones?: ReturnType<typeof phone>[];
  tagged?: string[];
};

/** Scratch phones t1 to t3, which the policy does not select, and phones with archives. */
async function choose(facts: Facts = {}, runId = 'restore-1') {
  const { drill = drillOf('phones: 2, pick: newest, target: [t1, t2, t3]') } = facts;
  const scratch = ['t1', 't2', 't3'].map((id) => phone(id, { phone_name: `scratch-${id}` }));
  const scene = runScene(fleet(facts.phones ?? scratch, facts.tagged).cph);
  await scene.store.put(layout.policy('nightly'), policyText(drill, facts.select));
  const own = [1, 2, 3].map((n) => archiveOf(`p${n}`, T0 + n));
  await addArchives(scene.store, facts.archives ?? own);
  const scope = { requestedAt: T0, until: T0 + 60_000 };
  const found = await chooseDrill(scene.deps, { runId, policy: 'nightly' }, scope);
  if (found === undefined) throw new Error('not read in time');
  return 'code' in found
    ? found.code
    : found.wanted.map(({ phone: to, archive }) => [to, archive?.phone_id]);
}

describe('chooseDrill', () => {
  it('gives as many targets as wanted the newest archives, each of another phone', async () => {
    const archives = [
      ...[archiveOf('p1', T0 + 1), archiveOf('p1', T0 + 9), archiveOf('p2', T0 + 5)],
      archiveOf('p3', T0 + 3),
    ];
    expect(await choose({ archives })).toEqual([
      ['t1', 'p1'],
      ['t2', 'p2'],
    ]);
  });

  it('makes the same choice at random for the same run, and another for another', async () => {
    const drill = drillOf('target: [t1]');
    const archives = Array.from({ length: 40 }, (_, n) => archiveOf(`p${n}`, T0 + n));
    const one = await choose({ drill, archives });
    expect(await choose({ drill, archives })).toEqual(one);
    const others = await Promise.all(
      ['restore-2', 'restore-3', 'restore-4'].map((id) => choose({ drill, archives }, id)),
    );
    expect(others.some((other) => String(other) !== String(one))).toBe(true);
  });

  it('takes no archive that is suspect, in the trash, or that a restore made', async () => {
    const archives = [
      archiveOf('p1', T0 + 9, { flags: { suspect: true } }),
      archiveOf('p2', T0 + 8, { flags: { trashed: T0 } }),
      archiveOf('p3', T0 + 7, { trigger: 'restore' }),
      archiveOf('p4', T0 + 6),
    ];
    expect(await choose({ archives })).toEqual([['t1', 'p4']]);
  });

  it('gives no target an archive of a newer Android', async () => {
    const archives = [
      archiveOf('p1', T0 + 9, { image_version: 'AOSP 11.0' }),
      archiveOf('p2', T0 + 8, { image_version: 'AOSP 9.0' }),
    ];
    const phones = [phone('t1', { phone_name: 's', image_version: 'AOSP 9.0' })];
    expect(await choose({ archives, phones, drill: drillOf('target: [t1]') })).toEqual([
      ['t1', 'p2'],
    ]);
  });

  it('takes targets that run before others', async () => {
    const phones = [
      phone('t1', { phone_name: 's', status: 'stopped' }),
      phone('t3', { phone_name: 's' }),
    ];
    const drill = drillOf('target: [t1, t2, t3]');
    expect(await choose({ phones, drill })).toMatchObject([['t3', expect.anything()]]);
  });

  it.each<[string, Facts]>([
    ['no_drill', { drill: '' }],
    ['policy_invalid', { drill: 'drill: {}' }],
    ['no_archive', { archives: [] }],
    ['drill_target_selected', { phones: [phone('t1')] }],
    [
      'drill_target_selected',
      {
        select: '{ server_tags: { env: [prod] } }',
        phones: [phone('t1', { server_id: 's7' })],
        tagged: ['s7'],
      },
    ],
  ])('says %s', async (code, facts) => {
    expect(await choose(facts)).toBe(code);
  });

  it('uses a target that the policy excludes', async () => {
    const select = '{ name: "game-*", exclude: { phones: [t1] } }';
    const drill = drillOf('target: [t1]');
    expect(await choose({ phones: [phone('t1')], select, drill })).toHaveLength(1);
  });
});
