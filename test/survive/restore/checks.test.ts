import { describe, expect, it } from 'vitest';
import { uidOf } from '../../../local/cph/world/world.ts';
import { labelAt, wantedLabel } from '../../../local/cph/shell/phone-tree.ts';
import { backedUp, filesOf, request, restore } from './backed-up.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const MINUTE = 60_000;
const EXTRA = '/data/data/com.example.game/extra.txt';

async function twoPhones(options: Parameters<typeof backedUp>[0] = {}) {
  const scene = await backedUp({ phones: 3, servers: 1, ...options });
  const { control, world } = scene.cloud;
  const [one, other] = scene.fleet;
  const byVersion = (image: string) => Number(image.replace('AOSP ', ''));
  // An older Android takes no archive of a newer one.
  const [source, target] = [one!, other!].sort(
    (a, b) => byVersion(a.image_version) - byVersion(b.image_version),
  );
  const commands = () => control.calls().cph?.['commands'] ?? { ok: 0, refused: 0 };
  /** Returns whether the files of each app have the owner and the label that the app needs. */
  const areOwned = (id: string): boolean => {
    const phone = world.fleet.phones.get(id)!;
    return [...(phone.files?.keys() ?? [])].every((path) => {
      if (!path.startsWith('/data/data/com.example.game/')) return true;
      const needed = uidOf(world, { ...phone, owners: new Map() }, path);
      const isLabelled = labelAt(world, phone, path) === wantedLabel(world, phone, path);
      return uidOf(world, phone, path) === needed && isLabelled;
    });
  };
  return { ...scene, source: source!.phone_id, target: target!.phone_id, commands, areOwned };
}

describe('a restored phone', () => {
  it('is checked for files that the archive lacks, where the cloud merges', async () => {
    const scene = await twoPhones();
    const before = await filesOf(scene, scene.target);
    await scene.cloud.control.putFile(scene.target, { path: EXTRA, text: 'x' });

    const { phones } = await restore(scene, { targets: [{ phone: scene.target }] });

    expect(phones).toMatchObject([
      { outcome: 'restored', leftovers: { count: 1, paths: [EXTRA] } },
    ]);
    expect(phones[0]?.unseen).toBeUndefined();
    expect(await filesOf(scene, scene.target)).toHaveLength(before!.length + 1);
  });

  it('has no leftovers where the cloud replaces, or the phone was reset', async () => {
    const scene = await twoPhones({ switches: { restore: 'replace' } });
    await scene.cloud.control.putFile(scene.target, { path: EXTRA, text: 'x' });
    const replaced = await restore(scene, { targets: [{ phone: scene.target }] }, 'a');
    expect(replaced.phones[0]).not.toHaveProperty('leftovers');
    const sent = scene.commands().ok;
    expect(sent).toBe(2);

    const reset = await restore(
      scene,
      { targets: [{ phone: scene.target }], reset_first: true },
      'b',
    );
    expect(reset.phones[0]).not.toHaveProperty('leftovers');
    expect(reset.phones[0]).toMatchObject({ outcome: 'restored' });
    expect(reset.phones[0]?.unseen).toBeUndefined();
  });

  it('tells how many files are left as far as CPH shows them, and the first of them', async () => {
    const scene = await twoPhones();
    for (let n = 0; n < 40; n += 1) {
      await scene.cloud.control.putFile(scene.target, { path: `${EXTRA}-${n}`, text: 'x' });
    }
    const { phones } = await restore(scene, { targets: [{ phone: scene.target }] });
    const { count, more, paths } = phones[0]!.leftovers!;
    expect([more, paths.length]).toEqual([true, 10]);
    expect(count).toBeGreaterThan(15);
    expect(count).toBeLessThan(40);
  });

  it('gets the owners and labels that its apps need, before it is restarted', async () => {
    const scene = await twoPhones();
    const targets = [{ phone: scene.target, source: scene.source }];
    const { phones } = await restore(scene, { targets, safety_export: false });
    expect(phones[0]).toMatchObject({ outcome: 'restored', owners: { wrong: [] } });
    expect(phones[0]?.owners?.fixed).toContain('com.example.game');
    expect(scene.areOwned(scene.target)).toBe(true);
  });

  it('keeps its owners when the archive is its own', async () => {
    const scene = await twoPhones();
    const { phones } = await restore(scene, { targets: [{ phone: scene.source }] });
    expect(phones[0]).not.toHaveProperty('owners');
    expect(scene.commands().ok).toBe(2);
  });

  it('is not checked where that was asked for', async () => {
    const scene = await twoPhones();
    const { phones } = await restore(scene, { targets: [{ phone: scene.target }], checks: false });
    expect(phones).toMatchObject([{ outcome: 'restored' }]);
    expect([phones[0]?.unseen, scene.commands().ok]).toEqual([undefined, 0]);
  });
});

describe('a phone that cannot be checked', () => {
  it.each(['unprivileged', 'older'] as const)(
    'is restored, and says so, with a shell that is %s',
    async (shell) => {
      const scene = await twoPhones({ switches: { shell } });
      await scene.cloud.control.putFile(scene.target, { path: EXTRA, text: 'x' });
      const { phones } = await restore(scene, { targets: [{ phone: scene.target }] });
      expect(phones).toMatchObject([{ outcome: 'restored', unseen: ['leftovers'] }]);
    },
  );

  it.each([
    ['are not allowed', { kind: 'error' as const, status: 403, code: 'APIGW.0302' }],
    ['do not exist', { kind: 'error' as const, status: 404, code: 'APIGW.0101' }],
    ['have no backend', { kind: 'error' as const, status: 503, code: 'APIGW.0613' }],
    ['are busy for ever', { kind: 'error' as const, status: 400, code: 'CPS.0042' }],
    ['get no answer', { kind: 'drop_answer' as const }],
    ['never end', { kind: 'never_ends' as const }],
    ['fail', { kind: 'job_failed' as const, code: 'CPS.0054' }],
    ['are refused for the phone', { kind: 'item_error' as const, code: 'CPS.0022' }],
  ])('is restored all the same when commands %s', async (_what, fault) => {
    const scene = await twoPhones();
    const before = await filesOf(scene, scene.target);
    await scene.cloud.control.wipe(scene.target, '/data');
    const phones = fault.kind === 'error' || fault.kind === 'drop_answer' ? {} : { rate: 1 };
    scene.cloud.control.addFault({ service: 'cph', operation: 'commands', ...fault, ...phones });

    const { report, phones: found } = await restore(scene, { targets: [{ phone: scene.target }] });

    expect(found).toMatchObject([{ outcome: 'restored', unseen: ['leftovers'] }]);
    const took = Date.parse(report.settled_at) - Date.parse(report.started_at);
    expect(took).toBeLessThan(20 * MINUTE);
    expect(await filesOf(scene, scene.target)).toEqual(before);
  });
});

it('checks phones together where their restores have come equally far', async () => {
  const scene = await backedUp({ phones: 6, servers: 2 });
  const targets = scene.fleet.map(({ phone_id }) => ({ phone: phone_id }));
  await scene.settle(await request(scene, { targets, safety_export: false }));
  const { ok = 0 } = scene.cloud.control.calls().cph?.['commands'] ?? {};
  expect(ok).toBeLessThan(2 * targets.length);
});
