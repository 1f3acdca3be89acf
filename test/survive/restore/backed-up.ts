import type { RestoreOrder } from '../../../lib/ledger/run/restore-order.ts';
import { requestRestore } from '../../../lib/run/request/request-restore.ts';
import { night, NIGHTLY, type Night } from '../../../testing/night.ts';

/** `nightly` over everything that is restored. */
export const ALL_DATA = NIGHTLY.replace('[/data/data]', '[/data]').replace(/ {2}exclude.*\n/, '');

/** A fleet whose phones were all exported by `nightly`. */
export async function backedUp(options: Parameters<typeof night>[0] = {}) {
  const scene = await night({ phones: 4, servers: 2, seed: 3, ...options });
  await scene.putPolicy(ALL_DATA);
  const nightly = await scene.requestRun();
  await scene.settle(nightly);
  const fleet = (await scene.cloud.control.phones()).filter(({ status }) => status === 2);
  return { ...scene, nightly, fleet };
}

/** Requests a restore. Returns the id of its run. */
export async function request(
  scene: Night,
  order: Partial<RestoreOrder>,
  token = 't1',
): Promise<string> {
  const { deps } = scene.invocation();
  const full = { safety_export: true, restart: true, ...order };
  return (await requestRestore(deps, { token, trigger: 'manual', order: full })).runId;
}

/** Restores, and drives until the restore is settled. */
export const restore = async (scene: Night, order: Partial<RestoreOrder>, token = 't1') =>
  scene.settle(await request(scene, order, token));

/** Returns the files of a phone below /data. */
export const filesOf = async ({ cloud }: Night, id: string) =>
  (await cloud.control.files(id))?.filter(({ path }) => path.startsWith('/data/'));
