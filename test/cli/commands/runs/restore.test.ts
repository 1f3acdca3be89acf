import { beforeAll, describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../../testing/night.ts';
import { withPolicy } from '../../support/with-runs.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

/** A fleet of running phones that `nightly` has exported, and the files of each below /data. */
async function exported(options: Parameters<typeof withPolicy>[0] = {}) {
  const cli = await withPolicy(options);
  const { control } = cli.night.cloud;
  await cli.night.putPolicy(
    NIGHTLY.replace('[/data/data]', '[/data]').replace(/ {2}exclude.*\n/, ''),
  );
  await cli.night.settle(await cli.night.requestRun());
  const fleet = (await control.phones()).filter(({ status }) => status === 2);
  const filesOf = async (id: string) =>
    (await control.files(id))?.filter(({ path }) => path.startsWith('/data/'));
  const restores = () => control.calls().cph?.['batch-restore'];
  return { ...cli, control, fleet, filesOf, restores };
}

describe('restore', () => {
  it('restores a phone by its name after the name was typed, byte by byte', async () => {
    const cli = await exported();
    const { phone_id, phone_name } = cli.fleet[0]!;
    const before = await cli.filesOf(phone_id);
    await cli.control.wipe(phone_id, '/data');
    let question = '';
    cli.io.ask = async (text) => ((question = text), phone_name);

    const { code, out, err } = await cli.run('restore', phone_name);

    expect(question).toContain(`(${phone_name})`);
    expect(err).toContain('Restores 1 phone of 1');
    expect(err).toContain('what changed since an archive was taken is lost');
    expect(out).toMatch(/Run restore-[0-9a-f]{24}: completed\nrestored \(1\)/);
    expect(code).toBe(0);
    expect(await cli.filesOf(phone_id)).toEqual(before);
  });

  it('restores a whole wiped fleet from one run, the first phones first', async () => {
    const cli = await exported({ phones: 5 });
    const before = new Map<string, unknown>();
    for (const { phone_id } of cli.fleet) {
      before.set(phone_id, await cli.filesOf(phone_id));
      await cli.control.wipe(phone_id, '/');
    }
    const runs = JSON.parse((await cli.run('runs', '--json')).out) as {
      runs: { run_id: string }[];
    };
    const nightly = runs.runs[0]!.run_id;

    const one = await cli.run('restore', '--run', nightly, '--first', '1', '--yes');
    const id = /restore-[0-9a-f]{24}/.exec(one.out)?.[0] ?? '';
    const rest = await cli.run('restore', '--run', id, '--failed-only', '--yes');

    expect(one.out).toContain('restored (1)');
    expect(one.err).toContain(`phonevault restore --run ${id} --failed-only`);
    expect(rest.out).toContain(`restored (${cli.fleet.length - 1})`);
    for (const { phone_id } of cli.fleet) {
      expect(await cli.filesOf(phone_id)).toEqual(before.get(phone_id));
    }
    const only = await cli.run('restore', cli.fleet[0]!.phone_name, '--first', '1', '--yes');
    expect(only.err).not.toContain('--failed-only');
  });

  describe('that is not confirmed', () => {
    // Nothing is written, so all share one fleet.
    let cli: Awaited<ReturnType<typeof exported>>;
    beforeAll(async () => {
      cli = await exported();
    });

    it.each([
      ['nothing', undefined],
      ['another name', 'other'],
    ])('restores nothing when %s was typed', async (_what, typed) => {
      const before = await cli.keys();
      cli.io.ask = async () => typed;
      const { code } = await cli.run('restore', cli.fleet[0]!.phone_name);
      expect(code).toBe(2);
      expect(cli.restores()).toEqual({ ok: 0, refused: 0 });
      expect(await cli.keys()).toEqual(before);
    });

    it('shows the plan and writes nothing with --dry-run', async () => {
      const before = await cli.keys();
      const { phone_id, phone_name } = cli.fleet[0]!;
      const text = await cli.run('restore', phone_name, '--dry-run');
      const json = await cli.run('restore', phone_name, '--dry-run', '--json');
      expect(text.code).toBe(0);
      expect(text.out).toContain(`${phone_name} (nightly)`);
      expect(JSON.parse(json.out)).toMatchObject({
        counts: { restore: 1 },
        phones: [{ phone_id, plan: 'restore', source: { phone_id, policy: 'nightly' } }],
      });
      expect(await cli.keys()).toEqual(before);
    });
  });

  it('refuses what cannot be restored before anything starts, each with its reason', async () => {
    const cli = await exported({ phones: 12, servers: 2 });
    const running = cli.fleet;
    const isOld = ({ image_version }: { image_version: string }) => image_version === 'AOSP 7.0';
    const [old, young] = [running.find(isOld)!, running.find((phone) => !isOld(phone))!];
    const [created] = (await cli.control.createPhones(1))!;
    await cli.control.setStatus(created!.phone_id, 2);
    const stopped = running.find((phone) => phone !== old && phone !== young)!;
    await cli.control.setStatus(stopped.phone_id, 8);
    const plan = async (...args: string[]) => {
      const { out } = await cli.run('restore', ...args, '--dry-run', '--json');
      const { phones } = JSON.parse(out) as { phones: { plan: string; reason?: string }[] };
      return phones.map(({ plan: what, reason }) => [what, reason]);
    };
    expect(await plan(young.phone_id, '--to', old.phone_id)).toEqual([['fail', 'older_android']]);
    expect(await plan(created!.phone_id)).toEqual([['fail', 'no_archive']]);
    expect(await plan(stopped.phone_id)).toEqual([['skip', 'stopped']]);
    expect(await plan('f'.repeat(32))).toEqual([['fail', 'not_found']]);

    const { code } = await cli.run('restore', stopped.phone_id, created!.phone_id, '--yes');
    expect(code).toBe(1);
    expect(cli.restores()).toEqual({ ok: 0, refused: 0 });
  });

  it('exits with 2 when there is nothing to restore', async () => {
    const { code, err } = await (await withPolicy()).run('restore');
    expect([code, err]).toEqual([2, expect.stringContaining('nothing to restore')]);
  });
});
